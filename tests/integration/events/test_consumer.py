"""From the log to the graph: each event once, whatever breaks; the unwritable is set aside."""

from __future__ import annotations

import asyncio
import gc
import random
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import events.writing as writing
from events.consumed import offset_name
from events.consumer import LONGEST_PAUSE, Consumer
from events.lag import lags
from events.log import NewRecord, hash_of, partition_of
from events.recording import Interaction, record
from events.replay import replay_letters
from graph.connection import Address, Graph, Row, connect
from graph.errors import GraphRefused
from graph.event_offsets import OffsetMoved, event_offsets
from graph.people.interactions import OffsetStep
from graph.people.privacy import erase, erasure_id
from graph.vocabulary import EventType
from service.background.event_stream import agree
from tests.servers.kafka import KafkaServer
from tests.support.behaviour import behaviour_hash, event_ids
from tests.support.brokers import own_topic
from tests.support.emptying import ask
from tests.support.proxy import proxied
from tests.support.streaming import Stream, Unlocked, add_drinks, streaming, view


@pytest.fixture
async def stream(graph: Graph, source: KafkaServer | None, tmp_path: Path) -> AsyncIterator[Stream]:
    await add_drinks(graph, "chai", "cola")
    address = own_topic(source) if source else None
    async with streaming(graph, tmp_path / "events", kafka=address) as opened:
        yield opened


async def versions(graph: Graph) -> int:
    rows = await ask(graph, "MATCH (u:User) RETURN sum(u.version) AS versions", "read")
    return rows[0]["versions"]


async def test_every_event_is_written_once_and_the_offset_with_it(stream: Stream) -> None:
    sent = [
        view(f"e{n}", f"person-{n % 9}", drinkId="chai" if n % 2 else "cola") for n in range(60)
    ]
    await stream.send(*sent)
    await stream.consume()
    assert await event_ids(stream.graph) == sorted(f"{e['userId']} {e['eventId']}" for e in sent)
    assert (stream.counts.new, stream.counts.repeated, stream.counts.dead) == (60, 0, 0)
    assert stream.counts.people == {f"person-{n}" for n in range(9)}
    assert await versions(stream.graph) == 60
    lag_of = await lags(stream.graph, stream.log)
    assert sum(lag.next for lag in lag_of) == 60
    assert [(lag.behind, lag.waiting_seconds) for lag in lag_of] == [(0, 0.0)] * len(lag_of)
    await stream.consume()
    assert stream.counts.new == 60


async def test_types_that_the_graph_does_not_keep_only_move_the_offset(stream: Stream) -> None:
    await stream.send(view("e1", type="impression"), view("e2", type="click"))
    await stream.consume()
    assert await event_ids(stream.graph) == ["ann e2"]
    assert sum(lag.behind for lag in await lags(stream.graph, stream.log)) == 0


# the driver leaves a socket open if it is interrupted while it connects
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_interrupted_anywhere_each_event_is_written_once(
    graph: Graph, tmp_path: Path
) -> None:
    await add_drinks(graph, "chai")
    sent = [view(f"e{n}", f"person-{n % 20}") for n in range(400)]
    chance = random.Random(7)
    for part in (sent[at : at + 50] for at in range(0, 400, 50)):
        async with streaming(graph, tmp_path / "events") as stream:
            await stream.send(*part)
            task = asyncio.create_task(stream.consume())
            await asyncio.sleep(chance.uniform(0.0, 0.06))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    async with streaming(graph, tmp_path / "events") as stream:
        await stream.consume()
    assert await event_ids(graph) == sorted(f"{e['userId']} {e['eventId']}" for e in sent)
    assert await versions(graph) == 400
    gc.collect()


