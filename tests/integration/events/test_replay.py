"""A replay makes the same relationships again, and none that were not there."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from events.recording import Interaction, record
from events.replay import Replayed, replay
from graph.connection import Graph
from graph.vocabulary import EventType
from tests.servers.kafka import KafkaServer
from tests.support.behaviour import behaviour, behaviour_hash
from tests.support.brokers import own_topic
from tests.support.emptying import ask
from tests.support.streaming import Stream, add_drinks, streaming, view

TYPES = ("view", "click", "cart", "save", "like", "dislike", "impression", "rating", "purchase")


@pytest.fixture
async def stream(graph: Graph, source: KafkaServer | None, tmp_path: Path) -> AsyncIterator[Stream]:
    await add_drinks(graph, *(f"drink-{n}" for n in range(10)))
    address = own_topic(source) if source else None
    async with streaming(graph, tmp_path / "events", kafka=address) as opened:
        yield opened


def random_event(number: int, chance: random.Random) -> dict[str, Any]:
    type_ = chance.choice(TYPES)
    event = {
        "eventId": f"e{number}",
        "userId": f"person-{chance.randrange(40)}",
        "drinkId": f"drink-{chance.randrange(10)}",
        "type": type_,
        "context": {"store": "harbour", "weather": chance.choice(["rain", "hot"])},
    }
    if type_ == "rating":
        event["rating"] = {"value": chance.randrange(11), "least": 0, "most": 10}
    if type_ == "purchase":
        event |= {"quantity": chance.randrange(1, 4), "price": {"amount": 3.5, "currency": "EUR"}}
    return event


async def all_of(stream: Stream, since: int = 0) -> Replayed:
    done = Replayed()
    async for so_far in replay(stream.graph, stream.log, stream.letters, since):
        done = so_far
    return done


async def test_a_replay_on_a_whole_graph_changes_nothing_and_on_an_empty_one_makes_the_same(
    stream: Stream,
) -> None:
    graph, chance = stream.graph, random.Random(11)
    await stream.send(*(random_event(n, chance) for n in range(2_500)))
    direct = [Interaction(f"api-{n}", "drink-1", EventType.SAVE, None, n + 1) for n in range(20)]
    await record(graph, "person-1", direct, log=stream.log)
    await stream.consume()
    before, count = await behaviour_hash(graph), len(await behaviour(graph))
    done = await all_of(stream)
    assert (done.read, done.written, done.known, done.refused) == (2_520, 0, count, 0)
    assert await behaviour_hash(graph) == before
    await ask(graph, "MATCH (u:User) DETACH DELETE u RETURN count(*) AS gone")
    assert await behaviour(graph) == []
    done = await all_of(stream)
    assert (done.written, done.known) == (count, 0)
    assert await behaviour_hash(graph) == before


async def test_only_what_came_since_a_moment_is_replayed(stream: Stream) -> None:
    await stream.send(view("old", drinkId="drink-1"))
    await stream.consume()
    [first] = [record for at in range(4) for record in await stream.log.read(at, 0, 10)]
    while True:
        await stream.send(view(f"new-{len(await behaviour(stream.graph))}", drinkId="drink-1"))
        await stream.consume()
        newest = (await stream.log.read(first.partition, first.offset + 1, 100))[-1]
        if newest.received > first.received:
            break
    await ask(stream.graph, "MATCH (u:User) DETACH DELETE u RETURN count(*) AS gone")
    done = await all_of(stream, newest.received)
    assert done.read == done.written
    assert "old" not in "".join(await behaviour(stream.graph))


async def test_what_has_not_been_consumed_is_left_to_the_consumer(stream: Stream) -> None:
    await stream.send(view("e1", drinkId="drink-1"))
    assert await all_of(stream) == Replayed()
    await stream.consume()
    assert stream.counts.new == 1


async def test_dead_letters_dropped_or_not_are_left_out(stream: Stream) -> None:
    await stream.send(
        view("e1", drinkId="drink-1"), view("e2", drinkId="nosuch"), view("e3", drinkId="nosuch")
    )
    await stream.consume()
    before = await behaviour_hash(stream.graph)
    first, _ = await stream.letters.waiting()
    await stream.letters.drop([first.id])
    await add_drinks(stream.graph, "nosuch")
    assert (await all_of(stream)).read == 1
    assert await behaviour_hash(stream.graph) == before


async def test_events_of_merged_people_and_drinks_come_back_where_they_belong(
    stream: Stream,
) -> None:
    from datetime import UTC, datetime

    from graph.editing.merging_drinks import merge_drinks
    from graph.editing.merging_people import merge_people

    graph = stream.graph
    await ask(graph, "MATCH (d:Drink) SET d.changedAt = 1, d.name = d.id RETURN count(*) AS c")
    await stream.send(
        view("e1", "card", drinkId="drink-1"), view("e2", "account", drinkId="drink-2")
    )
    await stream.consume()
    today = datetime.now(UTC).date()
    await merge_people(graph, "card", "account", by="a test", note=None, apply=True)
    await merge_drinks(graph, "drink-1", "drink-2", today, by="a test", note=None, apply=True)
    before = await behaviour_hash(graph)
    done = await all_of(stream)
    assert (done.written, done.known) == (0, 2)
    await ask(graph, "MATCH (:User)-[e:VIEWED]->(:Drink) DELETE e RETURN count(*) AS gone")
    assert (await all_of(stream)).written == 2
    assert await behaviour_hash(graph) == before
