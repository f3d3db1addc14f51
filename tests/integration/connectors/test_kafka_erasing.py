"""Dead letters in a topic, and what an erasure does to each topic, on a real Kafka."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka import Producer

from connectors.kafka.address import KafkaAddress
from connectors.kafka.dead_letters import SUFFIX, KafkaDeadLetters
from connectors.kafka.erasing import Done, KafkaErasure, TopicErasure
from connectors.kafka.keyed import KeyedReader
from connectors.kafka.log import KafkaLog
from events.dead_letters import EmbeddedDeadLetters
from events.embedded_log import EmbeddedLog
from events.log import NewRecord, Record, hash_of
from graph.connection import Graph
from service.background.broker import open_broker
from service.settings import read_settings
from tests.servers.kafka import KafkaServer
from tests.support.brokers import own_topic
from tests.support.emptying import ask

SOON = {
    "cleanup_policy": "compact",
    "segment_ms": "200",
    "max_compaction_lag_ms": "200",
    "min_cleanable_dirty_ratio": "0.01",
}
BODY = b'{"eventId": "e1", "what": "secret"}'


@pytest.fixture
def address(kafka: KafkaServer) -> KafkaAddress:
    return own_topic(kafka)


@pytest.fixture
def log(address: KafkaAddress) -> Iterator[KafkaLog]:
    with KafkaLog(address) as log:
        yield log


def record(offset: int, person: str = "ann", body: bytes = BODY) -> Record:
    return Record(1, offset, 1_000 + offset, hash_of(person), body)


async def test_all_who_consume_share_the_letters_of_a_topic(
    address: KafkaAddress, log: KafkaLog
) -> None:
    await log.ready()
    with closing(KafkaDeadLetters(address, log)) as one:
        assert await one.put([(record(7), "why"), (record(8, "ben"), "whynot")]) == 2
        assert await one.put([(record(7), "again"), (record(9), "new")]) == 1
        with closing(KafkaDeadLetters(address, log)) as other:
            assert await other.put([(record(8), "again")]) == 0
            first, second, third = await other.waiting()
            assert (first.record, first.reason, second.reason) == (record(7), "why", "whynot")
            assert await other.of_people(["ben"]) == {"ben": [json.loads(BODY)]}
            await other.drop([first.id])
            await other.remove([second.id])
        assert await one.waiting() == [third]
        assert await one.positions() == {(1, 7), (1, 9)}
        assert await one.put([(record(7), "after it was dropped")]) == 0
        assert await one.put([(record(8), "after it was written")]) == 1
        with closing(one.of(_Named("another"))) as others:
            assert await others.put([(record(7), "of another log")]) == 1
            assert await others.positions() == {(1, 7)}
        assert len(await one.waiting()) == 3
        assert {at for _, at in await one.positions()} == {7, 8, 9}


class _Named(KafkaLog):
    """A log that is only a name."""

    def __init__(self, name: str) -> None:
        self._its = name

    @property
    def name(self) -> str:
        return self._its


async def test_a_letter_of_somebody_erased_leaves_the_disk_of_the_broker(
    kafka: KafkaServer, address: KafkaAddress, log: KafkaLog
) -> None:
    kafka.create_topic(address.topic + SUFFIX, **SOON)
    await log.ready()
    with closing(KafkaDeadLetters(address, log)) as letters:
        await letters.put([(record(1), "why"), (record(2, "ben"), "why"), (record(5), "why")])
        assert await letters.erase({hash_of("ann").hex(): 1_003}) == 1
        assert [letter.record.offset for letter in await letters.waiting()] == [2, 5]
        reading = replace(address, topic=letters.topic)
        assert _values(reading) == 4  # the letter, and that it is gone
        await asyncio.sleep(0.3)
        await letters.settle()
        assert _is_gone(reading, record(1))
        assert [letter.record.offset for letter in await letters.waiting()] == [2, 5]


def _is_gone(address: KafkaAddress, of: Record) -> bool:
    """Wait until no message says anything of a record: that a broker has compacted the topic."""
    deadline = time.monotonic() + 30
    while _values(address, of=of) and time.monotonic() < deadline:
        time.sleep(0.2)
    return _values(address, of=of) == 0


def _values(address: KafkaAddress, of: Record | None = None) -> int:
    """How many messages there are, or only those that say something of one record."""
    with closing(KeyedReader(address)) as reader:
        messages = list(reader.read())
    place = b"" if of is None else b'"offset":%d' % of.offset
    return sum(place in each.key and (of is None or each.value is not None) for each in messages)


async def test_an_erasure_says_what_it_did_to_each_topic(
    kafka: KafkaServer, address: KafkaAddress, log: KafkaLog
) -> None:
    await log.append([NewRecord("ann", "e1", "view", BODY)])
    sessions = f"{address.topic}.windows.sessions"
    kafka.create_topic(sessions, cleanup_policy="compact,delete")
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "log_level": 0})
    for person, began in (("ann", 900), ("ann", 2_000), ("ben", 900)):
        key = json.dumps({"user_id": person, "session_id": "s", "window_end": began})
        producer.produce(sessions, json.dumps({"began": began}), key)
    producer.produce(sessions, b"no result", b"no key")
    producer.flush(30)
    until = {hash_of("ann").hex(): 1_500}
    with closing(KafkaDeadLetters(address, log)) as letters:
        await letters.put([(record(3), "why")])
        kafka.create_topic(f"{address.topic}-told", retention_ms="86400000", segment_ms="3600000")
        told = KafkaErasure(
            address, letters, sessions=sessions, outgoing=f"{address.topic}-told", with_people=True
        )
        found = {each.topic: each for each in await told.told(until)}
        assert {name.removeprefix(address.topic): each.done for name, each in found.items()} == {
            "": Done.EXPIRES,
            SUFFIX: Done.REMOVED,
            ".windows.sessions": Done.REMOVED,
            "-told": Done.EXPIRES,
        }
        assert found[letters.topic].removed == found[sessions].removed == 1
        assert found[address.topic].gone_by == "1970-01-31T00:00:01.500Z"
        assert found[f"{address.topic}-told"].gone_by == "1970-01-02T01:00:01.500Z"
        with closing(KeyedReader(replace(address, topic=sessions))) as reader:
            values = {each.key: each.value for each in reader.read()}
        assert sum(value is None for value in values.values()) == 1
        assert await letters.waiting() == []
        nobody = KafkaErasure(address, letters, sessions="none", outgoing="told")
        again = [(each.done, each.removed) for each in await nobody.told(until)]
        assert again == [(Done.EXPIRES, 0), (Done.REMOVED, 0), (Done.NOBODY, 0)]


async def test_letters_of_a_home_move_to_the_topic_and_commands_make_none(
    kafka: KafkaServer, address: KafkaAddress, embedded_graph: Graph, tmp_path: Path
) -> None:
    settings = replace(read_settings({"TASTEGRAPH_HOME": str(tmp_path)}), kafka=address)
    with EmbeddedLog(settings.events) as kept:
        await EmbeddedDeadLetters(kept).put([(record(4), "why"), (record(5, "ben"), "why")])
        with open_broker(settings, make_topic=False) as broker:
            assert await broker.letters.waiting() == []
            assert await broker.erasure.told({hash_of("ann").hex(): 1}) == [
                TopicErasure(broker.letters.topic, Done.REMOVED)
            ]
        with open_broker(settings) as broker:
            await broker.log.append([NewRecord("ann", "e1", "view", BODY)])
            other = record(9, body=b'{"eventId": "gone from the log"}')
            await broker.letters.put([(record(0), "why"), (other, "why")])
            events = await broker.of_people(["ann", "nobody"])
            assert events == {"ann": [json.loads(BODY), {"eventId": "gone from the log"}]}
            await broker.letters.remove([letter.id for letter in await broker.letters.waiting()])
            await ask(
                embedded_graph,
                "CREATE (:Erasure {id: $id, at: $at}) RETURN 1 AS one",
                id=hash_of("ben").hex(),
                at=int(time.time() * 1000),
            )
            await broker.tend(embedded_graph, kept)
            [letter] = await broker.letters.waiting()
            assert (letter.record, letter.reason) == (record(4), "why")
            assert await EmbeddedDeadLetters(kept).waiting() == []
            assert await broker.letters.positions() == set()  # of the home's log, not of Kafka's
