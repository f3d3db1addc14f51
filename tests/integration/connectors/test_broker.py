"""The broker that other tests rely on: what it acknowledged is there after a kill."""

from __future__ import annotations

import pytest
from confluent_kafka import Consumer, KafkaException, Message, Producer, TopicPartition

from tests.servers.kafka import KafkaServer

COUNT, TOPIC = 1_000, "killed"


def test_what_it_acknowledged_is_there_after_a_kill(kafka: KafkaServer) -> None:
    kafka.create_topic(TOPIC, partitions=2, retention_ms="-1")
    with pytest.raises(KafkaException):
        kafka.create_topic(TOPIC)
    acknowledged = _sent(kafka, COUNT)
    kafka.restart()
    assert len(acknowledged) == COUNT
    assert _read(kafka, COUNT) == acknowledged


def _sent(server: KafkaServer, count: int) -> set[bytes]:
    producer = Producer({"bootstrap.servers": server.bootstrap, "enable.idempotence": True})
    acknowledged = set[bytes]()

    def delivered(error: object, message: Message) -> None:
        if error is None:
            acknowledged.add(message.value() or b"")

    for number in range(count):
        producer.produce(TOPIC, b"%d" % number, partition=number % 2, callback=delivered)
    producer.flush(30)
    return acknowledged


def _read(server: KafkaServer, count: int) -> set[bytes]:
    consumer = Consumer({"bootstrap.servers": server.bootstrap, "group.id": "reading"})
    consumer.assign([TopicPartition(TOPIC, part, 0) for part in range(2)])
    messages: list[Message] = []
    while len(messages) < count and (read := consumer.consume(count, timeout=10)):
        messages += read
    consumer.close()
    return {message.value() or b"" for message in messages if message.error() is None}
