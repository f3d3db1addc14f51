"""What lists earned is the same to the digit by GraphQL, by Cypher and by DuckDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.connection import Graph
from graph.editing.merging_people import merge_people
from graph.experiments.list_ids import UNKNOWN, Origin, list_id, origin_of
from graph.query_files import load
from tests.support.api import Api
from tests.support.emptying import ask
from tests.support.experiments import begin, definition, expose
from tests.support.streaming import Stream, add_drinks, streaming, view
from tests.support.warehouses import RECEIVED, example, over, synced

DRINKS = ("chai", "latte", "mocha")
PEOPLE = ("ann", "ben", "cem", "dora")
SINCE, UNTIL, DAY = "2026-11-10", "2026-11-20", 86_400_000
BEGINNING = 1_794_268_800_000  # 2026-11-10, UTC
BY = ("DRINK", "SURFACE", "MODEL", "ARM")
GRAPHQL = """query ($by: EarnedBy!, $since: Date!, $until: Date!, $currency: String!) {
  answer: earned(by: $by, since: $since, until: $until, currency: $currency) { __typename
    ... on EarnedTable { items { name opened bought quantity revenue } }
    ... on Failure { message advice } ... on InvalidInput { argument } } }"""


def random_events(random: np.random.Generator) -> list[dict[str, Any]]:
    """Events with and without a list, a price and a quantity, in and out of the time."""
    lists = [
        list_id("recommendations", "m-1", "a"),
        list_id("popularDrinks", "popularity", "b"),
        "old",
        None,
    ]
    events: list[dict[str, Any]] = []
    for number in range(160):
        day, hour = int(random.integers(8, 23)), int(random.integers(0, 24))
        minute = int(random.choice([0, 59]))
        type_ = str(random.choice(["purchase", "purchase", "view", "click", "save"]))
        event = view(f"event-{number}", str(random.choice(PEOPLE)))
        event |= {"type": type_, "drinkId": str(random.choice(DRINKS))}
        event["at"] = f"2026-11-{day:02}T{hour:02}:{minute:02}:59Z"
        if (list_ := lists[int(random.integers(4))]) is not None:
            event["recommendationId"] = list_
        if type_ == "purchase" and random.random() < 0.8:
            event["quantity"] = float(random.choice([1.0, 3.0, 0.1, 2.5]))
        if type_ == "purchase" and random.random() < 0.8:
            amount = round(float(random.uniform(0.1, 400)), int(random.integers(2, 7)))
            event["price"] = {"amount": amount, "currency": str(random.choice(["EUR", "SEK"]))}
        events.append(event)
    return events


@pytest.fixture
async def stream(graph: Graph, tmp_path: Path) -> AsyncIterator[Stream]:
    await add_drinks(graph, *DRINKS)
    async with streaming(graph, tmp_path / "events", clock=lambda: RECEIVED) as started:
        await started.send(*random_events(np.random.default_rng(3)))
        await started.consume()
        await ask(graph, "MATCH (u:User {id: 'dora'}) SET u.simulated = true RETURN 1 AS one")
        await begin(graph, definition(), BEGINNING)
        at = BEGINNING + 2 * DAY
        await expose(
            graph, "diverse-home", [("ann", "as-is", at), ("ben", "diverse", at + DAY // 3)]
        )
        yield started


async def by_graphql(graph: Graph, by: str, currency: str) -> list[dict[str, Any]]:
    api = Api(graph)
    values = {"by": by, "since": SINCE, "until": UNTIL, "currency": currency}
    return (await api.ask(GRAPHQL, "anna", operator=True, **values))["items"]


async def by_cypher(graph: Graph, by: str, currency: str) -> list[dict[str, Any]]:
    values = {"since": BEGINNING, "until": BEGINNING + 10 * DAY, "currency": currency}
    if by in ("ARM", "SEGMENT"):
        return await graph.run(load(f"experiments/earned_by_{by.lower()}"), **values)
    return await graph.run(load("experiments/earned"), by=by.lower(), **values)


def by_duckdb(folder: Path, by: str, currency: str) -> list[dict[str, Any]]:
    values = {"since": SINCE, "until": UNTIL, "currency": currency}
    if by == "ARM":
        return example(folder, "earned_by_arm", **values)
    return example(folder, "earned", by=by.lower(), **values)


async def test_the_three_are_the_same_to_the_digit(stream: Stream, tmp_path: Path) -> None:
    graph = stream.graph
    await merge_people(graph, "cem", "ben", by="anna", apply=True)
    nameless, named = tmp_path / "nameless", tmp_path / "named"
    await synced(over(stream, nameless, with_people=False))
    await synced(over(stream, named))
    for by in BY:
        for currency in ("EUR", "SEK"):
            asked = await by_graphql(graph, by, currency)
            assert asked == await by_cypher(graph, by, currency)
            assert asked == by_duckdb(named, by, currency)
            if by != "ARM":
                assert asked == by_duckdb(nameless, by, currency)
            assert all(row["opened"] and row["revenue"] and row["quantity"] for row in asked)
    names = {by: [row["name"] for row in await by_cypher(graph, by, "EUR")] for by in BY}
    assert names == {
        "DRINK": list(DRINKS),
        "SURFACE": ["popularDrinks", "recommendations", "unknown"],
        "MODEL": ["m-1", "popularity", "unknown"],
        "ARM": ["diverse-home/as-is", "diverse-home/diverse"],
    }


async def test_by_segment_it_counts_from_when_people_came_in(stream: Stream) -> None:
    graph = stream.graph
    await ask(
        graph,
        "MERGE (s:Segment {id: 'regulars'}) WITH s UNWIND $members AS row "
        "MATCH (u:User {id: row[0]}) CREATE (u)-[:IN_SEGMENT {since: row[1], at: row[1]}]->(s) "
        "RETURN count(*) AS made",
        members=[["ann", 0], ["ben", BEGINNING + 5 * DAY], ["dora", 0]],
    )
    rows = await by_graphql(graph, "SEGMENT", "EUR")
    assert rows == await by_cypher(graph, "SEGMENT", "EUR")
    kept = [
        event
        for event in random_events(np.random.default_rng(3))
        if event["userId"] in ("ann", "ben")
    ]
    late = "2026-11-15T00:00:00Z"
    counted = [
        event
        for event in kept
        if SINCE <= event["at"] < UNTIL
        and "recommendationId" in event
        and (event["userId"] == "ann" or event["at"] >= late)
    ]
    [row] = rows
    assert row["name"] == "regulars"
    assert row["opened"] == sum(event["type"] in ("view", "click") for event in counted)
    assert row["bought"] == sum(event["type"] == "purchase" for event in counted)
    assert row["opened"] and row["bought"]


async def test_it_is_for_operators_and_of_a_time(graph: Graph) -> None:
    api = Api(graph)
    values = {"by": "DRINK", "since": SINCE, "until": UNTIL, "currency": "EUR"}
    assert (await api.ask(GRAPHQL, "ann", **values))["__typename"] == "NotAllowed"
    for wrong, argument in (({"until": SINCE}, "until"), ({"currency": "euro"}, "currency")):
        answer = await api.ask(GRAPHQL, "anna", operator=True, **values | wrong)
        assert answer["argument"] == argument


async def test_the_id_of_a_list_says_its_surface_and_its_model(graph: Graph) -> None:
    await add_drinks(graph, *DRINKS)
    api = Api(graph)
    surfaces = {"recommendations": "recommendations", "popularDrinks": "popular"}
    for field, surface in surfaces.items():
        query = f"{{ answer: {field}(first: 1) {{ ... on Recommendations {{ recommendationId"
        answer = await api.ask(query + " modelVersion } } }", "ann")
        assert origin_of(answer["recommendationId"]) == (surface, answer["modelVersion"])
    assert origin_of("of another system") == Origin(UNKNOWN, UNKNOWN)
