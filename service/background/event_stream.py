"""The log of events in a running server: its consumer, its retention, what is measured of it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from events.collecting import Collector
from events.consumed import consumed_offsets
from events.consumer import Consumer
from events.dead_letters import EmbeddedDeadLetters
from events.embedded_log import EmbeddedLog
from events.lag import lags
from graph.catalogue.entities import existing_drinks
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.errors import GraphError
from graph.people.privacy import erasures
from graph.secret_files import kept_secret
from recommend.state.snapshot_store import SnapshotStore
from service.metrics import ServiceMetrics
from service.settings import Settings

LAG_PAUSE = 5.0
RETENTION_PAUSE = 3600.0


@dataclass(frozen=True)
class EventStream:
    """The log and what stands on it, one of each."""

    graph: Graph
    log: EmbeddedLog
    letters: EmbeddedDeadLetters
    consumer: Consumer
    metrics: ServiceMetrics
    keep_days: float
    clock: Clock = utc_now

    async def measure(self) -> None:
        """Say how far the graph is behind. Raises a GraphError."""
        found = await lags(self.graph, self.log, self.clock)
        self.metrics.behind(
            sum(lag.behind for lag in found),
            max(lag.waiting_seconds for lag in found),
            sum(lag.is_stalled for lag in found),
        )

    async def forget_old(self) -> None:
        """Drop what is too old and in the graph. Raises a GraphError."""
        if not self.keep_days:
            return
        consumed = await consumed_offsets(self.graph, self.log)
        before = milliseconds(self.clock() - timedelta(days=self.keep_days))
        await self.log.drop_before(before, dict(enumerate(consumed)))


@asynccontextmanager
async def open_stream(
    settings: Settings,
    graph: Graph,
    metrics: ServiceMetrics,
    changed: Callable[[frozenset[str]], None] = lambda people: None,
    clock: Clock = utc_now,
) -> AsyncGenerator[EventStream]:
    """Yield the log of this home with its consumer. Raises LogUnavailable."""
    with EmbeddedLog(settings.events, clock) as log:
        await agree(graph, log)
        letters = EmbeddedDeadLetters(log, clock=clock)
        writers = 1 if settings.neo4j is None else log.partitions
        consumer = Consumer(graph, log, letters, metrics, changed, writers)
        yield EventStream(graph, log, letters, consumer, metrics, settings.keep_events_days, clock)


async def agree(graph: Graph, log: EmbeddedLog) -> None:
    """Bring a log in line with the graph: people erased meanwhile leave it.

    If the graph has read beyond its end, it was restored from a copy, and is read again.
    """
    try:
        await log.erase(dict(await erasures(graph, 0)))
        offsets = await consumed_offsets(graph, log)
    except GraphError:
        return  # the server's other work says that the graph is away, and hears of erasures
    if any([offset > await log.end(part) for part, offset in enumerate(offsets)]):
        await log.be_another()


def make_collector(
    stream: EventStream, snapshots: SnapshotStore, home: Path, clock: Clock
) -> Collector:
    """Return what takes events of every door that does not wait for the graph."""
    key = kept_secret(home / "keys" / "visitor.key", lambda: secrets.token_hex(32)).encode()

    async def known_drinks(ids: Sequence[str]) -> set[str]:
        """Return which are in memory or in the graph; while it is away, all: they will be seen."""
        current = snapshots.current
        known = {id_ for id_ in ids if current and id_ in current.catalogue.row_of}
        others = sorted(set(ids) - known)
        if not others:
            return known
        try:
            return known | await existing_drinks(stream.graph, others)
        except GraphError:
            return set(ids)

    def visitor_of(session_id: str) -> str:
        digest = hmac.new(key, session_id.encode(), hashlib.sha256).hexdigest()
        return f"anonymous {digest}"

    return Collector(stream.log, known_drinks, visitor_of, stream.metrics, clock)
