"""The log of events on Kafka, keeping the protocol of every log.

What Kafka cannot tell when it appends, whether an id was used before, is decided in the graph's
transaction: there a repeated event counts once, and a clashing one becomes a dead letter.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Self, TypeVar

from confluent_kafka import KafkaException

from connectors.kafka.address import KafkaAddress
from connectors.kafka.failures import unavailable
from connectors.kafka.membership import Membership
from connectors.kafka.publisher import Outgoing, Publisher
from connectors.kafka.reader import PartitionReader
from connectors.kafka.records import key_of
from connectors.kafka.topic import (
    MOST_DAYS,
    PARTITIONS,
    Topic,
    TopicMissing,
    find_or_make_topic,
    find_topic,
)
from events.log import (
    LogUnavailable,
    NewRecord,
    Outcome,
    Record,
    hash_of,
    partition_of,
    readable,
    wait_for,
)
from graph.clock import Clock, milliseconds, utc_now

THREADS = 32
SCANNED_TOGETHER = 10_000
T = TypeVar("T")

log = logging.getLogger("tastegraph.events")


class KafkaLog:
    """A topic as a log. Nothing is connected before it is needed, and a broker may be away."""

    def __init__(
        self,
        address: KafkaAddress,
        clock: Clock = utc_now,
        *,
        keep_days: float = MOST_DAYS,
        partitions: int = PARTITIONS,
        make_topic: bool = True,
    ) -> None:
        self._address = address
        self._clock = clock
        self._find: Callable[[], Topic] = (
            (lambda: find_or_make_topic(address, keep_days, partitions))
            if make_topic
            else (lambda: _existing(address))
        )
        self._topic: Topic | None = None
        self._finding: asyncio.Task[Topic] | None = None
        self._threads = ThreadPoolExecutor(THREADS, "kafka")
        self._publisher: Publisher | None = None
        self._membership: Membership | None = None
        self._readers: dict[int, PartitionReader] = {}
        self._locks = defaultdict[object, asyncio.Lock](asyncio.Lock)
        self._appended = asyncio.Event()

    async def ready(self) -> None:
        """Know the topic. Raises LogUnavailable."""
        if self._topic is None:
            # one question, however many wait for the answer
            if self._finding is None or self._finding.done():
                self._finding = asyncio.create_task(self._in_thread(self._find))
            self._topic = await asyncio.shield(self._finding)

    @property
    def name(self) -> str:
        """The cluster and the topic; raises LogUnavailable until they are known."""
        found = self._known
        return f"kafka/{found.cluster}/{found.id}"

    @property
    def partitions(self) -> int:
        """How many there are; raises LogUnavailable until that is known."""
        return self._known.partitions

    @property
    def _known(self) -> Topic:
        if self._topic is None:
            raise unavailable("no broker has answered yet")
        return self._topic

    async def append(self, records: Sequence[NewRecord]) -> Sequence[Outcome]:
        """Append, and return once all are acknowledged: whether they are new the graph decides.

        Raises LogUnavailable if one was not acknowledged; some of them may be there all the same.
        """
        await self.ready()
        received = milliseconds(self._clock())
        if self._publisher is None:
            self._publisher = Publisher(self._address)
        await self._publisher.publish(
            [
                Outgoing(
                    partition_of(record.person_hash, self.partitions),
                    key_of(record),
                    record.body,
                    received,
                )
                for record in records
            ]
        )
        self._appended.set()
        return [Outcome.ACCEPTED] * len(records)

    async def read(self, partition: int, offset: int, limit: int) -> Sequence[Record]:
        """Return up to `limit` records from an offset on, oldest first."""
        await self.ready()
        reader = self._reader(partition)
        async with self._locks[partition]:
            return await self._in_thread(lambda: reader.read(offset, limit))

    async def end(self, partition: int) -> int:
        """Return the offset that the next record will have."""
        await self.ready()
        reader = self._reader(partition)
        return (await self._in_thread(reader.first_and_end))[1]

    async def offset_at(self, partition: int, moment: int) -> int:
        """Return the first offset received at or after a moment (epoch milliseconds).

        None is older than the graph's records of erasures: what was erased since is left out.
        """
        await self.ready()
        reader = self._reader(partition)
        oldest = milliseconds(self._clock() - timedelta(days=MOST_DAYS))
        return await self._in_thread(lambda: reader.offset_at(max(moment, oldest)))

    async def assigned(self) -> frozenset[int]:
        """Return the partitions that the group gives this process; none while no broker answers."""
        async with self._locks["group"]:
            try:
                await self.ready()
                if self._membership is None:
                    self._membership = Membership(self._address)
                return await self._in_thread(self._membership.partitions)
            except (LogUnavailable, KafkaException) as error:
                log.warning("%s", error)
                return frozenset()

    async def wait(self, seconds: float) -> None:
        """Return when this process has appended something, or after so many seconds."""
        await wait_for(self._appended, seconds)

    async def of_people(self, people: Iterable[str]) -> dict[str, list[Any]]:
        """Return every event of some people as it was sent, oldest first.

        Reads all of their partitions, one person at a time: Kafka has no index of keys.
        """
        async with self._locks["scan"]:
            found = {person: await self._of(hash_of(person)) for person in people}
        return {person: events for person, events in found.items() if events}

    async def _of(self, person: bytes) -> list[Any]:
        await self.ready()
        partition = partition_of(person, self.partitions)
        reader = await self._in_thread(lambda: PartitionReader(self._address, partition))
        try:
            return await self._in_thread(lambda: [*_bodies(reader, person)])
        finally:
            await self._in_thread(reader.close)

    def _reader(self, partition: int) -> PartitionReader:
        if partition not in self._readers:
            self._readers[partition] = PartitionReader(self._address, partition)
        return self._readers[partition]

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Wait for what is on its way, and leave the group."""
        if self._publisher:
            self._publisher.close()
        self._threads.shutdown()
        if self._membership:
            self._membership.close()
        for reader in self._readers.values():
            reader.close()

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _existing(address: KafkaAddress) -> Topic:
    try:
        return find_topic(address)
    except TopicMissing:
        raise unavailable(f"there is no topic {address.topic}") from None


def _bodies(reader: PartitionReader, person: bytes) -> Iterator[Any]:
    """Yield the events of a person that are in a partition now."""
    offset, end = reader.first_and_end()
    while offset < end and (records := reader.read(offset, SCANNED_TOGETHER)):
        offset = records[-1].offset + 1
        yield from (readable(record.body) for record in records if record.person_hash == person)
