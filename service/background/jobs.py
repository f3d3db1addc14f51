"""What a running server does between requests: watch the engine, count popularity, remember."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

from events.log import LogUnavailable
from graph.cancellation import uninterrupted
from graph.catalogue.expiry import expire
from graph.clock import Clock
from graph.connection import Graph
from graph.engine.embedded import EmbeddedEngine
from graph.errors import GraphError
from recommend.tracking.impressions import ImpressionLog

ENGINE_PAUSE = 1.0
POPULARITY_PAUSE = 60.0
CONTEXTS_PAUSE = 600.0
KEEPING_PAUSE = 30.0
CHECKING_PAUSE = 60.0
OFFERS_PAUSE = 1.0
ERASURES_PAUSE = 1.0
EXPIRY_PAUSE = 600.0
SHADOW_PAUSE = 0.1
SHADOW_COUNT_PAUSE = 2.0
FORGETTING_PAUSE = 3600.0
LAST_FLUSH_SECONDS = 1.0

log = logging.getLogger("tastegraph.housekeeping")


async def watch_engine(engine: EmbeddedEngine) -> None:
    """Restart the embedded engine, on its old port, whenever it has stopped."""
    if not engine.is_running():
        log.warning("the embedded engine has stopped; restarting it")
        await asyncio.to_thread(engine.start)


class Expiry:
    """Voids what was declared or reviewed more than so many days ago; None: never."""

    def __init__(self, graph: Graph, days: int | None, clock: Clock, by: str) -> None:
        self._graph = graph
        self._days = days
        self._clock = clock
        self._by = by

    async def sweep(self) -> None:
        """Void what has become too old, and say how much. Raises a GraphError."""
        expired = await expire(self._graph, self._days, self._clock, by=self._by)
        if expired.statements or expired.reviews:
            log.warning(
                "%d declarations of absence and %d reviews are older than %s days, and void",
                expired.statements,
                expired.reviews,
                self._days,
            )


async def last_flush(impressions: ImpressionLog) -> None:
    """Write what was recommended in the last second; an unreachable graph holds nothing up."""
    try:
        async with asyncio.timeout(LAST_FLUSH_SECONDS):
            await impressions.flush()
    except (GraphError, LogUnavailable, TimeoutError) as error:
        log.warning("the latest recommendations were not remembered: %s", error)


Work = Coroutine[Any, Any, None]


@asynccontextmanager
async def in_background(work: Iterable[Work]) -> AsyncGenerator[None]:
    """Run all the work at once, for as long as the context lasts."""
    tasks = [asyncio.create_task(job) for job in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def repeat(
    work: Callable[[], Coroutine[Any, Any, object]],
    pause: float,
    *,
    sparing: bool = False,
    at_once: bool = False,
) -> None:
    """Repeat something, whatever goes wrong: next time it may work.

    Sparing work takes at most a twentieth of the time, however long it takes; the first
    time is after a pause, or at once.
    """
    seconds = 0.0
    while True:
        if not at_once:
            await asyncio.sleep(max(pause, 20 * seconds) if sparing else pause)
        at_once = False
        began = time.monotonic()
        try:
            await uninterrupted(work())
        except GraphError as error:
            log.warning("%s", error)
        except Exception:
            log.exception("housekeeping failed; trying again in %g s", pause)
        seconds = time.monotonic() - began
