"""The end of a serving process: in order if it can be, and in any case soon."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from typing import NoReturn

END_SECONDS = 4.0


def end_soon() -> None:
    """End this process in a few seconds, whatever holds it; what held it is printed.

    All that was acknowledged is in the graph, and the engine ends by itself.
    """
    # a thread of C: it needs no lock of the interpreter, which work that hangs may hold
    faulthandler.dump_traceback_later(END_SECONDS, exit=True)


def leave(status: int) -> NoReturn:
    """End the process without waiting for threads that are still at work, as Python would.

    Called when everything that has to end in order has ended.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
