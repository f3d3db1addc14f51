"""Programs that tests need and Debian has: installed where this may install them."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_UPDATE = ("apt-get", "update")
_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")


def install(*packages: str) -> None:
    """Install packages if this runs as root on a Debian; else, or where that fails, do nothing."""
    if not _may():
        return
    print(f"Installing for the tests: {', '.join(packages)}.", file=sys.stderr)
    silent = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (_UPDATE, (*_INSTALL, *packages)):
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=silent)


def unpack(package: str, into: Path) -> None:
    """Unpack a package without installing it, where `install` would; nothing of it is started."""
    if not _may():
        return
    print(f"Fetching {package} for the tests, once.", file=sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = _downloaded(package, folder)
        if archive is None:
            _run(folder, *_UPDATE)
            archive = _downloaded(package, folder)
        if archive:
            _run(folder, "dpkg-deb", "-x", str(archive), str(into))


def _may() -> bool:
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def _downloaded(package: str, folder: Path) -> Path | None:
    _run(folder, "apt-get", "download", package)
    return next(folder.glob(f"{package}_*.deb"), None)


def _run(folder: Path, *command: str) -> None:
    silent = subprocess.DEVNULL
    subprocess.run(command, check=False, cwd=folder, stdout=silent, stderr=silent)
