"""Events into a topic, and the results of Flink out of others."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from streams.behaviour import behaviour_of
from streams.engine import WindowEngine
from streams.features import Feature, features
from streams.flink.jobs import results_topic
from streams.flink.results import ResultsTable
from tests.servers.kafka import KafkaServer
from tests.support.trend_events import HOUR, START, Sent

Rows = list[tuple[Any, ...]]
AT_ONCE = 10.0


def by_duckdb(events: Sequence[Sent]) -> dict[str, Rows]:
    """All windows of all features."""
    engine = WindowEngine()
    engine.add(behaviour_of([event.record() for event in events]).rows)
    computed = {
        feature.name: engine.evaluate(feature, feature.ends(START - 3 * HOUR, START + 48 * HOUR))
        for feature in features()
    }
    engine.close()
    return {
        name: sorted(row for rows in windows.values() for row in rows)
        for name, windows in computed.items()
    }


def produce(brokers: str, topic: str, events: Sequence[Sent]) -> None:
    """Send events as the door does: by person, with the time of receipt."""
    producer = Producer({"bootstrap.servers": brokers, "linger.ms": 20})
    for event in events:
        producer.produce(topic, event.body, key=event.person, timestamp=event.received)
        producer.poll(0)
    producer.flush(60)


def make_topics(kafka: KafkaServer, events: str, chosen: Sequence[Feature]) -> None:
    """Topics for events and results; what happened long ago stays in them."""
    kafka.create_topic(events, partitions=3, retention_ms="-1")
    for feature in chosen:
        kafka.create_topic(results_topic(events, feature), cleanup_policy="compact")


class Results:
    """What is in the topics of results so far."""

    def __init__(self, brokers: str, events: str, chosen: Sequence[Feature]) -> None:
        self._tables = {results_topic(events, feature): ResultsTable(feature) for feature in chosen}
        self._names = {results_topic(events, feature): feature.name for feature in chosen}
        self._consumer = Consumer({"bootstrap.servers": brokers, "group.id": f"{events}.read"})
        self._consumer.assign([TopicPartition(topic, 0, 0) for topic in self._tables])
        self.messages = 0

    def read(self, seconds: float) -> int:
        """Take what comes until nothing came for so long; return how many messages came.

        After `AT_ONCE` seconds it returns in any case: a job at work is never silent.
        """
        before, deadline = self.messages, time.monotonic() + AT_ONCE
        while time.monotonic() < deadline and (messages := self._consumer.consume(10_000, seconds)):
            for message in messages:
                self._tables[message.topic() or ""].apply(message.key(), message.value())
                self.messages += 1
        return self.messages - before

    def rows(self) -> dict[str, Rows]:
        return {
            self._names[topic]: sorted(row for rows in table.windows.values() for row in rows)
            for topic, table in self._tables.items()
        }

    def wait_for(self, expected: Mapping[str, Rows], seconds: float) -> dict[str, Rows]:
        """Read until the results are as expected, or for so long; return what there is."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.rows() != expected:
            self.read(0.5)
        self.read(1.0)
        return self.rows()

    def close(self) -> None:
        self._consumer.close()


def by_end(chosen: Feature, rows: Mapping[str, Rows]) -> dict[int, list[list[Any]]]:
    """The rows of a feature as they are published: by the end of their window."""
    place = [column.name for column in chosen.columns].index("window_end")
    windows: dict[int, list[list[Any]]] = {}
    for row in rows[chosen.name]:
        windows.setdefault(row[place], []).append(list(row))
    return windows
