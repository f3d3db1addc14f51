"""Old events of the graph become counts, where the log is consumed, at a twentieth of the time."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field

from events.log import Log
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.counting import counted
from graph.people.condensing import Condensed, condense, horizon
from service.metrics import ServiceMetrics

PAUSE = 3600.0
DAY_SECONDS = 24 * 3600.0
SHARE = 20

log = logging.getLogger("tastegraph.events")


@dataclass
class Condenser:
    """Makes counts of what is older than so many days; 0: never.

    Of all processes only the one that consumes partition 0 does it.
    """

    graph: Graph
    source: Log
    metrics: ServiceMetrics
    days: float
    clock: Clock = utc_now
    _done: tuple[int, float] = field(default=(0, 0.0))

    async def sweep(self) -> None:
        """Look at everybody, if there is anything new since the last time, or a day has passed.

        Raises a GraphError; then the next time goes on.
        """
        if not self.days or 0 not in await self.source.assigned():
            return
        before = await horizon(self.graph, self.clock(), self.days)
        last, at = self._done
        if before == last and time.monotonic() < at + DAY_SECONDS:
            return
        done = Condensed()
        began = time.monotonic()
        async for step in condense(self.graph, before):
            done += step
            self.metrics.condensed(step.events)
            await asyncio.sleep((SHARE - 1) * (time.monotonic() - began))
            began = time.monotonic()
        self._done = before, time.monotonic()
        if done.events:
            log.info("%s became %s", counted(done.events, "old event"), f"{done.counts:,} counts")
