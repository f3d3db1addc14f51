"""Topics of results, read from their beginning, and how far their writer has read the events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from connectors.kafka.address import KafkaAddress
from connectors.kafka.failures import unavailable
from events.log import LogUnavailable

PATIENCE_SECONDS = 5.0
TOGETHER = 10_000
WAIT_SECONDS = 0.2

T = TypeVar("T")
Result = tuple[str, bytes | None, bytes | None]
"""The topic, the key and the value of a message."""


class KafkaResults:
    """What another program writes by key to some topics, and up to where it has read the events.

    `address` names the topic of the events, `group` is the other's: it is asked, never joined.
    Nothing is connected before it is needed.
    """

    def __init__(self, address: KafkaAddress, topics: Sequence[str], group: str) -> None:
        self._address = address
        self._topics = topics
        self._group = group
        self._thread = ThreadPoolExecutor(1, "kafka-results")
        self._opened: Consumer | None = None
        self._unfinished = set[tuple[str, int]]()
        self._events: list[TopicPartition] = []

    async def read(self) -> Sequence[Result]:
        """Return messages that are new, none once all are read.

        Raises LogUnavailable; after that all come again, from the first on.
        """
        return await self._in_thread(self._read_or_drop)

    async def ends(self) -> dict[int, int]:
        """Return where each partition of the events ends. Raises LogUnavailable."""
        return await self._in_thread(self._ends)

    async def reached(self) -> dict[int, int]:
        """Return up to where the group has read each partition. Raises LogUnavailable."""
        return await self._in_thread(self._reached)

    async def close(self) -> None:
        """End the connections."""
        await self._in_thread(self._drop)
        self._thread.shutdown()

    def _read_or_drop(self) -> list[Result]:
        """Read; with an error others may have come that nobody would get."""
        try:
            return self._read()
        except (KafkaException, LogUnavailable):
            self._drop()
            raise

    def _drop(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _read(self) -> list[Result]:
        """Wait for what there is; once each end was reached, only look whether there is more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = self._consumer.consume(TOGETHER, WAIT_SECONDS if self._unfinished else 0)
            messages = [message for message in found if not self._is_end(message)]
            if messages or not self._unfinished:
                return [
                    (message.topic() or "", message.key(), message.value()) for message in messages
                ]
            if time.monotonic() > deadline:
                raise unavailable("no broker answers")

    def _is_end(self, message: Message) -> bool:
        """Whether it says that a partition has been read; raises LogUnavailable for an error."""
        error = message.error()
        if error is None:
            return False
        if error.code() != KafkaError._PARTITION_EOF:  # pyright: ignore[reportPrivateUsage]
            raise unavailable(error)
        self._unfinished.discard((message.topic() or "", message.partition() or 0))
        return True

    def _ends(self) -> dict[int, int]:
        consumer = self._consumer
        return {
            place.partition: consumer.get_watermark_offsets(place, PATIENCE_SECONDS)[1]
            for place in self._events
        }

    def _reached(self) -> dict[int, int]:
        places = self._consumer.committed(self._events, PATIENCE_SECONDS)
        return {place.partition: place.offset for place in places if place.offset >= 0}

    @property
    def _consumer(self) -> Consumer:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> Consumer:
        consumer = Consumer(
            self._address.client(
                group_id=self._group,
                enable_auto_commit=False,
                enable_partition_eof=True,
                auto_offset_reset="earliest",
            )
        )
        try:
            self._events = self._places(consumer, self._address.topic)
            results = [place for topic in self._topics for place in self._places(consumer, topic)]
            consumer.assign(results)
        except BaseException:
            consumer.close()
            raise
        self._unfinished = {(place.topic, place.partition) for place in results}
        return consumer

    def _places(self, consumer: Consumer, topic: str) -> list[TopicPartition]:
        found = consumer.list_topics(topic, PATIENCE_SECONDS).topics[topic]
        if found.error is not None:
            raise LogUnavailable(
                f"Kafka has no topic {topic} that can be used: {found.error.str()}.",
                "tastegraph stream windows submit makes the topics of results.",
            )
        return [TopicPartition(topic, part, OFFSET_BEGINNING) for part in found.partitions]

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except KafkaException as error:
            raise unavailable(error) from error
