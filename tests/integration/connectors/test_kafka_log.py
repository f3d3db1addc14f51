"""What only Kafka's log does: who is let in, who shares the partitions, what if a broker goes."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Producer

from connectors.kafka.address import KafkaAddress
from connectors.kafka.log import KafkaLog
from connectors.kafka.publisher import MOST_WAITING
from events.log import LogUnavailable, NewRecord, Outcome, hash_of, partition_of
from graph.connection import Graph
from tests.servers.kafka import KafkaServer
from tests.support.behaviour import event_ids
from tests.support.brokers import own_topic
from tests.support.streaming import add_drinks, streaming, view


def new(person: str, event_id: str, body: bytes = b"{}") -> NewRecord:
    return NewRecord(person, event_id, "chai\nview", body)


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_who_has_the_password_is_let_in_by_tls_and_nobody_else(
    kafka: KafkaServer, mechanism: str
) -> None:
    allowed = own_topic(
        kafka,
        security_protocol="SASL_SSL",
        sasl_mechanism=mechanism,
        sasl_username=kafka.user,
        sasl_password=kafka.password,
        ca=kafka.authority,
    )
    allowed = dataclasses.replace(allowed, bootstrap_servers=kafka.secured)
    with KafkaLog(allowed) as log:
        assert await log.append([new("ann", "e1")]) == [Outcome.ACCEPTED]
        assert len(await log.of_people(["ann"])) == 1
    for refused in ({"sasl_password": "guessed"}, {"ca": None}):
        with (
            KafkaLog(dataclasses.replace(allowed, **refused)) as log,
            pytest.raises(LogUnavailable),
        ):
            await log.append([new("ann", "e2")])


async def test_two_consumers_share_the_partitions_and_one_alone_has_all(kafka: KafkaServer) -> None:
    address = own_topic(kafka)
    with KafkaLog(address) as first:
        everywhere = await first.assigned()
        with KafkaLog(address) as second:
            async with asyncio.timeout(30):
                ours, theirs = everywhere, frozenset[int]()
                while not (len(ours) == len(theirs) == 2):
                    ours, theirs = await first.assigned(), await second.assigned()
            assert ours | theirs == everywhere
            assert not ours & theirs
        async with asyncio.timeout(30):
            while await first.assigned() != everywhere:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_consumers_come_and_go_and_each_event_is_written_once(
    embedded_graph: Graph, kafka: KafkaServer, tmp_path: Path
) -> None:
    graph, address = embedded_graph, own_topic(kafka)
    await add_drinks(graph, "chai")
    sent = [view(f"e{n}", f"person-{n % 30}") for n in range(600)]
    async with streaming(graph, tmp_path / "one", kafka=address) as first:
        running = asyncio.create_task(first.consumer.run())
        await first.send(*sent[:200])
        async with streaming(graph, tmp_path / "two", kafka=address) as second:
            also = asyncio.create_task(second.consumer.run())
            await second.send(*sent[200:400])
            await _until(graph, 400)
            also.cancel()
            await asyncio.gather(also, return_exceptions=True)
        await first.send(*sent[400:])
        await _until(graph, 600)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert first.counts.new + second.counts.new == 600


async def _until(graph: Graph, count: int) -> None:
    async with asyncio.timeout(60):
        while len(await event_ids(graph)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert len(await event_ids(graph)) == len(set(await event_ids(graph))) == count


async def test_while_the_broker_is_away_nothing_is_acknowledged_and_memory_is_bounded(
    kafka: KafkaServer,
) -> None:
    with KafkaLog(own_topic(kafka)) as log:
        await log.append([new("ann", "before")])
        before = psutil.Process().memory_info().rss
        kafka.kill()
        try:
            began = time.monotonic()
            batches = [[new("ann", f"{part}-{n}") for n in range(1_000)] for part in range(100)]
            answers = await asyncio.gather(*map(log.append, batches), return_exceptions=True)
            assert {type(answer) for answer in answers} == {LogUnavailable}
            assert (
                sum("Too many" in str(answer) for answer in answers) == 100 - MOST_WAITING // 1_000
            )
            assert time.monotonic() - began < 60, "it did not give up"
            assert psutil.Process().memory_info().rss - before < 200e6
            with pytest.raises(LogUnavailable):
                await log.end(0)
        finally:
            kafka.start()
        async with asyncio.timeout(60):
            while True:
                try:
                    assert await log.append([new("ann", "after")]) == [Outcome.ACCEPTED]
                    break
                except LogUnavailable:
                    continue
        assert len((await log.of_people(["ann"]))["ann"]) >= 2


async def test_a_broker_that_was_never_there_is_said_to_be_away() -> None:
    with KafkaLog(KafkaAddress("127.0.0.1:9")) as log:
        assert await log.assigned() == frozenset()
        with pytest.raises(LogUnavailable):
            await log.append([new("ann", "e1")])
        with pytest.raises(LogUnavailable, match="KAFKA_BOOTSTRAP_SERVERS"):
            _ = log.name


async def test_a_topic_made_again_is_another_log(kafka: KafkaServer) -> None:
    address = own_topic(kafka)
    with KafkaLog(address) as log:
        await log.ready()
        first = log.name
    kafka.delete_topic(address.topic)
    with (
        KafkaLog(address, make_topic=False) as log,
        pytest.raises(LogUnavailable, match="no topic"),
    ):
        await log.ready()
    with KafkaLog(address) as log:
        await log.ready()
        assert log.name != first


async def test_offsets_beyond_the_end_are_refused_and_not_taken_for_nothing_new(
    kafka: KafkaServer,
) -> None:
    with KafkaLog(own_topic(kafka)) as log:
        await log.append([new("ann", "e1")])
        partition = partition_of(hash_of("ann"), log.partitions)
        with pytest.raises(LogUnavailable, match="was read up to 9"):
            await log.read(partition, 9, 10)


async def test_what_others_write_under_another_key_is_set_aside(
    embedded_graph: Graph, kafka: KafkaServer, tmp_path: Path
) -> None:
    address = own_topic(kafka)
    await add_drinks(embedded_graph, "chai")
    async with streaming(embedded_graph, tmp_path, kafka=address) as stream:
        await stream.send(view("e1"))
        producer = Producer({"bootstrap.servers": kafka.bootstrap})
        body = b'{"eventId": "x", "userId": "ann", "drinkId": "chai", "type": "view"}'
        keys = (hash_of("ann").hex(), hash_of("ben").hex(), "ann", None)
        for number, key in enumerate(keys):
            producer.produce(address.topic, body.replace(b"x", b"x%d" % number), key, partition=0)
        producer.flush(30)
        await stream.consume()
        assert await event_ids(embedded_graph) == ["ann e1", "ann x0"]
        reasons = {letter.reason for letter in await stream.letters.waiting()}
        assert reasons == {"userId is not whom the record is of."}
        assert stream.counts.dead == 3
