"""Drinks near a taste, and tastes alike, on a graph and a model trained on it."""

from __future__ import annotations

from typing import Any

import pytest

from embeddings.data.export import export_graph
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from graph.connection import Graph
from graph.people.declarations import declare_allergies
from graph.safety_rule import Allergy
from tests.support.api import Api
from tests.support.emptying import ask

CONFIG = TrainingConfig(hidden=8, graph=0.5, graph_width=8, graph_rounds=15)
NEAR = """query ($kind: TasteKind!, $id: ID!, $first: Int! = 10) {
  answer: drinksNear(kind: $kind, id: $id, first: $first) {
    __typename
    ... on Recommendations { modelVersion items { drink { id } safety { status } } }
    ... on InvalidInput { argument message advice } } }"""
ALIKE = """query ($kind: TasteKind!, $id: ID!, $first: Int! = 10) {
  answer: tastesAlike(kind: $kind, id: $id, first: $first) {
    __typename ... on NearTastes { modelVersion items { id name similarity } }
    ... on InvalidInput { argument message advice } } }"""

MENU = """
CREATE (milk:Allergen {id: 'milk', name: 'Milk'})
CREATE (lemon:Flavor {id: 'lemon', name: 'Lemon'}) CREATE (lime:Flavor {id: 'lime', name: 'Lime'})
CREATE (smoke:Flavor {id: 'smoke', name: 'Smoke'}) CREATE (:Flavor {id: 'rose', name: 'Rose'})
CREATE (gin:Ingredient {id: 'gin', name: 'Gin', reviewed: true, changedAt: 1})
CREATE (mezcal:Ingredient {id: 'mezcal', name: 'Mezcal', reviewed: true, changedAt: 1})
CREATE (cream:Ingredient {id: 'cream', name: 'Cream', reviewed: true, changedAt: 1})
CREATE (cream)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(milk)
WITH lemon, lime, smoke, gin, mezcal, cream
UNWIND range(0, 11) AS number
CREATE (drink:Drink {
  id: 'drink-' + toString(number), name: 'Drink', recipeComplete: true, changedAt: 1})
FOREACH (one IN CASE WHEN number % 2 = 0 THEN [1] ELSE [] END |
  CREATE (drink)-[:HAS_FLAVOR]->(lemon) CREATE (drink)-[:HAS_FLAVOR]->(lime)
  CREATE (drink)-[:CONTAINS]->(gin))
FOREACH (one IN CASE WHEN number % 2 = 1 THEN [1] ELSE [] END |
  CREATE (drink)-[:HAS_FLAVOR]->(smoke) CREATE (drink)-[:CONTAINS]->(mezcal))
FOREACH (one IN CASE WHEN number < 4 THEN [1] ELSE [] END | CREATE (drink)-[:CONTAINS]->(cream))
RETURN count(drink) AS drinks
"""
PEOPLE = """
UNWIND range(0, 39) AS person
CREATE (user:User {id: 'user-' + toString(person), version: 0})
WITH user, person
UNWIND range(0, 11) AS number
WITH user, person, number
WHERE number % 2 = person % 2 AND (number + person) % 5 > 0
MATCH (drink:Drink {id: 'drink-' + toString(number)})
CREATE (user)-[:PURCHASED {
  eventId: toString(person) + '-' + toString(number), type: 'purchase', at: 1000 + number}]->(drink)
RETURN count(user) AS bought
"""


@pytest.fixture
async def menu(graph: Graph) -> ModelArtefact:
    """Even drinks taste of lemon and lime, odd ones of smoke; the first four have milk."""
    await ask(graph, MENU)
    await ask(graph, PEOPLE)
    await ask(
        graph, "MATCH (c:Catalogue) SET c.version = 1, c.structureVersion = 1 RETURN 1 AS one"
    )
    return fit(await export_graph(graph), CONFIG).artefact()


async def started(graph: Graph, model: ModelArtefact | None) -> Api:
    api = Api(graph, model)
    await api.start()
    return api


def numbers(answer: Any) -> list[int]:
    return [int(item["drink"]["id"].split("-")[1]) for item in answer["items"]]


@pytest.mark.parametrize(
    ("kind", "even", "odd"), [("FLAVOR", "lemon", "smoke"), ("INGREDIENT", "gin", "mezcal")]
)
@pytest.mark.parametrize("trained", [True, False])
async def test_drinks_near_a_taste_come_first(
    graph: Graph, menu: ModelArtefact, kind: str, even: str, odd: str, trained: bool
) -> None:
    api = await started(graph, menu if trained else None)
    for id_, parity in ((even, 0), (odd, 1)):
        answer = await api.ask(NEAR, "user-0", kind=kind, id=id_)
        assert {number % 2 for number in numbers(answer)[:6]} == {parity}
        assert len(answer["items"]) == 10


async def test_only_what_is_safe(graph: Graph, menu: ModelArtefact) -> None:
    await declare_allergies(graph, "user-0", [Allergy("milk", "SEVERE", False)], "2026-11-21", None)
    answer = await (await started(graph, menu)).ask(NEAR, "user-0", kind="FLAVOR", id="lemon")
    assert sorted(numbers(answer)) == list(range(4, 12))
    assert {item["safety"]["status"] for item in answer["items"]} == {"SAFE"}


async def test_what_is_in_the_same_drinks_tastes_alike(graph: Graph, menu: ModelArtefact) -> None:
    api = await started(graph, menu)
    answer = await api.ask(ALIKE, None, kind="FLAVOR", id="lemon")
    assert [item["id"] for item in answer["items"]] == ["lime", "smoke"]
    near, far = (item["similarity"] for item in answer["items"])
    assert near > far + 0.3
    assert answer["items"][0]["name"] == "Lime"
    assert answer["modelVersion"] == menu.version
    [only] = (await api.ask(ALIKE, None, kind="FLAVOR", id="lemon", first=1))["items"]
    assert only["id"] == "lime"


async def test_without_a_model_nothing_is_known_to_taste_alike(
    graph: Graph, menu: ModelArtefact
) -> None:
    answer = await (await started(graph, None)).ask(ALIKE, None, kind="FLAVOR", id="lemon")
    assert answer == {"__typename": "NearTastes", "modelVersion": "popularity", "items": []}


@pytest.mark.parametrize("asked", [NEAR, ALIKE])
async def test_what_no_drink_has_is_refused(graph: Graph, menu: ModelArtefact, asked: str) -> None:
    api = await started(graph, menu)
    for kind, id_ in (("FLAVOR", "rose"), ("FLAVOR", "gin"), ("PRODUCER", "nobody")):
        answer = await api.ask(asked, "user-0", kind=kind, id=id_)
        assert answer["__typename"] == "InvalidInput"
        assert answer["argument"] == "id" and repr(id_) in answer["message"]


async def test_a_drink_added_since_is_found_by_its_flavor(
    graph: Graph, menu: ModelArtefact
) -> None:
    await ask(
        graph,
        "MATCH (rose:Flavor {id: 'rose'}) MATCH (gin:Ingredient {id: 'gin'}) "
        "MATCH (c:Catalogue) SET c.version = 2 "
        "CREATE (drink:Drink {id: 'drink-12', name: 'New', recipeComplete: true, changedAt: 2}) "
        "CREATE (drink)-[:HAS_FLAVOR]->(rose) CREATE (drink)-[:CONTAINS]->(gin) "
        "RETURN 1 AS one",
    )
    api = await started(graph, menu)
    answer = await api.ask(NEAR, "user-0", kind="FLAVOR", id="rose", first=3)
    assert numbers(answer)[0] == 12
