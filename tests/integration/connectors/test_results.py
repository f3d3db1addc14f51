"""Topics of results as they are read, and how far their writer says that it has read the events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from connectors.kafka import results as module
from connectors.kafka.address import KafkaAddress
from connectors.kafka.results import KafkaResults
from events.log import LogUnavailable
from tests.servers.kafka import KafkaServer
from tests.servers.process import free_port
from tests.support.brokers import own_topic


def write(address: KafkaAddress, *keys: str) -> None:
    producer = Producer(address.client())
    for key in keys:
        producer.produce(address.topic, key.encode(), key.encode())
    producer.flush(30)


async def keys(results: KafkaResults) -> list[bytes | None]:
    """Every key that is there now, by a reader that reads until nothing is new."""
    read: list[bytes | None] = []
    while messages := await results.read():
        read += [key for _, key, _ in messages]
    return read


def made(kafka: KafkaServer, partitions: Sequence[int] = (2, 1)) -> list[KafkaAddress]:
    """A topic of events and one of results."""
    events = own_topic(kafka)
    addresses = [events, replace(events, topic=f"{events.topic}.results")]
    for address, count in zip(addresses, partitions, strict=True):
        kafka.create_topic(address.topic, partitions=count)
    return addresses


async def test_results_are_read_from_the_first_on_each_once(kafka: KafkaServer) -> None:
    events, of_flink = made(kafka)
    results = KafkaResults(events, [of_flink.topic], "flink")
    assert await results.read() == []
    write(of_flink, "a", "b")
    another = KafkaResults(events, [of_flink.topic], "flink")
    assert await keys(another) == [b"a", b"b"]
    write(of_flink, "c")
    while not (read := await keys(another)):
        pass
    assert read == [b"c"]
    await results.close()
    await another.close()


async def test_how_far_the_writer_is_comes_of_what_its_group_committed(kafka: KafkaServer) -> None:
    events, of_flink = made(kafka)
    results = KafkaResults(events, [of_flink.topic], f"{events.topic}.flink")
    write(events, *map(str, range(50)))
    ends = await results.ends()
    assert sum(ends.values()) == 50
    assert await results.reached() == {}
    writer = Consumer(events.client(group_id=f"{events.topic}.flink"))
    writer.commit(offsets=[TopicPartition(events.topic, 1, ends[1])], asynchronous=False)
    writer.close()
    assert await results.reached() == {1: ends[1]}
    await results.close()


async def test_topics_that_are_not_there_are_named_and_read_once_they_are(
    kafka: KafkaServer,
) -> None:
    events, of_flink = made(kafka)
    later = f"{of_flink.topic}.later"
    results = KafkaResults(events, [of_flink.topic, later], "flink")
    with pytest.raises(LogUnavailable, match=rf"{later}.* windows submit"):
        await results.read()
    kafka.create_topic(later)
    write(replace(events, topic=later), "a")
    assert await keys(results) == [b"a"]
    await results.close()


async def test_a_broker_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.5)
    away = KafkaAddress(f"127.0.0.1:{free_port()}")
    results = KafkaResults(away, ["results"], "flink")
    for asked in (results.read, results.ends, results.reached):
        with pytest.raises(LogUnavailable, match="KAFKA_BOOTSTRAP_SERVERS"):
            await asked()
    await results.close()
