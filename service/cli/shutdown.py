"""The end of a serving process: in order if possible, and soon in any case."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import signal
import sys
from typing import NoReturn

END_SECONDS = 4.0


def stop_at_sigterm() -> None:
    """End in order even before uvicorn handles signals: the task that calls this is cancelled."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop(_number: int, _frame: object) -> None:
        end_soon()
        if task:
            loop.call_soon_threadsafe(task.cancel)

    signal.signal(signal.SIGTERM, stop)


def end_soon() -> None:
    """End this process in a few seconds, whatever holds it; what held it is printed.

    Everything acknowledged is in the graph, and the engine ends on its own.
    """
    # a C thread: it needs no interpreter lock, which hanging work may hold
    faulthandler.dump_traceback_later(END_SECONDS, exit=True)


def leave(status: int) -> NoReturn:
    """End the process without waiting for busy threads, as Python would.

    Called when everything that has to end in order has ended.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
