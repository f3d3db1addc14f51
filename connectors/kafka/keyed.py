"""A topic that keeps the newest value of each key: read whole, or what is new; one partition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connectors.kafka.address import KafkaAddress
from connectors.kafka.failures import unavailable
from connectors.kafka.reader import first_and_end

PATIENCE_SECONDS = 10.0
TOGETHER = 10_000


@dataclass(frozen=True, slots=True)
class Keyed:
    """A message; without a value its key is gone. `received` is in milliseconds since 1970."""

    offset: int
    received: int
    key: bytes
    value: bytes | None


class KeyedReader:
    """Reads the only partition of a topic, for one thread at a time; its calls wait."""

    def __init__(self, address: KafkaAddress) -> None:
        self._topic = address.topic
        self._consumer = Consumer(
            address.client(
                group_id=address.group,  # never joined
                enable_auto_commit=False,
                enable_partition_eof=True,
                auto_offset_reset="earliest",
                fetch_wait_max_ms=20,  # the end is only told with an empty answer
            )
        )

    def read(self, offset: int = 0) -> Iterator[Keyed]:
        """Yield what there is from an offset on, to the end as it is by then.

        Raises LogUnavailable.
        """
        try:
            first, end = first_and_end(self._consumer, self._place(0))
            if offset >= end:
                return
            self._consumer.assign([self._place(max(first, offset))])
            yield from self._until_the_end()
        except KafkaException as error:
            raise unavailable(error) from error

    def end(self) -> int:
        """Return the offset that the next message will have. Raises LogUnavailable."""
        return first_and_end(self._consumer, self._place(0))[1]

    def _until_the_end(self) -> Iterator[Keyed]:
        while True:
            first = self._consumer.poll(PATIENCE_SECONDS)
            if first is None:
                raise unavailable("no broker answers")
            for message in [first, *self._consumer.consume(TOGETHER, 0)]:
                error = message.error()
                if error is None:
                    yield _keyed(message)
                elif error.code() == KafkaError._PARTITION_EOF:  # pyright: ignore[reportPrivateUsage]
                    return
                else:
                    raise unavailable(error)

    def close(self) -> None:
        """End the connections."""
        self._consumer.close()

    def _place(self, offset: int) -> TopicPartition:
        return TopicPartition(self._topic, 0, offset)


def _keyed(message: Message) -> Keyed:
    _, received = message.timestamp()
    return Keyed(message.offset() or 0, received, message.key() or b"", message.value())
