"""Reading one partition of a topic, from any offset; what follows is fetched ahead."""

from __future__ import annotations

import logging
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connectors.kafka.address import KafkaAddress
from connectors.kafka.failures import unavailable
from connectors.kafka.records import decoded
from events.log import LogUnavailable, Record

PATIENCE_SECONDS = 5.0
AHEAD_KILOBYTES = 8_192

# For a moment after a topic was made, or a broker went, nobody leads its partitions.
SETTLING = (
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
)

log = logging.getLogger("tastegraph.events")


def first_and_end(consumer: Consumer, place: TopicPartition) -> tuple[int, int]:
    """Return the first offset of a partition, and that of the next record; waits.

    Raises LogUnavailable.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return consumer.get_watermark_offsets(place, PATIENCE_SECONDS)
        except KafkaException as error:
            if error.args[0].code() not in SETTLING or time.monotonic() > deadline:
                raise unavailable(error) from error
            time.sleep(0.1)


class PartitionReader:
    """Reads a partition, for one thread at a time; its calls wait for the broker."""

    def __init__(self, address: KafkaAddress, partition: int) -> None:
        self._partition = partition
        self._topic = address.topic
        self._next: int | None = None
        self._at_end = False
        self._consumer = Consumer(
            address.client(
                group_id=address.group,  # never joined: the graph says where to read on
                enable_auto_commit=False,
                enable_partition_eof=True,
                auto_offset_reset="error",
                queued_max_messages_kbytes=AHEAD_KILOBYTES,
                fetch_wait_max_ms=100,
            )
        )

    def read(self, offset: int, limit: int) -> list[Record]:
        """Return up to `limit` records from an offset on, oldest first. Raises LogUnavailable."""
        try:
            if offset != self._next:
                self._seek(offset)
            messages = self._messages(limit)
        except (KafkaException, LogUnavailable) as error:
            self._next = None
            raise error if isinstance(error, LogUnavailable) else unavailable(error) from error
        records = [decoded(message) for message in messages]
        if records:
            self._next = records[-1].offset + 1
        return records

    def first_and_end(self) -> tuple[int, int]:
        """Return the first offset there is, and that of the next record. Raises LogUnavailable."""
        return first_and_end(self._consumer, self._place())

    def offset_at(self, moment: int) -> int:
        """Return the first offset from a moment (epoch ms) on. Raises LogUnavailable."""
        try:
            [found] = self._consumer.offsets_for_times([self._place(moment)], PATIENCE_SECONDS)
        except KafkaException as error:
            raise unavailable(error) from error
        return found.offset if found.offset >= 0 else self.first_and_end()[1]

    def close(self) -> None:
        """End the connections."""
        self._consumer.close()

    def _place(self, offset: int = 0) -> TopicPartition:
        return TopicPartition(self._topic, self._partition, offset)

    def _seek(self, offset: int) -> None:
        first, end = self.first_and_end()
        if offset > end:
            raise LogUnavailable(
                f"Partition {self._partition} of {self._topic} ends at {end}, but was read up to "
                f"{offset}: the topic was restored from a copy, or lost what it had acknowledged.",
                "Set KAFKA_TOPIC to a topic of another name, and send again what was lost.",
            )
        if offset < first:
            told = (
                "%d events of partition %d were deleted by Kafka's retention before they were read"
            )
            log.warning(told, first - offset, self._partition)
        self._consumer.assign([self._place(max(offset, first))])
        self._next, self._at_end = offset, False

    def _messages(self, limit: int) -> list[Message]:
        """Wait for what there is; once the end was reached, only look whether there is more."""
        first = self._consumer.poll(0 if self._at_end else PATIENCE_SECONDS)
        if first is None:
            if self._at_end:
                return []
            raise unavailable("no broker answers")
        found = [first, *(self._consumer.consume(limit - 1, 0) if limit > 1 else [])]
        errors = [error for error in (message.error() for message in found) if error]
        for error in errors:
            if error.code() != KafkaError._PARTITION_EOF:  # pyright: ignore[reportPrivateUsage]
                raise unavailable(error)
        last = found[-1].error()
        self._at_end = last is not None
        return [message for message in found if message.error() is None]
