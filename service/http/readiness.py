"""Whether the graph answers, checked once a second however many want to know."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from graph.connection import Graph
from graph.errors import GraphError
from graph.schema import SCHEMA_VERSION

KNOWN_SECONDS = 1.0
DEADLINE = 2.0

log = logging.getLogger("tastegraph.http")


class Readiness:
    """The graph's last answer, and the check under way."""

    def __init__(self, graph: Graph, clock: Callable[[], float] = time.monotonic) -> None:
        self._graph = graph
        self._clock = clock
        self._ready = False
        self._at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def ask(self) -> bool:
        """Return whether the graph answers, or did within the last second."""
        if self._asking is None and self._clock() - self._at >= KNOWN_SECONDS:
            self._asking = asyncio.create_task(self._ask())
        if self._asking:
            await asyncio.wait([self._asking])
        return self._ready

    async def _ask(self) -> None:
        try:
            await self._graph.run(SCHEMA_VERSION, deadline=DEADLINE)
            self._ready = True
        except GraphError as error:
            # the message may name hosts and users: it is for the operator's log alone
            log.warning("not ready: %s", error)
            self._ready = False
        finally:
            self._at = self._clock()
            self._asking = None
