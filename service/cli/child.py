"""A command that ends with the process that started it: `python -m service.cli.child COMMAND ...`.

Its standard input is a pipe that only the starter can write to: however the starter ends, be it by
`kill -9`, the pipe closes.
"""

from __future__ import annotations

import os
import sys
import threading

from service.cli.exit_statuses import STOPPED
from service.cli.main import main


def hold() -> None:
    """End this process as soon as standard input closes."""
    threading.Thread(target=_wait_for_the_end, daemon=True, name="parent-watch").start()


def _wait_for_the_end() -> None:
    # not sys.stdin: its lock would be held by this thread when the interpreter ends
    while os.read(sys.__stdin__.fileno() if sys.__stdin__ else 0, 1024):
        pass
    os._exit(STOPPED)


if __name__ == "__main__":
    hold()
    main()
