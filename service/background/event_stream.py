"""The log of events in a running server: its consumer, its retention, what is measured of it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from events.collecting import Collector
from events.consumed import consumed_offsets
from events.consumer import Consumer
from events.dead_letters import DeadLetters, EmbeddedDeadLetters
from events.embedded_log import EmbeddedLog
from events.lag import Lag, lags
from events.log import LogUnavailable
from graph.catalogue.entities import existing_drinks
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.errors import GraphError
from graph.outbox.queue import backlog
from graph.people.late_events import move_late_events
from graph.people.privacy import erasures
from graph.secret_files import kept_secret
from recommend.state.snapshot_store import SnapshotStore
from service.background.broker import CATCH_UP_PAUSE, TEND_PAUSE, Broker, open_broker
from service.background.condensing import PAUSE as CONDENSING_PAUSE
from service.background.condensing import Condenser
from service.background.jobs import repeat
from service.background.outgoing import Telling, open_telling
from service.metrics import ServiceMetrics
from service.settings import Settings

if TYPE_CHECKING:
    from connectors.kafka.log import KafkaLog

LAG_PAUSE = 5.0
LATE_PAUSE = 3600.0
RETENTION_PAUSE = 3600.0
WRITERS = 4

log = logging.getLogger("tastegraph.events")


@dataclass(frozen=True)
class EventStream:
    """The log and what stands on it, one of each.

    `kept` is the file of this home; without Kafka it is the log too, and has the dead letters.
    With Kafka these are a topic beside the log.
    """

    graph: Graph
    log: EmbeddedLog | KafkaLog
    kept: EmbeddedLog
    letters: DeadLetters
    consumer: Consumer
    leftover: Consumer | None
    telling: Telling
    metrics: ServiceMetrics
    keep_days: float
    condenser: Condenser
    broker: Broker | None = None
    clock: Clock = utc_now

    async def measure(self) -> None:
        """Say how far the graph is behind, and the relay. Raises a GraphError."""
        oldest = (await backlog(self.graph)).oldest
        waited = milliseconds(self.clock()) - oldest if oldest is not None else 0
        self.metrics.outbox_waiting.set(max(0, waited) / 1000)
        try:
            found = await self.lags()
        except LogUnavailable as error:
            self.metrics.log_available.set(0)
            log.warning("%s", error)
            return
        self.metrics.log_available.set(1)
        self.metrics.behind(
            sum(lag.behind for lag in found),
            max(lag.waiting_seconds for lag in found),
            sum(lag.is_stalled for lag in found),
        )

    async def lags(self) -> list[Lag]:
        """Return the lag of each partition, and what the home had before there was a broker.

        Raises a GraphError or LogUnavailable.
        """
        found = await lags(self.graph, self.log, self.clock)
        if self.leftover is None:
            return found
        return [
            *found,
            *(lag for lag in await lags(self.graph, self.kept, self.clock) if lag.behind),
        ]

    async def consume(self) -> None:
        """Consume for ever: the log, and what the home had before there was a broker.

        Whoever does so makes counts of old events too, and moves what others left with drinks that
        were merged.
        """
        # not gather: cancelled, it ends with the first of them, while others still write
        async with asyncio.TaskGroup() as group:
            group.create_task(self.consumer.run())
            group.create_task(self.consume_leftover())
            group.create_task(repeat(self.condenser.sweep, CONDENSING_PAUSE))
            late = partial(move_late_events, self.graph)
            group.create_task(repeat(late, LATE_PAUSE, at_once=True))

    async def consume_leftover(self) -> None:
        """Consume what the home had before there was a broker."""
        if self.leftover:
            await self.leftover.run()

    async def forget_old(self) -> None:
        """Drop from the home what is too old and in the graph. Raises a GraphError."""
        if not self.keep_days:
            return
        consumed = await consumed_offsets(self.graph, self.kept)
        before = milliseconds(self.clock() - timedelta(days=self.keep_days))
        await self.kept.drop_before(before, dict(enumerate(consumed)))

    async def of_people(self, people: Sequence[str]) -> dict[str, list[Any]]:
        """Return every event of some people as it was sent, dead letters too."""
        kept = await self.kept.of_people(people)
        return joined(kept, await self.broker.of_people(people)) if self.broker else kept

    async def tend_broker(self) -> None:
        """See for ever to what is on Kafka, if there is one."""
        if self.broker:
            tend = partial(self.broker.tend, self.graph, self.kept)
            async with asyncio.TaskGroup() as group:
                group.create_task(repeat(partial(self.broker.catch_up, self.graph), CATCH_UP_PAUSE))
                group.create_task(repeat(tend, TEND_PAUSE, at_once=True))


def joined(
    kept: Mapping[str, list[Any]], on_broker: Mapping[str, list[Any]]
) -> dict[str, list[Any]]:
    """Return what people did by either log."""
    people = [*kept, *(person for person in on_broker if person not in kept)]
    return {person: [*kept.get(person, ()), *on_broker.get(person, ())] for person in people}


@asynccontextmanager
async def open_stream(
    settings: Settings,
    graph: Graph,
    metrics: ServiceMetrics,
    changed: Callable[[frozenset[str]], None] = lambda people: None,
    clock: Clock = utc_now,
) -> AsyncGenerator[EventStream]:
    """Yield the log that the settings name with its consumer; a broker may be away.

    Raises LogUnavailable if the file of the home cannot be used.
    """
    with ExitStack() as closing:
        kept = closing.enter_context(EmbeddedLog(settings.events, clock))
        await agree(graph, kept)
        at_home = EmbeddedDeadLetters(kept, clock=clock)
        broker = closing.enter_context(open_broker(settings, clock)) if settings.kafka else None
        source = broker.log if broker else kept
        letters = broker.letters if broker else at_home
        writers = 1 if settings.neo4j is None else WRITERS
        consumer = Consumer(graph, source, letters, metrics, changed, writers)
        leftover = None
        if source is not kept and await _is_behind(graph, kept):
            leftover = Consumer(graph, kept, at_home, metrics, changed, writers)
        condenser = Condenser(graph, source, metrics, settings.condense_events_days, clock)
        keep_days = settings.keep_events_days
        made = (graph, source, kept, letters, consumer, leftover)
        async with open_telling(settings, graph, metrics, clock) as telling:
            yield EventStream(*made, telling, metrics, keep_days, condenser, broker, clock)


async def _is_behind(graph: Graph, kept: EmbeddedLog) -> bool:
    """Return whether the home has what the graph does not; while that is away, it may have."""
    try:
        return any(lag.behind for lag in await lags(graph, kept))
    except GraphError:
        return True


async def agree(graph: Graph, kept: EmbeddedLog) -> None:
    """Bring a log in line with the graph: people erased meanwhile leave it.

    If the graph has read beyond its end, it was restored from a copy, and is read again.
    """
    try:
        await kept.erase(dict(await erasures(graph, 0)))
        offsets = await consumed_offsets(graph, kept)
    except GraphError:
        return  # the server's other work says that the graph is away, and hears of erasures
    if any([offset > await kept.end(part) for part, offset in enumerate(offsets)]):
        await kept.be_another()


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
