"""The analysts' queries mean what their headers say, on both engines."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest

from graph.catalogue.entities import load_catalogue
from graph.connection import Graph, Row
from graph.query_files import load
from graph.safety_rule import Allergy, Person, SafetyRule
from recommend.safety.masks import VERDICTS, Masks
from tests.support.emptying import ask, empty
from tests.support.random_graphs import World, random_world, write


async def run(graph: Graph, name: str, **values: Any) -> list[Row]:
    return await graph.run(load(f"analytics/{name}"), deadline=30.0, **values)


def _ingredient(world: World, name: str, reviewed: bool = True) -> None:
    world.graph.add_node(("ingredient", name), reviewed=reviewed)


def _drink(world: World, name: str, *parts: str, complete: bool = True) -> None:
    world.graph.add_node(("drink", name), recipe_complete=complete, abv=None, caffeine=None)
    for part in parts:
        world.relate(("drink", name), "CONTAINS", ("ingredient", part))


@pytest.fixture
async def menu(graph: Graph) -> World:
    """A small menu whose answers are known by construction."""
    world = World(nx.MultiDiGraph())
    world.graph.add_nodes_from(("allergen", allergen) for allergen in ("milk", "nuts", "almond"))
    world.relate(("allergen", "almond"), "PART_OF", ("allergen", "nuts"))
    for name in ("espresso", "milk", "oat", "orgeat"):
        _ingredient(world, name)
    _ingredient(world, "secret", reviewed=False)
    _ingredient(world, "blend", reviewed=False)
    world.relate(("ingredient", "blend"), "MADE_OF", ("ingredient", "secret"))
    world.relate(
        ("ingredient", "milk"), "HAS_ALLERGEN", ("allergen", "milk"), "label", "2026-02-02"
    )
    world.relate(("ingredient", "orgeat"), "HAS_ALLERGEN", ("allergen", "almond"))
    _drink(world, "flat-white", "espresso", "milk")
    _drink(world, "oat-white", "espresso", "oat")
    _drink(world, "nut-white", "espresso", "orgeat")
    _drink(world, "house-white", "espresso", "secret")
    _drink(world, "blended", "blend")
    _drink(world, "guess", "espresso", complete=False)
    _drink(world, "empty")
    world.relate(("drink", "flat-white"), "FREE_FROM", ("allergen", "milk"), "menu", "2026-01-01")
    world.people = {
        "ann": Person((Allergy("milk", "SEVERE"), Allergy("nuts", "MILD"))),
        "bob": Person((Allergy("milk", "MILD"),)),
        "cem": Person((Allergy("milk", "SEVERE"),)),
        "dee": Person(),
    }
    await write(world, graph)
    await ask(
        graph,
        "MERGE (s:Style {id: 'white'}) WITH s MATCH (d:Drink) WHERE d.id ENDS WITH 'white' "
        "SET d.kind = 'coffee' MERGE (d)-[:OF_STYLE]->(s)",
    )
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row[0]}) MATCH (d:Drink {id: row[1]}) "
        "CREATE (u)-[:PURCHASED {eventId: row[0] + row[1], type: 'purchase'}]->(d)",
        rows=[["ann", "guess"], ["bob", "oat-white"], ["dee", "oat-white"], ["dee", "flat-white"]],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row[0]}) MATCH (d:Drink {id: row[1]}) "
        "CREATE (u)-[:RATED {eventId: row[0] + row[1], type: 'rating', value: row[2]}]->(d)",
        rows=[["ann", "oat-white", 4.0], ["cem", "flat-white", 2.0]],
    )
    return world


async def test_what_blocks_most(graph: Graph, menu: World) -> None:
    rows = await run(graph, "what_blocks_most", rows=10)
    assert [(row["ingredient"], row["drinks"], row["alone"]) for row in rows] == [
        ("secret", 2, 1),
        ("blend", 1, 0),
    ]
    assert len(await run(graph, "what_blocks_most", rows=1)) == 1


async def test_conflicting_evidence(graph: Graph, menu: World) -> None:
    assert await run(graph, "conflicting_evidence", rows=10) == [
        {
            "subject": "flat-white",
            "allergen": "milk",
            "absentSource": "menu",
            "absentSince": "2026-01-01",
            "path": ["flat-white", "milk"],
            "status": "HAS_ALLERGEN",
            "source": "label",
            "observedAt": "2026-02-02",
        }
    ]


async def test_drinks_without_complete_recipe(graph: Graph, menu: World) -> None:
    rows = await run(graph, "drinks_without_complete_recipe", rows=10)
    incomplete = [(row["drink"], row["parts"], row["people"]) for row in rows]
    assert incomplete == [("guess", 1, 1), ("empty", 0, 0)]


async def test_popular_by_kind(graph: Graph, menu: World) -> None:
    rows = await run(graph, "popular_by_kind", perKind=2)
    popular = {(row["kind"], row["drink"], row["people"]) for row in rows}
    assert popular == {("coffee", "oat-white", 3), ("coffee", "flat-white", 1), (None, "guess", 1)}
    assert len(await run(graph, "popular_by_kind", perKind=1)) == 2


async def test_who_has_few_choices(graph: Graph, menu: World) -> None:
    assert await run(graph, "who_has_few_choices", minPeople=1, rows=10) == [
        {"allergens": ["milk", "nuts"], "people": 1, "drinks": 1},
        {"allergens": ["milk"], "people": 2, "drinks": 2},
    ]
    assert len(await run(graph, "who_has_few_choices", minPeople=2, rows=10)) == 1


async def test_substitutes(graph: Graph, menu: World) -> None:
    rows = await run(graph, "substitutes", drinkId="flat-white", allergenId="milk", rows=10)
    assert [row["drink"] for row in rows] == ["nut-white", "oat-white"]
    rows = await run(graph, "substitutes", drinkId="flat-white", allergenId="nuts", rows=10)
    assert [row["drink"] for row in rows] == ["oat-white"]
    assert await run(graph, "substitutes", drinkId="flat-white", allergenId="gold", rows=10) == []


async def _embed(
    graph: Graph, label: str, vectors: dict[str, list[float]], version: str = "new"
) -> None:
    await ask(
        graph,
        f"UNWIND $rows AS row MERGE (node:{label} {{id: row.id}}) "
        "SET node.embedding = row.vector, node.embeddingVersion = $version",
        rows=[{"id": name, "vector": vector} for name, vector in vectors.items()],
        version=version,
    )


async def test_model_neighbours(graph: Graph, menu: World) -> None:
    vectors = {"flat-white": [1.0, 0.0], "oat-white": [2.0, 2.0], "nut-white": [-1.0, 0.0]}
    await _embed(graph, "Drink", {**vectors, "empty": [0.0, 0.0]})
    await _embed(graph, "Drink", {"guess": [1.0, 0.0]}, "old")
    rows = await run(graph, "model_neighbours", drinkId="flat-white", rows=10)
    assert [row["drink"] for row in rows] == ["oat-white", "nut-white"]
    assert [row["similarity"] for row in rows] == pytest.approx([np.sqrt(0.5), -1.0])


@pytest.mark.parametrize("label", ["Ingredient", "Flavor"])
async def test_ingredients_and_flavors_alike(graph: Graph, menu: World, label: str) -> None:
    name = label.lower()
    vectors = {"milk": [0.6, 0.8], "oat": [1.0, 0.0], "orgeat": [0.0, 1.0], "rye": [-0.6, -0.8]}
    await _embed(graph, label, {**vectors, "water": [0.0, 0.0]})
    await _embed(graph, label, {"espresso": [0.6, 0.8]}, "old")
    await _embed(graph, "Drink", {"empty": [0.6, 0.8]})
    ask_of: dict[str, Any] = {f"{name}Id": "milk"}
    rows = await run(graph, f"{name}s_alike", **ask_of, rows=10)
    assert [row[name] for row in rows] == ["orgeat", "oat", "rye"]
    assert [row["similarity"] for row in rows] == pytest.approx([0.8, 0.6, -1.0])
    assert {row["model"] for row in rows} == {"new"}
    assert await run(graph, f"{name}s_alike", **ask_of, rows=1) == rows[:1]
    assert await run(graph, f"{name}s_alike", **{f"{name}Id": "secret"}, rows=9) == []


async def test_drinks_near_flavor(graph: Graph, menu: World) -> None:
    vectors = {"flat-white": [1.0, 0.0], "oat-white": [0.6, 0.8], "nut-white": [0.0, -1.0]}
    await _embed(graph, "Drink", {**vectors, "empty": [0.0, 0.0]})
    await _embed(graph, "Drink", {"guess": [0.0, 1.0]}, "old")
    await _embed(graph, "Flavor", {"oaty": [0.0, 1.0], "creamy": [1.0, 0.0]})
    await ask(
        graph,
        "MATCH (d:Drink {id: 'nut-white'}) MATCH (oaty:Flavor {id: 'oaty'}) "
        "MERGE (toasted:Flavor {id: 'toasted'}) MERGE (toasted)-[:PART_OF]->(oaty) "
        "MERGE (d)-[:HAS_FLAVOR]->(toasted)",
    )
    rows = await run(graph, "drinks_near_flavor", flavorId="oaty", rows=10)
    near = [(row["drink"], row["described"]) for row in rows]
    assert near == [("oat-white", False), ("flat-white", False), ("nut-white", True)]
    assert [row["similarity"] for row in rows] == pytest.approx([0.8, 0.0, -1.0])
    assert await run(graph, "drinks_near_flavor", flavorId="oaty", rows=2) == rows[:2]
    assert await run(graph, "drinks_near_flavor", flavorId="toasted", rows=9) == []


async def test_coverage_and_choices_follow_the_rule_on_random_graphs(graph: Graph) -> None:
    for seed in range(4):
        await empty(graph)
        world = random_world(seed)
        await write(world, graph)
        rule = SafetyRule(world.graph)
        await _check_coverage(graph, world, rule)
        await _check_choices(graph, world, rule)


async def _check_coverage(graph: Graph, world: World, rule: SafetyRule) -> None:
    rows = await run(graph, "coverage_by_allergen")
    assert {row["allergen"] for row in rows} == set(world.ids("allergen"))
    for row in rows:
        verdicts = [rule.verdict(drink, row["allergen"]).value for drink in world.ids("drink")]
        names = ("CONTAINS", "MAY_CONTAIN", "ABSENT", "UNKNOWN")
        columns = ("contains", "mayContain", "absent", "unknown")
        assert [row[column] for column in columns] == [
            verdicts.count(verdict) for verdict in names
        ], row


async def _check_choices(graph: Graph, world: World, rule: SafetyRule) -> None:
    rows = await run(graph, "who_has_few_choices", minPeople=1, rows=100)
    allergic = [person for person in world.people.values() if person.allergies]
    assert sum(row["people"] for row in rows) == len(allergic)
    for row in rows:
        person = Person(tuple(Allergy(allergen, "SEVERE") for allergen in row["allergens"]))
        drinks = [drink for drink in world.ids("drink") if rule.is_known(drink)]
        assert row["drinks"] == sum(rule.is_safe(person, drink) for drink in drinks), row


async def test_coverage_agrees_with_the_masks(graph: Graph, menu: World) -> None:
    masks = Masks(await load_catalogue(graph))
    for row in await run(graph, "coverage_by_allergen"):
        codes = masks.codes[masks.tree.position[row["allergen"]]]
        said = [VERDICTS[code] for code in codes]
        assert row["contains"] == said.count("CONTAINS")
        assert row["absent"] == said.count("ABSENT")
