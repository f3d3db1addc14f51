"""promtool, with which tests fire the rules of alerts: Prometheus's own, from Debian's package.

`python -m tests.servers.promtool` unpacks it into `.cache` if it can, or says how. The package is
not installed: that would start a server.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.pages import ROOT

UNPACKED = ROOT / ".cache" / "promtool" / "usr" / "bin" / "promtool"


def promtool() -> str | None:
    """The path of the program; None where there is none."""
    return str(UNPACKED) if UNPACKED.exists() else shutil.which("promtool")


def promtool_missing() -> str | None:
    """Why no rule can be fired here, or None if it can."""
    return None if promtool() else "there is no promtool: install it (on Debian: prometheus)"


def unpack() -> None:
    """Unpack Debian's package if this runs as root on a Debian; else, or where it fails, not."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Fetching promtool (19 MB, once)", file=sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not _downloaded(folder):
            _run(folder, "apt-get", "update")
        if package := _downloaded(folder):
            _run(folder, "dpkg-deb", "-x", str(package), str(UNPACKED.parents[2]))


def _downloaded(folder: Path) -> Path | None:
    if not list(folder.glob("prometheus_*.deb")):
        _run(folder, "apt-get", "download", "prometheus")
    return next(folder.glob("prometheus_*.deb"), None)


def _run(folder: Path, *command: str) -> None:
    silent = subprocess.DEVNULL
    subprocess.run(command, check=False, cwd=folder, stdout=silent, stderr=silent)


if __name__ == "__main__":
    if promtool_missing():
        unpack()
    if missing := promtool_missing():
        print(f"No rule of an alert is fired: {missing}.", file=sys.stderr)
        sys.exit(1)
