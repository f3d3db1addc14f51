"""A topic of Kafka as a sink: whom it says things are about, and what if the broker goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Message, TopicPartition

from connectors.kafka.address import KafkaAddress
from connectors.kafka.sink import KafkaSink
from events.outgoing.relay import Relay
from graph.clock import utc_now
from graph.connection import Graph
from graph.outbox.entries import OutgoingType
from graph.outbox.sinks import put_sink, sinks
from graph.people.interactions import add_events
from service.background.outgoing import open_telling
from service.settings import read_settings
from tests.servers.kafka import KafkaServer
from tests.support.brokers import own_topic
from tests.support.outgoing import Counts, relayed
from tests.support.streaming import add_drinks

PEOPLE = ("ann", "ben", "cem", "dee", "eva", "fay")


@pytest.fixture
def address(kafka: KafkaServer) -> KafkaAddress:
    return own_topic(kafka)


@pytest.fixture
def sink(address: KafkaAddress) -> Iterator[KafkaSink]:
    sink = KafkaSink(address, b"a secret", keep_days=10, partitions=3)
    yield sink
    sink.close()


async def relay_to(
    graph: Graph, address: KafkaAddress, sink: KafkaSink, folder: Path, counts: Counts, people: bool
) -> Relay:
    await add_drinks(graph, "chai")
    await put_sink(graph, "topic", "kafka", address.topic, list(OutgoingType), with_people=people)
    return Relay(graph, {"kafka": sink}, folder, counts, first_pause=0.01)


async def buy(graph: Graph, *numbers: int) -> None:
    """Everybody buys, once for each number, as one transaction a number."""
    for number in numbers:
        said = {"drinkId": "chai", "eventId": f"{number}", "type": "purchase", "value": number}
        rest = {"at": 1_796_000_000_000, "context": {}}
        await add_events(graph, [{"userId": person, **said, **rest} for person in PEOPLE])


def messages(address: KafkaAddress) -> list[Message]:
    """Everything in the topic, partition by partition."""
    reader = Consumer(address.client(group_id="test", enable_partition_eof=True))
    partitions = reader.list_topics(address.topic, timeout=10).topics[address.topic].partitions
    reader.assign([TopicPartition(address.topic, number, 0) for number in partitions])
    read: list[Message] = []
    ended = 0
    while ended < len(partitions):
        message = reader.poll(10)
        assert message is not None
        if message.error():
            ended += 1
        else:
            read.append(message)
    reader.close()
    return read


def values(told: list[Message]) -> dict[Any, list[int]]:
    """What was told by key and partition, in order."""
    result: dict[Any, list[int]] = {}
    for message in told:
        value = json.loads(message.value() or b"")["data"]["value"]
        result.setdefault((message.key(), message.partition()), []).append(value)
    return result


@pytest.mark.parametrize("people", [True, False])
async def test_events_of_a_person_are_in_one_partition_in_order(
    embedded_graph: Graph,
    address: KafkaAddress,
    sink: KafkaSink,
    tmp_path: Path,
    people: bool,
) -> None:
    graph, counts = embedded_graph, Counts()
    relay = await relay_to(graph, address, sink, tmp_path, counts, people)
    await buy(graph, 1, 2, 3)
    await relayed(relay)
    await relay.close()
    told = messages(address)
    assert counts.taken == len(told) == 18
    assert {json.loads(message.value() or b"")["type"] for message in told} == {
        "interaction.recorded"
    }
    if people:
        keys = {f"person/{person}".encode() for person in PEOPLE}
        assert {key for key, _ in values(told)} == keys
        assert set(map(tuple, values(told).values())) == {(1, 2, 3)}
    else:
        assert {key for key, _ in values(told)} == {None}
        assert all(got == sorted(got) for got in values(told).values())
        said = b"".join(message.value() or b"" for message in told)
        assert not any(f'"{person}"'.encode() in said for person in PEOPLE)


async def test_while_the_broker_is_away_events_wait_and_then_come_in_order(
    embedded_graph: Graph,
    kafka: KafkaServer,
    address: KafkaAddress,
    sink: KafkaSink,
    tmp_path: Path,
) -> None:
    graph, counts = embedded_graph, Counts()
    relay = await relay_to(graph, address, sink, tmp_path, counts, True)
    await buy(graph, 1)
    await relayed(relay)
    kafka.kill()
    try:
        await buy(graph, 2, 3)
        await relayed(relay, rounds=1)
        [record] = await sinks(graph)
        assert record.failing_since and record.failure and "Kafka" in record.failure
    finally:
        kafka.start()
    async with asyncio.timeout(60):
        while counts.taken < 18:
            await relayed(relay, rounds=1)
            await asyncio.sleep(0.05)
    await relay.close()
    [record] = await sinks(graph)
    assert record.failing_since is None and record.position == 17
    for got in values(messages(address)).values():
        assert sorted(set(got), key=got.index) == [1, 2, 3]  # some may come twice, none late


async def test_the_settings_make_the_topic_a_sink(
    embedded_graph: Graph, kafka: KafkaServer, address: KafkaAddress, tmp_path: Path
) -> None:
    graph, counts = embedded_graph, Counts()
    await add_drinks(graph, "chai")
    named = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_OUTGOING_TOPIC": address.topic}
    settings = read_settings({"TASTEGRAPH_HOME": str(tmp_path), **named})
    for _ in range(2):  # a second start makes no second sink, and goes on where the first was
        async with open_telling(settings, graph, counts, utc_now) as telling:
            running = asyncio.create_task(telling.run())
            async with asyncio.timeout(60):
                while not (found := await sinks(graph)):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                await buy(graph, counts.taken + 1)
                wanted = counts.taken + len(PEOPLE)
                while counts.taken < wanted:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        [record] = found
        assert (record.id, record.url) == (f"kafka-{address.topic}", address.topic)
        assert not record.with_people
    assert len(messages(address)) == 12
