"""Programs that tests need and Debian has: installed where this may install them."""

import os
import shutil
import subprocess
import sys

_UPDATE = ("apt-get", "update")
_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")


def install(*packages: str) -> None:
    """Install packages if this runs as root on a Debian; else, or where that fails, do nothing."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print(f"Installing for the tests: {', '.join(packages)}.", file=sys.stderr)
    silent = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (_UPDATE, (*_INSTALL, *packages)):
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=silent)
