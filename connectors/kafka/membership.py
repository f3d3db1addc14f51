"""A place in the group of consumers: which partitions this process is to consume."""

from __future__ import annotations

import time
from collections.abc import Sequence

from confluent_kafka import Consumer, TopicPartition

from connectors.kafka.address import KafkaAddress

JOIN_SECONDS = 10.0
# A consumer that was killed holds its partitions for so long.
SESSION_SECONDS = 6.0


class Membership:
    """A member of the group: reads nothing, for each partition has a reader of its own.

    It is asked between batches, so that a partition is handed on when its batch is written.
    """

    def __init__(self, address: KafkaAddress) -> None:
        self._partitions = frozenset[int]()
        self._joined = False
        self._consumer = Consumer(
            address.client(
                group_id=address.group,
                enable_auto_commit=False,
                partition_assignment_strategy="cooperative-sticky",
                session_timeout_ms=int(SESSION_SECONDS * 1000),
                heartbeat_interval_ms=int(SESSION_SECONDS * 1000) // 4,
            )
        )
        self._consumer.subscribe(
            [address.topic],
            on_assign=self._assigned,
            on_revoke=self._revoked,
            on_lost=self._revoked,
        )

    def partitions(self) -> frozenset[int]:
        """Return the partitions; the first time, wait up to ten seconds to be given any."""
        deadline = time.monotonic() + JOIN_SECONDS
        self._consumer.poll(0)
        while not self._joined and time.monotonic() < deadline:
            self._consumer.poll(0.1)
        return self._partitions

    def close(self) -> None:
        """Leave the group: another takes over at once."""
        self._consumer.close()

    def _assigned(self, consumer: Consumer, given: Sequence[TopicPartition]) -> None:
        consumer.incremental_assign(list(given))
        consumer.pause(list(given))
        self._partitions |= {place.partition for place in given}
        self._joined = True

    def _revoked(self, consumer: Consumer, taken: Sequence[TopicPartition]) -> None:
        consumer.incremental_unassign(list(taken))
        self._partitions -= {place.partition for place in taken}
