"""Trending drinks: in the order of the trend, safe for who asks, of one place."""

from __future__ import annotations

from typing import Any

import pytest

from graph.clock import milliseconds, utc_now
from graph.connection import Graph
from recommend.context.trends import Trends
from tests.support.api import Api
from tests.support.emptying import ask

TRENDING = """query ($first: Int! = 10, $store: String, $place: String, $filter: DrinkFilter) {
  answer: trendingDrinks(first: $first, store: $store, place: $place, filter: $filter) {
    __typename
    ... on Recommendations { items { drink { id } reasons { kind sentence } } }
    ... on InvalidInput { argument message advice } } }"""
MENU = """
CREATE (milk:Allergen {id: 'milk', name: 'Milk'})
CREATE (tea:Ingredient {id: 'tea', name: 'Tea', reviewed: true, changedAt: 1})
CREATE (cream:Ingredient {id: 'cream', name: 'Cream', reviewed: true, changedAt: 1})
CREATE (cream)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(milk)
CREATE (:User {id: 'ann', version: 0, allergiesDeclaredAt: '2026-01-01'})
  -[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: false}]->(milk)
WITH tea, cream
UNWIND ['black', 'green', 'creamy', 'white'] AS id
CREATE (drink:Drink {id: id, name: id, kind: 'tea', recipeComplete: true, changedAt: 1})
CREATE (drink)-[:CONTAINS]->(tea)
FOREACH (one IN CASE WHEN id = 'creamy' THEN [1] ELSE [] END |
  CREATE (drink)-[:CONTAINS]->(cream))
RETURN count(drink) AS drinks
"""
EVERYWHERE = {"creamy": 9.0, "green": 4.0, "black": 2.0, "of yesterday": 8.0}


@pytest.fixture
async def api(graph: Graph) -> Api:
    await ask(graph, MENU)
    made = Api(graph)
    trends = {
        "everywhere": EVERYWHERE,
        "store:harbour": {"white": 1.0},
        "place:bar": {"black": 1.0},
    }
    made.dependencies.trends.replace(Trends(milliseconds(utc_now()), trends))
    await made.start()
    return made


async def trending(api: Api, user: str | None, **variables: Any) -> list[str]:
    answer = await api.ask(TRENDING, user, **variables)
    return [item["drink"]["id"] for item in answer["items"]]


async def test_what_rises_most_comes_first_and_only_if_it_is_safe(api: Api) -> None:
    assert await trending(api, None) == ["creamy", "green", "black"]
    assert await trending(api, "ann") == ["green", "black"]
    assert await trending(api, "ann", first=1) == ["green"]
    assert api.disagreements == 0


async def test_the_gate_alone_keeps_a_trend_safe(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommend.safety.masks.Masks.allowed", lambda self, _: self.known | True)
    assert await trending(api, "ann") == ["green", "black"]
    assert api.disagreements > 0
    await api.settle()


async def test_each_place_has_its_own(api: Api) -> None:
    assert await trending(api, "ann", store="harbour") == ["white"]
    assert await trending(api, "ann", place="bar") == ["black"]
    assert await trending(api, "ann", store="bar") == []
    assert await trending(api, "ann", filter={"kinds": ["coffee"]}) == []


async def test_the_reason_says_that_it_is_trending(api: Api) -> None:
    answer = await api.ask(TRENDING, "ann", first=1)
    [item] = answer["items"]
    assert item["reasons"][0] == {
        "kind": "TRENDING",
        "sentence": "More people than usual want it now.",
    }


async def test_old_trends_are_none(api: Api) -> None:
    old = milliseconds(utc_now()) - 700_000
    api.dependencies.trends.replace(Trends(old, {"everywhere": EVERYWHERE}))
    assert await trending(api, "ann") == []


@pytest.mark.parametrize(
    ("variables", "argument"),
    [
        pytest.param({"store": "harbour", "place": "bar"}, "place", id="two places"),
        pytest.param({"store": ""}, "store", id="no store"),
        pytest.param({"place": "x" * 41}, "place", id="too long"),
        pytest.param({"first": 0}, "first", id="none at all"),
    ],
)
async def test_what_cannot_be_is_refused(
    api: Api, variables: dict[str, Any], argument: str
) -> None:
    answer = await api.ask(TRENDING, "ann", **variables)
    assert answer["__typename"] == "InvalidInput"
    assert answer["argument"] == argument
