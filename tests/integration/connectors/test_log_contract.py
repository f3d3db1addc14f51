"""What every log keeps, the embedded one and Kafka's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.kafka.log import KafkaLog
from events.embedded_log import EmbeddedLog
from events.log import Log, NewRecord, Outcome, Record, hash_of, partition_of
from tests.servers.kafka import KafkaServer
from tests.support.brokers import own_topic

START = datetime.now(UTC).replace(microsecond=0)
OpenLog = Callable[[], AbstractContextManager[EmbeddedLog | KafkaLog]]


class Time:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture(params=["embedded", "kafka"])
def open_log(request: pytest.FixtureRequest, tmp_path: Path, clock: Time) -> OpenLog:
    """Opens the same log again and again."""
    if request.param == "embedded":
        return lambda: EmbeddedLog(tmp_path / "events", clock)
    server: KafkaServer = request.getfixturevalue("kafka")
    address = own_topic(server)
    return lambda: KafkaLog(address, clock)


@pytest.fixture
async def log(open_log: OpenLog) -> AsyncIterator[EmbeddedLog | KafkaLog]:
    with open_log() as opened:
        await opened.ready()
        yield opened


def new(person: str, event_id: str, body: str = "{}") -> NewRecord:
    return NewRecord(person, event_id, "chai\nview", body.encode())


async def everything(log: Log) -> list[Record]:
    return [each for part in range(log.partitions) for each in await read_all(log, part, 0)]


async def read_all(log: Log, partition: int, offset: int) -> list[Record]:
    records = list[Record]()
    while offset < await log.end(partition):
        part = await log.read(partition, offset, 1_000)
        records += part
        offset = part[-1].offset + 1 if part else offset
    return records


async def test_what_is_appended_is_read_in_order_from_the_persons_partition(log: Log) -> None:
    sent = [new("ann", f"e{number}", str(number)) for number in range(5)]
    assert await log.append(sent) == [Outcome.ACCEPTED] * 5
    partition = partition_of(hash_of("ann"), log.partitions)
    first = await log.read(partition, 0, 3)
    assert [(each.offset, each.body) for each in first] == [(0, b"0"), (1, b"1"), (2, b"2")]
    assert {each.person_hash for each in first} == {hash_of("ann")}
    assert {each.received for each in first} == {int(START.timestamp() * 1000)}
    assert [each.offset for each in await log.read(partition, 3, 10)] == [3, 4]
    assert [each.offset for each in await log.read(partition, 1, 2)] == [1, 2]
    assert await log.read(partition, 5, 10) == []
    assert await log.end(partition) == 5
    assert len(await everything(log)) == 5


async def test_what_comes_later_is_read_by_who_has_read_all_before(log: Log) -> None:
    partition = partition_of(hash_of("ann"), log.partitions)
    assert await log.read(partition, 0, 10) == []
    await log.append([new("ann", "e1")])
    assert [each.offset for each in await read_all(log, partition, 0)] == [0]
    await log.append([new("ann", "e2")])
    assert [each.offset for each in await read_all(log, partition, 1)] == [1]


async def test_thousands_of_many_people_are_all_there_in_their_partitions(log: Log) -> None:
    batches = [[new(f"person-{n % 50}", f"e{part}-{n}") for n in range(200)] for part in range(20)]
    await asyncio.gather(*map(log.append, batches))
    records = await everything(log)
    assert len(records) == 4_000
    assert len({(each.partition, each.offset) for each in records}) == 4_000
    for each in records:
        assert each.partition == partition_of(each.person_hash, log.partitions)


async def test_it_is_the_same_log_after_it_was_closed(open_log: OpenLog) -> None:
    with open_log() as log:
        await log.ready()
        await log.append([new("ann", "e1")])
        name, partitions = log.name, log.partitions
    with open_log() as log:
        await log.ready()
        assert (log.name, log.partitions) == (name, partitions)
        assert len(await everything(log)) == 1


async def test_a_moment_is_found(log: Log, clock: Time) -> None:
    await log.append([new("ann", "e1")])
    clock.now = START + timedelta(hours=1)
    await log.append([new("ann", "e2")])
    [first, second] = await everything(log)
    partition = first.partition
    assert await log.offset_at(partition, 0) == 0
    assert await log.offset_at(partition, first.received) == 0
    assert await log.offset_at(partition, first.received + 1) == second.offset == 1
    assert await log.offset_at(partition, second.received + 1) == await log.end(partition) == 2


async def test_what_a_person_did_is_found_and_nothing_of_others(
    log: EmbeddedLog | KafkaLog,
) -> None:
    await log.append([new("ann", "e1", '{"a": 1}'), new("ben", "e1"), new("ann", "e2", "no JSON")])
    assert await log.of_people(["ann", "nobody"]) == {"ann": [{"a": 1}, "no JSON"]}


async def test_one_consumes_alone_and_another_takes_over(open_log: OpenLog) -> None:
    with open_log() as second:
        with open_log() as first:
            await first.ready()
            await second.ready()
            everywhere = frozenset(range(first.partitions))
            assert await first.assigned() == everywhere
        async with asyncio.timeout(20):
            while await second.assigned() != everywhere:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_two_processes_append_to_one_log(open_log: OpenLog) -> None:
    with open_log() as first, open_log() as second:
        await first.ready()
        both = [first.append([new("ann", f"a{n}")]) for n in range(30)]
        both += [second.append([new("ann", f"b{n}")]) for n in range(30)]
        await asyncio.gather(*both)
        assert len(await everything(first)) == len(await everything(second)) == 60
