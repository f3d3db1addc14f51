"""Messages to Kafka, each acknowledged by all replicas in step; an idempotent producer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connectors.kafka.address import KafkaAddress
from connectors.kafka.failures import unavailable
from events.log import LogUnavailable

ANY_PARTITION = -1
MOST_WAITING = 50_000
DELIVERY_SECONDS = 5.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to a partition, or to the one of its key; `received` is its time (epoch ms).

    Without a body it says that a compacted topic is to forget the key.
    """

    partition: int
    key: bytes | None
    body: bytes | None
    received: int


class Publisher:
    """Sends messages; up to 50,000 may wait for their acknowledgement, for five seconds each."""

    def __init__(self, address: KafkaAddress) -> None:
        self._topic = address.topic
        self._producer = Producer(
            address.client(
                enable_idempotence=True,  # and with it acks=all
                linger_ms=0,
                compression_type="lz4",
                partitioner="murmur2_random",  # as Java clients have it: for ANY_PARTITION
                delivery_timeout_ms=int(DELIVERY_SECONDS * 1000),
                queue_buffering_max_messages=2 * MOST_WAITING,
                queue_buffering_max_kbytes=65_536,
            )
        )
        self._waiting = 0
        self._open = True
        self._thread = threading.Thread(target=self._poll, name="kafka-delivery", daemon=True)
        self._thread.start()

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Send messages, and return once all are acknowledged.

        Raises LogUnavailable if one was not: it may be there all the same.
        """
        if self._waiting + len(messages) > MOST_WAITING:
            raise LogUnavailable("Too many events wait for Kafka.", "Send them again later.")
        if not messages:
            return
        self._waiting += len(messages)
        delivery = _Delivery(len(messages))
        try:
            self._produce(messages, delivery)
            error = await delivery.done
        finally:
            self._waiting -= len(messages)
        if error:
            raise unavailable(error)

    def _produce(self, messages: Sequence[Outgoing], delivery: _Delivery) -> None:
        try:
            for message in messages:
                self._producer.produce(
                    self._topic,
                    message.body,
                    message.key,
                    message.partition,
                    on_delivery=delivery.reported,
                    timestamp=message.received,
                )
        except BufferError:
            raise LogUnavailable("Too much waits for Kafka.", "Send it again later.") from None
        except KafkaException as error:
            raise unavailable(error) from error

    def _poll(self) -> None:
        while self._open:
            self._producer.poll(POLL_SECONDS)

    def close(self) -> None:
        """Wait for what is on its way, and end."""
        self._producer.flush(DELIVERY_SECONDS)
        self._open = False
        self._thread.join()


class _Delivery:
    """What is known of messages sent together; reported from the thread that polls."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._error: KafkaError | None = None
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[KafkaError | None] = self._loop.create_future()

    def reported(self, error: KafkaError | None, _: Message) -> None:
        self._left -= 1
        self._error = self._error or error
        if self._left == 0 and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if not self.done.done():
            self.done.set_result(self._error)
