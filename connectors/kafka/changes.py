"""A topic with the changes of a shop's database, in the order in which they were made."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from confluent_kafka import KafkaException

from connectors.kafka.address import KafkaAddress
from connectors.kafka.keyed import Keyed, KeyedReader
from connectors.kafka.membership import Membership
from connectors.kafka.topic import Topic, TopicMissing, find_topic
from events.log import LogUnavailable

T = TypeVar("T")

log = logging.getLogger("tastegraph.changes")


class KafkaChanges:
    """The topic of `address`, of one partition; nothing is connected before it is needed.

    Of all processes with one group, one at a time is to read it.
    """

    def __init__(self, address: KafkaAddress) -> None:
        self._address = address
        self._topic: Topic | None = None
        self._thread = ThreadPoolExecutor(1, "kafka-changes")
        self._reader: KeyedReader | None = None
        self._membership: Membership | None = None

    async def ready(self) -> str:
        """Return the name of the topic for offsets in the graph. Raises LogUnavailable."""
        if self._topic is None:
            self._topic = await self._in_thread(lambda: _found(self._address))
        return f"kafka/{self._topic.cluster}/{self._topic.id}/0"

    async def is_assigned(self) -> bool:
        """Return whether this process is to read now; False while no broker answers."""
        try:
            await self.ready()
            if self._membership is None:
                self._membership = Membership(self._address)
            return bool(await self._in_thread(self._membership.partitions))
        except (LogUnavailable, KafkaException) as error:
            log.warning("%s", error)
            return False

    async def read(self, offset: int, most: int) -> Sequence[Keyed]:
        """Return up to so many messages from an offset on, oldest first. Raises LogUnavailable."""
        return await self._in_thread(lambda: self._read(offset, most))

    def _read(self, offset: int, most: int) -> list[Keyed]:
        found = list(islice(self._opened().read(offset), most))
        if found and found[0].offset > offset and offset:
            lost = "changes %d to %d were deleted by Kafka before they were read: take a snapshot"
            log.error(lost, offset, found[0].offset - 1)
        return found

    async def end(self) -> int:
        """Return the offset that the next message will have. Raises LogUnavailable."""
        return await self._in_thread(lambda: self._opened().end())

    def _opened(self) -> KeyedReader:
        if self._reader is None:
            self._reader = KeyedReader(self._address)
        return self._reader

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Leave the group: another takes over at once."""
        self._thread.shutdown()
        if self._membership:
            self._membership.close()
        if self._reader:
            self._reader.close()


def _found(address: KafkaAddress) -> Topic:
    try:
        topic = find_topic(address)
    except TopicMissing:
        raise LogUnavailable(
            f"Kafka has no topic {address.topic}.", "Debezium makes it, or you do: see docs/cdc.md."
        ) from None
    if topic.partitions != 1:
        raise LogUnavailable(
            f"The topic {address.topic} has {topic.partitions} partitions.",
            "A transaction would come in parts, in no order: let Debezium write to one with one.",
        )
    return topic
