"""How far the graph is behind the log."""

from __future__ import annotations

from dataclasses import dataclass

from events.consumed import consumed_offsets
from events.log import Log
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph

STALLED_SECONDS = 60.0


@dataclass(frozen=True)
class Lag:
    """Of one partition: what the graph has read up to, the log's end, how long the next waits."""

    partition: int
    next: int
    end: int
    waiting_seconds: float

    @property
    def behind(self) -> int:
        """How many events are still to be written, at most: erased ones leave gaps."""
        return max(0, self.end - self.next) if self.waiting_seconds else 0

    @property
    def is_stalled(self) -> bool:
        """Whether an event has waited for too long."""
        return self.waiting_seconds > STALLED_SECONDS


async def lags(graph: Graph, log: Log, clock: Clock = utc_now) -> list[Lag]:
    """Return the lag of each partition. Raises a GraphError or LogUnavailable."""
    offsets = await consumed_offsets(graph, log)
    now = milliseconds(clock())
    return [await _lag(log, partition, offset, now) for partition, offset in enumerate(offsets)]


async def _lag(log: Log, partition: int, offset: int, now: int) -> Lag:
    end = await log.end(partition)
    oldest = await log.read(partition, offset, 1) if end != offset else ()
    waiting = max(0.001, (now - oldest[0].received) / 1000) if oldest else 0.0
    return Lag(partition, offset, end, waiting)
