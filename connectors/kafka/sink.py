"""A topic of Kafka as a sink: outgoing events as JSON, those of a subject in one partition.

With people the key is the subject, and Kafka's own partitioner (the one of Java clients) chooses.
Without, what concerns a person has no key, since that would say whom; the partition comes of a hash
that nobody can repeat, so that their events stay in order all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Sequence

import orjson

from connectors.kafka.address import KafkaAddress
from connectors.kafka.publisher import ANY_PARTITION, Outgoing, Publisher
from connectors.kafka.topic import Topic, find_or_make_topic
from events.log import LogUnavailable
from events.outgoing.document import document
from events.outgoing.sink import SinkAway, by_subject
from graph.outbox.queue import OutgoingEvent
from graph.outbox.sinks import SinkRecord


class KafkaSink:
    """Sends to one topic, made where there is none; nothing is connected before it is needed."""

    def __init__(
        self, address: KafkaAddress, secret: bytes, *, keep_days: float, partitions: int
    ) -> None:
        self._address = address
        self._secret = secret
        self._keep_days = keep_days
        self._partitions = partitions
        self._topic: Topic | None = None
        self._publisher: Publisher | None = None
        self._taken: set[str] = set()

    def knows(self, record: SinkRecord) -> bool:
        """Return whether it is the topic of this process."""
        return record.url == self._address.topic

    async def deliver(self, record: SinkRecord, events: Sequence[OutgoingEvent]) -> None:
        """Send events, of each subject the next when the one before it is acknowledged.

        Raises SinkAway.
        """
        try:
            topic = await self._found()
            publisher = self._publisher or Publisher(self._address)
            self._publisher = publisher
            left = [event for event in events if event.id not in self._taken]
            for wave in _waves(left):
                await publisher.publish([self._message(event, record, topic) for event in wave])
                self._taken.update(event.id for event in wave)
        except LogUnavailable as error:
            # the topic may be made again, with other partitions; a producer may be of no more use
            self._topic = None
            await asyncio.to_thread(self.close)
            raise SinkAway(error.message) from error
        self._taken.clear()

    async def _found(self) -> Topic:
        if self._topic is None:
            wanted = (self._address, self._keep_days, self._partitions)
            self._topic = await asyncio.to_thread(find_or_make_topic, *wanted)
        return self._topic

    def _message(self, event: OutgoingEvent, record: SinkRecord, topic: Topic) -> Outgoing:
        body = orjson.dumps(document(event, with_people=record.with_people))
        subject = event.subject.encode()
        if record.with_people or event.person is None:
            return Outgoing(ANY_PARTITION, subject, body, event.at)
        digest = hmac.digest(self._secret, subject, hashlib.sha256)
        partition = int.from_bytes(digest[:8], "big") % topic.partitions
        return Outgoing(partition, None, body, event.at)

    def close(self) -> None:
        """Wait for what is on its way, and end."""
        publisher, self._publisher = self._publisher, None
        if publisher:
            publisher.close()


def _waves(events: Sequence[OutgoingEvent]) -> list[list[OutgoingEvent]]:
    """Return the first event of each subject, then the second of each, and so on."""
    subjects = by_subject(events)
    longest = max(map(len, subjects), default=0)
    return [
        [subject[place] for subject in subjects if place < len(subject)] for place in range(longest)
    ]
