"""Changes of a shop's database in a running server: taken durably, then applied in order.

What was taken is on disk before it is acknowledged, and leaves the disk when it is in the graph: it
may name people.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field

from connectors.debezium.envelope import NotDebezium, decoded
from events.captured_people import CapturedPeople
from events.embedded_log import EmbeddedLog
from events.log import NewRecord, Record, hash_of, partition_of
from graph.cancellation import uninterrupted
from graph.capture.applying import Applier
from graph.capture.changes import Message, RowChange, TransactionEnd
from graph.capture.mapping import CaptureMapping, load_capture
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.errors import TastegraphError
from graph.secret_files import kept_secret
from service.metrics import ServiceMetrics
from service.settings import Settings
from service.webhook_signature import webhook_secret

MOST_TOGETHER = 1_000
POLL_SECONDS = 0.5
HOLD_MILLISECONDS = 500
"""How long the end of a transaction is waited for before what has come of it counts in doubt."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
FOR_EVER = 2**62
BY = "change data capture"
OPAQUE_KEY = "opaque.key"

log = logging.getLogger("tastegraph.changes")


class ChangeNotTaken(TastegraphError):
    """A message is no change that could be followed: nothing of what was sent with it was taken."""


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
        pause = FIRST_PAUSE
        while True:
            try:
                if not await uninterrupted(self.round()):
                    await self.log.wait(POLL_SECONDS)
                pause = FIRST_PAUSE
            except TastegraphError as error:
                log.warning("changes of the stream '%s' wait: %s", self.mapping.stream, error)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

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
        waited = milliseconds(self.clock()) - records[-1].received
        if len(records) == MOST_TOGETHER or waited >= HOLD_MILLISECONDS:
            return len(records)
        return last_boundary(messages)

    def _message(self, body: bytes) -> Message | None:
        try:
            message = decoded(body)
        except NotDebezium as error:
            raise ChangeNotTaken(str(error), "See docs/cdc.md.") from error
        if isinstance(message, RowChange):
            self._check(message)
        return message

    def _check(self, change: RowChange) -> None:
        if change.stream != self.mapping.stream:
            raise ChangeNotTaken(
                f"source.name is '{change.stream}'; the mapping follows '{self.mapping.stream}'.",
                "Set topic.prefix of the connector, or stream in the mapping.",
            )
        if not self.mapping.of(change.table) or not (change.after or change.before):
            return
        try:
            self.applier.row_id(change)
        except KeyError as error:
            raise ChangeNotTaken(
                f"A row of {change.table} has no value in {error}, which the mapping has as key.",
                "Name the columns of its primary key.",
            ) from error

    def _record(self, body: bytes) -> NewRecord:
        name = hashlib.blake2b(body, digest_size=16).hexdigest()
        return NewRecord(self.mapping.stream, name, "", body)

    @property
    def _partition(self) -> int:
        return partition_of(hash_of(self.mapping.stream), self.log.partitions)


def last_boundary(messages: Sequence[Message | None]) -> int:
    """Return how many messages end with a whole transaction."""
    boundary, open_ = 0, None
    for place, message in enumerate(messages, start=1):
        if message is None:
            continue
        if isinstance(message, TransactionEnd):
            boundary, open_ = place, None
            continue
        if open_ is not None and message.transaction != open_:
            boundary = place - 1
        open_ = message.transaction
        if open_ is None:
            boundary = place
    return boundary


@asynccontextmanager
async def open_changes(
    settings: Settings, graph: Graph, metrics: ServiceMetrics, clock: Clock = utc_now
) -> AsyncGenerator[ChangeStream | None]:
    """Yield what follows the shop's database that the settings name, or None.

    Raises ImportRefused naming what is wrong in the mapping, and LogUnavailable.
    """
    if settings.changes is None:
        yield None
        return
    mapping = load_capture(settings.changes)
    key = kept_secret(settings.home / "keys" / OPAQUE_KEY) if mapping.hashes() else None
    people = CapturedPeople(graph, mapping, by=BY, key=key, clock=clock)
    applier = Applier(graph, mapping, people, by=BY, key=key, clock=clock)
    with EmbeddedLog(settings.home / "changes", clock) as waiting:
        secret = webhook_secret(settings.home)
        yield ChangeStream(mapping, waiting, applier, metrics, secret, clock)
