"""promtool, with which tests fire the rules of alerts: Prometheus's own, from Debian's package.

`python -m tests.servers.promtool` unpacks it into `.cache` if it can, or says how. The package is
not installed: that would start a server.
"""

import shutil
import sys

from tests.servers.debian import unpack
from tests.support.pages import ROOT

UNPACKED = ROOT / ".cache" / "promtool" / "usr" / "bin" / "promtool"


def promtool() -> str | None:
    """The path of the program; None where there is none."""
    return str(UNPACKED) if UNPACKED.exists() else shutil.which("promtool")


def promtool_missing() -> str | None:
    """Why no rule can be fired here, or None if it can."""
    return None if promtool() else "there is no promtool: install it (on Debian: prometheus)"


if __name__ == "__main__":
    if promtool_missing():
        unpack("prometheus", UNPACKED.parents[2])
    if missing := promtool_missing():
        print(f"No rule of an alert is fired: {missing}.", file=sys.stderr)
        sys.exit(1)
