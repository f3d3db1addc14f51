"""A real Chromium for tests: one that is installed, or Debian's where this may install it.

`python -m tests.servers.chromium` installs it if it can, or says how.
"""

import os
import shutil
import sys
from pathlib import Path

from tests.servers.debian import install

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> Path | None:
    """Where Chromium is; the variable CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    program = named or next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(program) if program else None


def chromium_missing() -> str | None:
    """Why the page cannot be tried here, or None if it can."""
    if chromium():
        return None
    return "there is no Chromium: install it (on Debian: chromium), or name it with CHROMIUM"


if __name__ == "__main__":
    if chromium_missing():
        install("chromium", "fonts-liberation")
    if missing := chromium_missing():
        print(f"The storefront is not tried in a browser: {missing}.", file=sys.stderr)
        sys.exit(1)
