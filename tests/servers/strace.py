"""strace, with which a test sees what the engine has on the disk.

`python -m tests.servers.strace` installs it if it can, or says how.
"""

import shutil
import sys

from tests.servers.debian import install


def strace_missing() -> str | None:
    """Why what is flushed cannot be seen here, or None if it can."""
    if shutil.which("strace"):
        return None
    return "there is no strace: install it (on Debian: strace)"


if __name__ == "__main__":
    if strace_missing():
        install("strace")
    if missing := strace_missing():
        print(f"No machine's page cache is lost: {missing}.", file=sys.stderr)
        sys.exit(1)
