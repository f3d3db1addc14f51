"""What a running server does between requests: watch the engine, count popularity again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from graph.engine import EmbeddedEngine
from graph.errors import GraphError

ENGINE_PAUSE = 1.0
POPULARITY_PAUSE = 60.0
OCCASIONS_PAUSE = 600.0

log = logging.getLogger("tastegraph.housekeeping")


async def watch_engine(engine: EmbeddedEngine) -> None:
    """Start the embedded engine again, on its old port, whenever it has ended."""
    if not engine.is_running():
        log.warning("the embedded engine has ended; starting it again")
        await asyncio.to_thread(engine.start)


async def repeat(work: Callable[[], Awaitable[None]], pause: float) -> None:
    """Do something again and again, whatever goes wrong: the next time it may go well."""
    while True:
        await asyncio.sleep(pause)
        try:
            await work()
        except GraphError as error:
            log.warning("%s", error)
        except Exception:
            log.exception("housekeeping failed, and is tried again in %g s", pause)
