"""The catalogue, the models and impressions in the warehouse, and the examples over them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.clock import milliseconds
from graph.connection import Graph
from graph.models.records import NewModel, add_model
from tests.support.emptying import ask
from tests.support.experiments import begin, definition, expose
from tests.support.streaming import Stream, streaming
from tests.support.warehouses import (
    EXAMPLES,
    NOW,
    RECEIVED,
    all_text,
    example,
    offer,
    over,
    rows,
    synced,
)

CATALOGUE = """
CREATE (milk:Allergen {id: 'milk', name: 'Milk'}),
  (oat:Ingredient {id: 'oat', name: 'Oat', reviewed: true, changedAt: 1}),
  (cow:Ingredient {id: 'cow-milk', name: 'Milk', reviewed: true, changedAt: 1}),
  (cow)-[:HAS_ALLERGEN {source: 'law', observedAt: '2026-01-01'}]->(milk),
  (chai:Drink {id: 'chai', name: 'Chai', recipeComplete: true, changedAt: 1}),
  (latte:Drink {id: 'latte', name: 'Latte', recipeComplete: true, changedAt: 2}),
  (latte)-[:CONTAINS {amount: 20.0, unit: 'cl'}]->(cow),
  (made:Change {id: 'one', version: 2, at: '2026-11-01T10:00:00+00:00', by: 'the-boss',
    kind: 'IMPORT', source: 'menu', note: 'told by the-boss', before: [],
    after: ['contains cow-milk']})-[:ABOUT]->(latte),
  (ann:User {id: 'ann'})-[:ALLERGIC_TO {severity: 'SEVERE'}]->(milk),
  (ann)-[:AVOIDS]->(oat)
RETURN 1 AS one
"""
CHANGE = """
MATCH (latte:Drink {id: 'latte'})-[line:CONTAINS]->(), (oat:Ingredient {id: 'oat'})
DELETE line CREATE (latte)-[:CONTAINS]->(oat)
CREATE (:Change {id: 'two', version: 3, at: '2026-11-02T10:00:00+00:00', by: 'the-boss',
  kind: 'EDIT', source: 'menu', before: ['contains cow-milk'],
  after: ['contains oat']})-[:ABOUT]->(latte)