async def test_an_answer_that_is_lost_after_the_commit_writes_nothing_twice(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writing.add_events

    async def lost(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(writing, "add_events", written)
        await written(*args, **kwargs)
        raise OSError("the connection ended")

    monkeypatch.setattr(writing, "add_events", lost)
    await stream.send(view("e1"))
    assert await stream.consumer.round() == 0
    await asyncio.sleep(0.15)
    await stream.consume()
    assert await event_ids(stream.graph) == ["ann e1"]
    assert await versions(stream.graph) == 1
    assert sum(lag.behind for lag in await lags(stream.graph, stream.log)) == 0


async def test_two_who_consume_one_partition_write_nothing_twice(
    graph: Graph, tmp_path: Path
) -> None:
    await add_drinks(graph, "chai")
    folder = tmp_path / "events"
    async with (
        streaming(graph, folder, Unlocked, 4) as first,
        streaming(graph, folder, Unlocked, 4) as other,
    ):
        for part in range(8):
            await first.send(*(view(f"e{part}-{n}", f"person-{n % 11}") for n in range(40)))
            await asyncio.gather(first.consume(), other.consume())
        async with asyncio.timeout(30):
            while any([lag.behind for lag in await lags(graph, first.log)]):
                await asyncio.gather(first.consume(), other.consume())
        assert first.counts.new + other.counts.new == 320
    assert len(await event_ids(graph)) == len(set(await event_ids(graph))) == 320
    assert await versions(graph) == 320


async def test_who_finds_that_the_offset_has_moved_writes_nothing(stream: Stream) -> None:
    await stream.send(view("e1"), view("e2"))
    partition = partition_of(hash_of("ann"), stream.log.partitions)
    records = await stream.log.read(partition, 0, 10)
    sorted_records = await writing.sort_records(stream.graph, records)
    name = offset_name(stream.log, partition)
    await writing.write_sound(stream.graph, sorted_records.sound[:1], 30.0, OffsetStep(name, 0, 1))
    with pytest.raises(OffsetMoved):
        await writing.write_sound(
            stream.graph, sorted_records.sound[1:], 30.0, OffsetStep(name, 0, 2)
        )
    assert await event_ids(stream.graph) == ["ann e1"]
    assert await event_offsets(stream.graph, [name]) == {name: 1}
    await stream.consume()
    assert await event_ids(stream.graph) == ["ann e1", "ann e2"]


async def test_one_in_a_hundred_is_poison_and_the_others_are_written(stream: Stream) -> None:
    sound = [view(f"e{n}", f"person-{n % 30}") for n in range(990)]
    poison = [
        *[view(f"p{n}", f"person-{n}", drinkId="nosuch") for n in range(4)],
        *[view(f"q{n}", f"person-{n}", schemaVersion=99) for n in range(3)],
        *[view(f"r{n}", f"person-{n}", type="rating") for n in range(3)],
    ]
    mixed = [*sound, *poison]
    random.Random(3).shuffle(mixed)
    await stream.send(*mixed)
    await stream.consume()
    assert len(await event_ids(stream.graph)) == 990
    letters = await stream.letters.waiting()
    reasons = {letter.reason for letter in letters}
    assert (len(letters), stream.counts.dead) == (10, 10)
    assert reasons == {
        "There is no drink 'nosuch'.",
        "schemaVersion is not a version from 1 to 1.",
        "rating is missing.",
    }
    await add_drinks(stream.graph, "nosuch")
    staying = await replay_letters(stream.graph, stream.letters, letters)
    assert len(staying) == len(await stream.letters.waiting()) == 6
    assert len(await event_ids(stream.graph)) == 994


async def test_what_is_not_json_is_set_aside(stream: Stream) -> None:

    await stream.log.append(
        [NewRecord("ann", "e1", "", b"\xff{"), NewRecord("ann", "e2", "", b"7")]
    )
    await stream.send(view("e3"))
    await stream.consume()
    reasons = [letter.reason for letter in await stream.letters.waiting()]
    assert reasons == ["event is not JSON.", "event is not an object."]
    assert await event_ids(stream.graph) == ["ann e3"]


async def test_an_id_that_the_graph_has_for_something_else_is_set_aside(stream: Stream) -> None:
    await record(stream.graph, "ann", [Interaction("e1", "cola", EventType.VIEW, None, 5)])
    await stream.send(view("e0"), view("e1"), view("e2"))
    await stream.consume()
    assert await event_ids(stream.graph) == ["ann e0", "ann e1", "ann e2"]
    [letter] = await stream.letters.waiting()
    assert letter.reason == writing.CLASHES
    assert await replay_letters(stream.graph, stream.letters, [letter]) == {
        letter.id: letter.reason
    }
    assert sum(lag.behind for lag in await lags(stream.graph, stream.log)) == 0


class Picky(Graph):
    """A graph that refuses batches with some events in them."""

    def __init__(self, graph: Graph, refused: str) -> None:
        self.__dict__ = dict(graph.__dict__)
        self._refused = refused

    async def run_together(self, steps: Sequence[Any], **more: Any) -> list[list[Row]]:
        def accept(results: list[list[Row]]) -> None:
            for _, values in steps:
                made = values(results) if callable(values) else values
                rows = made.get("rows", ()) if made else ()  # a step may be left out
                if any(self._refused in str(row.get("eventId")) for row in rows):
                    raise GraphRefused("It is too odd.")
            given: Callable[[list[list[Row]]], None] = more["accept"]
            given(results)

        return await super().run_together(steps, **{**more, "accept": accept})


async def test_one_that_the_graph_refuses_is_found_and_the_others_are_written(
    graph: Graph, tmp_path: Path
) -> None:
    await add_drinks(graph, "chai")
    async with streaming(Picky(graph, "odd"), tmp_path / "events") as stream:
        await stream.send(*(view(f"e{n}" if n % 17 else f"odd{n}") for n in range(50)))
        await stream.consume()
        letters = await stream.letters.waiting()
        assert [letter.reason for letter in letters] == ["It is too odd."] * 3
    assert len(await event_ids(graph)) == 47


async def test_the_graph_is_away_for_a_while_and_nothing_is_lost(
    graph: Graph, address: Address, tmp_path: Path
) -> None:
    await add_drinks(graph, "chai")
    async with (
        proxied(address) as (proxy, near),
        connect(near, deadline=5.0) as reached,
        streaming(reached, tmp_path / "events") as stream,
    ):
        consuming = asyncio.create_task(stream.consumer.run())
        await stream.send(*(view(f"before-{n}") for n in range(50)))
        await _until(graph, 50)
        proxy.cut()
        await stream.send(*(view(f"meanwhile-{n}", f"person-{n % 5}") for n in range(300)))
        await asyncio.sleep(1.0)
        assert len(await event_ids(graph)) == 50
        assert sum(lag.behind for lag in await lags(graph, stream.log)) == 300
        proxy.mend()
        await _until(graph, 350, LONGEST_PAUSE + 20)
        consuming.cancel()
        await asyncio.gather(consuming, return_exceptions=True)
    assert await versions(graph) == 350


async def _until(graph: Graph, count: int, seconds: float = 60.0) -> None:
    for _ in range(int(seconds / 0.05)):
        if len(await event_ids(graph)) >= count:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


async def test_what_erased_people_did_is_not_written(stream: Stream) -> None:
    await stream.send(view("e1"), view("e2", "ben"))
    await erase(stream.graph, "ann")
    await stream.consume()
    assert await event_ids(stream.graph) == ["ben e2"]
    assert await ask(stream.graph, "MATCH (u:User {id: 'ann'}) RETURN u.id AS id", "read") == []


async def test_nor_what_is_on_its_way_while_they_are_erased(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = writing.erasures_of
    calls = 0

    async def too_early(graph: Graph, hashes: Sequence[str]) -> dict[str, int]:
        nonlocal calls
        calls += 1
        state = await looked(graph, hashes)
        if calls == 1:
            await erase(graph, "ann")
        return state

    monkeypatch.setattr(writing, "erasures_of", too_early)
    await stream.send(view("e1"), view("e2", "ben"), view("e3", "ann"))
    await stream.consume()
    assert await event_ids(stream.graph) == ["ben e2"]
    assert await ask(stream.graph, "MATCH (u:User {id: 'ann'}) RETURN u.id AS id", "read") == []
    assert calls > 1


async def test_what_the_api_recorded_is_in_the_log_and_known_to_the_consumer(
    stream: Stream,
) -> None:
    graph, log = stream.graph, stream.log
    sent = [
        Interaction("e1", "chai", EventType.PURCHASE, 2.0, 1_796_000_000_123, {"place": "bar"}),
        Interaction("e2", "cola", EventType.RATING, 4.5, 1_796_000_000_124),
        Interaction("e3", "cola", EventType.LIKE, None, 1_796_000_000_125),
    ]
    assert (await record(graph, "ann", sent, log=log)).recorded == 3
    before = await behaviour_hash(graph)
    await stream.consume()
    assert (stream.counts.new, stream.counts.repeated, stream.counts.dead) == (0, 3, 0)
    assert await behaviour_hash(graph) == before
    again = await record(graph, "ann", sent, log=log)
    assert (again.recorded, again.repeated) == (0, 3)
    other = [Interaction("e1", "cola", EventType.VIEW, None, 5)]
    assert "something else" in (await record(graph, "ann", other, log=log)).rejected[0]


async def test_a_log_restored_from_a_copy_is_read_again_and_loses_nothing(
    graph: Graph, tmp_path: Path
) -> None:
    await add_drinks(graph, "chai")
    async with streaming(graph, tmp_path / "events") as stream:
        await stream.send(view("e1"))
        await stream.consume()
    shutil.copytree(tmp_path / "events", tmp_path / "copy")
    async with streaming(graph, tmp_path / "events") as stream:
        await stream.send(*(view(f"lost{n}") for n in range(5)))
        await stream.consume()
    async with streaming(graph, tmp_path / "copy") as stream:
        before = stream.log.name
        await agree(graph, stream.kept)
        assert stream.log.name != before
        await stream.send(view("e2"), view("e3"))
        await stream.consume()
        assert {"ann e2", "ann e3"} <= set(await event_ids(graph))
        assert len(await event_ids(graph)) == 8
        again = stream.log.name
        await agree(graph, stream.kept)
        assert stream.log.name == again


async def test_people_erased_while_nobody_served_leave_the_log_at_the_start(
    graph: Graph, tmp_path: Path
) -> None:
    async with streaming(graph, tmp_path / "events") as stream:
        await stream.send(view("e1"), view("e2", "ben"))
        await erase(graph, "ann")
        await agree(graph, stream.kept)
        assert await stream.kept.of_people(["ann", "ben"]) == {"ben": [view("e2", "ben")]}


async def test_a_partition_keeps_its_offset_from_one_consumer_to_the_next(
    stream: Stream,
) -> None:
    await stream.send(view("e1"), view("e2"))
    await stream.consume()
    name = offset_name(stream.log, partition_of(hash_of("ann"), stream.log.partitions))
    assert await event_offsets(stream.graph, [name]) == {name: 2}
    assert erasure_id("ann") == hash_of("ann").hex()
    another = Consumer(stream.graph, stream.log, stream.letters, stream.counts)
    assert await another.round() == 0
