"""Old events become counts: fewer relationships, and who reads them reads the same."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embeddings.data.export import export_graph
from embeddings.data.positives import dislikes, positives
from events.replay import replay
from graph.audience.segments import load_customers
from graph.catalogue.popularity import load_popularity
from graph.connection import Graph
from graph.experiments.earned import EarnedBy, earned
from graph.people.condensing import Condensed, condense, horizon
from graph.people.interactions import add_events, withdraw_purchases
from graph.people.privacy import erase
from graph.people.profiles import load_profile
from graph.query_files import load
from tests.support.behaviour import behaviour, behaviour_hash, event_count
from tests.support.emptying import ask
from tests.support.streaming import Stream, add_drinks, streaming, view

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = 86_400_000
PEOPLE = [f"person-{number}" for number in range(4)]
TYPES = ("view", "view", "click", "cart", "save", "like", "dislike", "rating", "purchase")


@pytest.fixture
async def stream(graph: Graph, tmp_path: Path) -> AsyncIterator[Stream]:
    await add_drinks(graph, "chai", *(f"drink-{number}" for number in range(4)))
    await ask(graph, "MATCH (d:Drink) SET d.name = d.id, d.kind = 'tea' RETURN count(*) AS c")
    async with streaming(graph, tmp_path / "events", clock=lambda: NOW) as opened:
        yield opened


def some_event(number: int, chance: random.Random) -> dict[str, Any]:
    """An event of some months of two years, of few people with few drinks, in few words."""
    type_ = chance.choice(TYPES)
    month = chance.choice([datetime(2025, 3, 1), datetime(2025, 4, 1), datetime(2026, 2, 1), NOW])
    at = month.replace(tzinfo=UTC) - timedelta(minutes=chance.randrange(1, 27 * 24 * 60))
    event: dict[str, Any] = {
        "eventId": f"e{number}",
        "userId": chance.choice(PEOPLE),
        "drinkId": f"drink-{chance.randrange(2)}",
        "type": type_,
        "at": at.isoformat(),
    }
    if chance.random() < 0.2:
        event["context"] = {"daypart": chance.choice(["morning", "evening"])}
    if chance.random() < 0.2:
        event["recommendationId"] = f"{chance.choice(['popular', 'similar'])}:m1:{number}"
    if type_ == "rating":
        event["rating"] = {"value": chance.randrange(1, 6)}
    if type_ in ("cart", "purchase") and chance.random() < 0.8:
        event["quantity"] = chance.randrange(1, 4)
    if type_ == "purchase" and chance.random() < 0.8:
        event["price"] = {"amount": chance.choice([3.5, 3.9, 4.1]), "currency": "EUR"}
    return event


async def condensed(graph: Graph, days: float = 90) -> Condensed:
    done = Condensed()
    async for step in condense(graph, await horizon(graph, NOW, days)):
        done += step
    return done


async def read(graph: Graph) -> dict[str, Any]:
    """What models, segments, lists, reports and analysts read of what people did."""
    exported = await export_graph(graph)
    pairs = [
        [column.tolist() for column in vars(found).values()]
        for found in (positives(exported), dislikes(exported))
    ]
    now = int(NOW.timestamp() * 1000)
    customers = await load_customers(graph, 0)
    profiles = [await load_profile(graph, person) for person in PEOPLE]
    analysts = ("sales_by_month", "sales_by_daypart", "repeat_purchases", "cannibals")
    return {
        "models": pairs,
        "popularity": await load_popularity(graph, NOW),
        "customers": {
            person: {
                each.drink_id: (
                    *(each.times, each.first_at, each.last_at, round(each.spent, 6)),
                    sorted(each.dayparts),
                )
                for each in bought
            }
            for person, bought in customers.items()
        },
        "had": [{(one.drink_id, one.type) for one in each.history} for each in profiles],
        "bought": [sum(one.times for one in each.history) for each in profiles],
        "opinions": [
            [one for one in each.history if one.type in ("like", "dislike", "rating")]
            for each in profiles
        ],
        "earned": [
            await earned(graph, by, 0, now, "EUR")
            for by in (EarnedBy.SURFACE, EarnedBy.MODEL, EarnedBy.DRINK)
        ],
        "analysts": [await graph.run(load(f"analytics/{name}"), **_few(name)) for name in analysts],
    }


def _few(name: str) -> dict[str, int]:
    given = {"minPeople": 1, "rows": 1_000}
    return {
        one: value for one, value in given.items() if one in load(f"analytics/{name}").parameters
    }


async def replayed(stream: Stream) -> tuple[int, int]:
    written = known = 0
    async for so_far in replay(stream.graph, stream.log, stream.letters, 0):
        written, known = so_far.written, so_far.known
    return written, known


async def test_who_reads_events_reads_the_same_of_counts_and_a_replay_makes_the_same(
    stream: Stream,
) -> None:
    graph, chance = stream.graph, random.Random(14)
    await stream.send(*(some_event(number, chance) for number in range(600)))
    await stream.consume()
    before, events = await read(graph), await event_count(graph)
    first = await condensed(graph, 500)
    done = first + await condensed(graph)
    counts = await event_count(graph)
    assert first.events and done.events - done.counts == events - counts > events / 8
    assert await read(graph) == before
    assert await condensed(graph) == Condensed(people=len(PEOPLE))
    whole = await behaviour_hash(graph)
    assert await replayed(stream) == (0, events)
    assert await behaviour_hash(graph) == whole
    await ask(graph, "MATCH (u:User) DETACH DELETE u RETURN count(*) AS gone")
    assert await replayed(stream) == (events, 0)
    await condensed(graph)
    assert await behaviour_hash(graph) == whole


def bought(event_id: str, day: int, user_id: str = "ann", **more: Any) -> dict[str, Any]:
    at = datetime(2025, 3, day, 9, tzinfo=UTC).isoformat()
    price = {"amount": 3.5, "currency": "EUR"}
    event = {"type": "purchase", "at": at, "quantity": 2, "price": price, **more}
    return view(event_id, user_id, **event)


async def test_a_count_knows_the_ids_of_its_events_and_takes_late_ones_in(stream: Stream) -> None:
    graph = stream.graph
    await stream.send(bought("e1", 3), bought("e2", 9), bought("e3", 20, quantity=1))
    await stream.consume()
    await condensed(graph)
    [row] = await ask(graph, "MATCH ()-[e:PURCHASED]->() RETURN properties(e) AS said")
    assert row["said"]["eventIds"] == ["e1", "e2", "e3"]
    assert (row["said"]["times"], row["said"]["value"], row["said"]["eventId"]) == (3, 5.0, "e3")
    again = {"userId": "ann", "type": "purchase", "value": 2.0, "at": 1, "context": {}}
    sent = [{**again, "eventId": "e1", "drinkId": "chai"}]
    sent += [{**again, "eventId": "e2", "drinkId": "drink-1"}]
    added = await add_events(graph, sent)
    assert (added.new, added.repeated, added.clashing) == (0, {("ann", "e1")}, {("ann", "e2")})
    await stream.send(bought("late", 1))
    await stream.consume()
    await condensed(graph)
    [row] = await ask(graph, "MATCH ()-[e:PURCHASED]->() RETURN properties(e) AS said")
    assert (row["said"]["times"], row["said"]["value"]) == (4, 7.0)
    assert row["said"]["firstAt"] == int(datetime(2025, 3, 1, 9, tzinfo=UTC).timestamp() * 1000)
    gone = [{"drinkId": "chai", "eventId": id_} for id_ in ("e3", "late")]
    await withdraw_purchases(graph, gone)
    [row] = await ask(graph, "MATCH ()-[e:PURCHASED]->() RETURN properties(e) AS said")
    assert (row["said"]["times"], row["said"]["eventIds"]) == (2, ["e1", "e2"])
    assert row["said"]["value"] == pytest.approx(3.5)
    await withdraw_purchases(graph, [{"drinkId": "chai", "eventId": id_} for id_ in ("e1", "e2")])
    assert await behaviour(graph) == []


async def test_counts_go_with_their_person_and_stay_where_they_were_merged_from(
    stream: Stream,
) -> None:
    from graph.editing.merging_people import merge_people, undo_people_merge

    graph = stream.graph
    await stream.send(
        *(bought(f"c{day}", day, "card") for day in (1, 2, 3)),
        *(bought(f"a{day}", day, "account") for day in (1, 2, 3)),
    )
    await stream.consume()
    await condensed(graph)
    before = await behaviour(graph)
    merge = await merge_people(graph, "card", "account", by="a test", note=None, apply=True)
    merged = await behaviour(graph)
    await condensed(graph)
    assert await behaviour(graph) == merged and len(merged) == 2
    await undo_people_merge(graph, str(merge.change))
    assert await behaviour(graph) == before
    await merge_people(graph, "card", "account", by="a test", note=None, apply=True)
    await erase(graph, "card")
    [kept] = await behaviour(graph)
    assert '"a1", "a2", "a3"' in kept
    await erase(graph, "account")
    assert await behaviour(graph) == []


async def test_what_changes_meanwhile_is_left_for_the_next_time(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = stream.graph
    await stream.send(*(bought(f"e{day}", day) for day in (1, 2, 3)))
    await stream.consume()
    await ask(graph, "CREATE (:User {id: 'other'}) RETURN 1 AS one")
    moving = "MATCH (u:User)-[e:PURCHASED {eventId: 'e2'}]->() DELETE e RETURN count(*) AS moved"
    steps = condense(graph, await horizon(graph, NOW, 90))
    run = graph.run_together

    async def first_another(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(graph, "run_together", run)
        await ask(graph, moving)
        return await run(*given, **more)

    monkeypatch.setattr(graph, "run_together", first_another)
    assert sum([step.events async for step in steps]) == 0
    assert await event_count(graph) == 2
    assert (await condensed(graph)).events == 2


async def test_what_an_experiment_may_still_count_stays(graph: Graph) -> None:
    started = int((NOW - timedelta(days=300)).timestamp() * 1000)
    await ask(
        graph,
        "CREATE (:Experiment {id: 'x', state: 'running', definition: '{}', first: 0, size: 1, "
        "ramp: 1.0, createdAt: $at, startedAt: $at, history: [], stoppedArms: '{}'}) "
        "RETURN 1 AS one",
        at=started,
    )
    before = await horizon(graph, NOW, 90)
    assert before <= started - 28 * DAY
    await ask(graph, "MATCH (e:Experiment) SET e.state = 'decided' RETURN 1 AS one")
    assert await horizon(graph, NOW, 90) == int(datetime(2026, 9, 1, tzinfo=UTC).timestamp() * 1000)