SET latte.changedAt = 3 RETURN 1 AS one
"""


@pytest.fixture
async def stream(graph: Graph, tmp_path: Path) -> AsyncIterator[Stream]:
    await ask(graph, CATALOGUE)
    async with streaming(graph, tmp_path / "events", clock=lambda: RECEIVED) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tables"


async def test_each_version_of_a_drink_stays(stream: Stream, folder: Path) -> None:
    first = await synced(over(stream, folder))
    assert first == {name: (n, 0) for name, n in FIRST.items()}
    await ask(stream.graph, CHANGE)
    assert await synced(over(stream, folder)) == {
        "drinks": (1, 0),
        "recipes": (1, 0),
        "changes": (1, 0),
    }
    assert await synced(over(stream, folder)) == {}
    now = {row["id"]: row["ingredients"] for row in example(folder, "menu_now")}
    assert now == {"chai": None, "latte": ["oat"]}
    then = example(folder, "menu_as_of", version=2)
    assert [(row["id"], row["version"]) for row in then] == [("chai", 1), ("latte", 2)]
    changes = [(row["added"], row["removed"]) for row in example(folder, "recipe_changes")]
    assert changes == [
        (["contains cow-milk"], []),
        (["contains oat"], ["contains cow-milk"]),
    ]


FIRST = {"drinks": 2, "ingredients": 2, "recipes": 1, "changes": 1}


@pytest.mark.parametrize("with_people", [True, False])
async def test_no_file_says_what_somebody_must_not_have_or_who_changed_a_drink(
    stream: Stream, folder: Path, with_people: bool
) -> None:
    await offer(stream.graph, "chai", NOW - timedelta(days=1), *(f"p{n}" for n in range(4)), "ann")
    await synced(over(stream, folder, with_people=with_people))
    text = all_text(folder)
    for secret in ("ALLERGIC", "SEVERE", "AVOIDS", "the-boss", "'ann'", '"ann"'):
        assert secret not in text
    assert rows(folder, "impressions") == [
        {"drink": "chai", "people": 5, "day": date(2026, 11, 29)}
    ]


async def test_impressions_are_of_whole_days_and_of_five_people_or_more(
    stream: Stream, folder: Path
) -> None:
    crowd = [f"p{n}" for n in range(5)]
    await offer(stream.graph, "chai", NOW - timedelta(days=1), *crowd)
    await offer(stream.graph, "latte", NOW - timedelta(days=1), *crowd[:4])
    await offer(stream.graph, "latte", NOW - timedelta(minutes=1), *crowd)
    await synced(over(stream, folder))
    assert [row["drink"] for row in rows(folder, "impressions")] == ["chai"]
    assert await synced(over(stream, folder)) == {}
    later = over(stream, folder, clock=lambda: NOW + timedelta(days=1))
    assert await synced(later) == {"impressions": (1, 0)}
    days = [(row["drink"], row["day"].day) for row in rows(folder, "impressions")]
    assert sorted(days) == [("chai", 29), ("latte", 30)]


async def test_exposures_are_of_whole_days_and_of_five_people_or_more(
    stream: Stream, folder: Path
) -> None:
    yesterday = milliseconds(NOW - timedelta(days=1))
    await begin(stream.graph, definition(), yesterday)
    people = [(f"p{n}", "as-is" if n < 5 else "diverse", yesterday) for n in range(9)]
    await expose(stream.graph, "diverse-home", people)
    await expose(stream.graph, "diverse-home", [("late", "diverse", milliseconds(NOW) - 1)])
    await synced(over(stream, folder))
    assert rows(folder, "exposures") == [
        {"experiment": "diverse-home", "arm": "as-is", "people": 5, "day": date(2026, 11, 29)}
    ]
    assert await synced(over(stream, folder)) == {}


async def test_models_are_as_they_are_now(stream: Stream, folder: Path) -> None:
    model = NewModel("v1", "sha256:0", {"ndcg": 0.2}, "by the-boss", checks=[])
    await add_model(stream.graph, model, lambda: NOW)
    assert (await synced(over(stream, folder)))["models"] == (1, 0)
    assert "models" not in await synced(over(stream, folder))
    await ask(stream.graph, "MATCH (m:Model) SET m.status = 'pruned' RETURN 1 AS one")
    assert (await synced(over(stream, folder)))["models"] == (1, 0)
    [row] = example(folder, "models_over_time")
    assert (row["status"], row["accepted"]) == ("pruned", True)
    assert "the-boss" not in all_text(folder)


async def test_every_example_answers(stream: Stream, folder: Path) -> None:
    await offer(stream.graph, "chai", NOW - timedelta(days=1), *(f"p{n}" for n in range(5)))
    await add_model(stream.graph, NewModel("v1", "sha256:0", {}, "", checks=[]), lambda: NOW)
    await ask(
        stream.graph,
        "MATCH (u:User), (d:Drink {id: 'chai'}) CREATE (u)-[:PURCHASED {eventId: 'e', "
        "type: 'purchase', value: 2.0, at: 1767225600000, price: 3.5, currency: 'EUR', "
        "recommendationId: 'drinks:v1:1'}]->(d) "
        "RETURN 1 AS one",
    )
    await synced(over(stream, folder))
    time = {"since": "2026-01-01", "until": "2026-02-01", "currency": "EUR"}
    values: dict[str, dict[str, Any]] = {
        "menu_as_of": {"version": 9},
        "earned": {"by": "drink", **time},
        "earned_by_arm": time,
    }
    results = {
        path.stem: example(folder, path.stem, **values.get(path.stem, {}))
        for path in EXAMPLES.glob("*.sql")
    }
    assert len(results) == 9
    # nobody is in an experiment here; what arms earned has a test of its own
    assert [name for name, found in results.items() if not found] == ["earned_by_arm"]
    assert results["sold_by_day"] == [
        {"day": date(2026, 1, 1), "drink": "chai", "sold": 12, "turnover": 42, "currency": "EUR"}
    ]
    assert results["bought_of_offered"] == [{"drink": "chai", "offered": 5, "bought": 6}]
    assert results["returning_people"] == [{"days": 1, "people": 6}]
