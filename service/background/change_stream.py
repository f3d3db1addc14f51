"""Changes of a shop's database in a running server: taken durably, then applied in order.

What was taken is on disk before it is acknowledged, and leaves the disk when it is in the graph: it
may name people.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field

from connectors.debezium.envelope import decoded
from events.captured_people import CapturedPeople
from events.embedded_log import EmbeddedLog
from events.log import NewRecord, Record, hash_of, partition_of
from graph.capture.applying import Applier
from graph.capture.changes import Message
from graph.capture.mapping import CaptureMapping, load_capture
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.secret_files import kept_secret
from service.background.change_rounds import MOST_TOGETHER, apply_for_ever, checked, ready
from service.background.change_topic import ChangeTopic, open_topic
from service.metrics import ServiceMetrics
from service.settings import Settings
from service.webhook_signature import webhook_secret

POLL_SECONDS = 0.5
FOR_EVER = 2**62
BY = "change data capture"
OPAQUE_KEY = "opaque.key"


@dataclass(frozen=True)
class ChangeStream:
    """The log of changes that wait, and what applies them."""

    mapping: CaptureMapping
    log: EmbeddedLog
    applier: Applier
    metrics: ServiceMetrics
    secret: str = field(repr=False)
    clock: Clock = utc_now

    async def take(self, bodies: Sequence[bytes]) -> int:
        """Take messages, durably, and return how many count.

        Raises ChangeNotTaken if one of them is wrong, and LogUnavailable; then none was taken.
        """
        counting = [body for body in bodies if self._message(body)]
        records = [self._record(body) for body in counting]
        await self.log.append(records)
        return len(records)

    async def run(self) -> None:
        """Apply changes for ever."""
        await apply_for_ever(self.mapping.stream, self.round, lambda: self.log.wait(POLL_SECONDS))

    async def round(self) -> int:
        """Apply what can be applied now; return how many messages that were."""
        if not await self.log.assigned():
            return 0
        records = await self.log.read(self._partition, 0, MOST_TOGETHER)
        messages = [decoded(record.body) for record in records]
        count = self._ready(records, messages)
        if not count:
            return 0
        told = await self.applier.apply([each for each in messages[:count] if each])
        self.metrics.captured(asdict(told))
        end = records[count - 1].offset + 1
        await self.log.drop_before(FOR_EVER, {self._partition: end})
        return count

    async def waiting(self) -> int:
        """Return how many messages wait, up to a thousand."""
        return len(await self.log.read(self._partition, 0, MOST_TOGETHER))

    def _ready(self, records: Sequence[Record], messages: Sequence[Message | None]) -> int:
        """Return how many messages can be applied: the last transaction is waited for a while."""
        if not records:
            return 0
        return ready(messages, milliseconds(self.clock()) - records[-1].received)

    def _message(self, body: bytes) -> Message | None:
        return checked(self.mapping, self.applier, body)

    def _record(self, body: bytes) -> NewRecord:
        name = hashlib.blake2b(body, digest_size=16).hexdigest()
        return NewRecord(self.mapping.stream, name, "", body)

    @property
    def _partition(self) -> int:
        return partition_of(hash_of(self.mapping.stream), self.log.partitions)


@asynccontextmanager
async def open_changes(
    settings: Settings, graph: Graph, metrics: ServiceMetrics, clock: Clock = utc_now
) -> AsyncGenerator[ChangeStream | ChangeTopic | None]:
    """Yield what follows the shop's database that the settings name, or None.

    With KAFKA_CHANGES_TOPIC they come from there, else by HTTP.

    Raises ImportRefused naming what is wrong in the mapping, and LogUnavailable.
    """
    if settings.changes is None:
        yield None
        return
    mapping = load_capture(settings.changes)
    key = kept_secret(settings.home / "keys" / OPAQUE_KEY) if mapping.hashes() else None
    people = CapturedPeople(graph, mapping, by=BY, key=key, clock=clock)
    applier = Applier(graph, mapping, people, by=BY, key=key, clock=clock)
    if settings.kafka and settings.changes_topic:
        with open_topic(settings.kafka, settings.changes_topic) as source:
            yield ChangeTopic(graph, mapping, source, applier, metrics, clock)
        return
    with EmbeddedLog(settings.home / "changes", clock) as waiting:
        secret = webhook_secret(settings.home)
        yield ChangeStream(mapping, waiting, applier, metrics, secret, clock)
