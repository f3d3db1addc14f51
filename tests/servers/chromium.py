"""A real Chromium for tests: one that is installed, or Debian's where this may install it.

`python -m tests.servers.chromium` installs it if it can, or says how.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_INSTALL = (("apt-get", "update"), ("apt-get", "install", "--yes", "--no-install-recommends"))
_PACKAGES = ("chromium", "fonts-liberation")


def chromium() -> Path | None:
    """Where Chromium is; the variable CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def chromium_missing() -> str | None:
    """Why the page cannot be tried here, or None if it can."""
    if chromium():
        return None
    return "there is no Chromium: install it (on Debian: chromium), or name it with CHROMIUM"


def _install() -> None:
    update, install = _INSTALL
    silent = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (update, (*install, *_PACKAGES)):
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=silent)


if __name__ == "__main__":
    if chromium_missing() and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium for the tests of the storefront.", file=sys.stderr)
        _install()
    if missing := chromium_missing():
        print(f"The storefront is not tried in a browser: {missing}.", file=sys.stderr)
        sys.exit(1)
