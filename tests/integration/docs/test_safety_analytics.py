"""The analysts' queries about safety agree with the rule's model, on both engines."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import pytest

from graph.connection import Graph, Row
from graph.query_files import load
from graph.safety_rule import Allergy, Person, SafetyRule
from tests.support.emptying import ask, empty
from tests.support.random_graphs import World, random_world, write


async def run(graph: Graph, name: str, **values: Any) -> list[Row]:
    return await graph.run(load(f"analytics/{name}"), deadline=60.0, **values)


async def list_allergens(graph: Graph, allergens: list[str]) -> None:
    """Have one law list these allergens."""
    await ask(
        graph,
        "MERGE (r:Regulation {id: 'a-law'}) WITH r MATCH (a:Allergen) WHERE a.id IN $ids "
        "MERGE (r)-[:LISTS]->(a)",
        ids=allergens,
    )


@pytest.mark.parametrize("seed", range(4))
async def test_coverage_by_kind_counts_verdicts_of_the_rule(graph: Graph, seed: int) -> None:
    world = await fresh(graph, seed)
    listed = world.ids("allergen")[::2]
    await list_allergens(graph, listed)
    await ask(graph, "MATCH (d:Drink) WHERE d.id ENDS WITH '1' SET d.kind = 'tea'")
    rule = SafetyRule(world.graph)
    rows = await run(graph, "coverage_by_kind", regulation="a-law")
    kinds = {"tea" if drink.endswith("1") else "no kind" for drink in world.ids("drink")}
    assert {(row["kind"], row["allergen"]) for row in rows} == {
        (kind, allergen) for kind in kinds for allergen in listed
    }
    for row in rows:
        drinks = [
            drink for drink in world.ids("drink") if drink.endswith("1") == (row["kind"] == "tea")
        ]
        verdicts = [rule.verdict(drink, row["allergen"]).value for drink in drinks]
        columns = {"contains": "CONTAINS", "mayContain": "MAY_CONTAIN", "absent": "ABSENT"}
        for column, verdict in {**columns, "unknown": "UNKNOWN"}.items():
            assert row[column] == verdicts.count(verdict), row
        assert row["drinks"] == len(drinks)


@pytest.mark.parametrize("seed", range(4))
async def test_who_cannot_be_served_agrees_with_the_rule(graph: Graph, seed: int) -> None:
    world = await fresh(graph, seed)
    allergens = world.ids("allergen")
    await list_allergens(graph, allergens)
    rule = SafetyRule(world.graph)
    known = [drink for drink in world.ids("drink") if rule.is_known(drink)]
    rows = await run(graph, "who_cannot_be_served", regulation="a-law", fewerThan=3, minPeople=2)
    expected = {}
    for pair in combinations_with_replacement(allergens, 2):
        person = Person(tuple(Allergy(allergen, "SEVERE") for allergen in sorted(set(pair))))
        safe = sum(rule.is_safe(person, drink) for drink in known)
        if safe < 3:
            expected[tuple(sorted(set(pair)))] = safe
    assert {tuple(row["allergens"]): row["drinks"] for row in rows} == expected
    for row in rows:
        wanted = set(row["allergens"])
        declared = [
            {allergy.allergen for allergy in person.allergies} for person in world.people.values()
        ]
        people = sum(wanted <= allergens for allergens in declared)
        assert row["people"] == (people if people >= 2 else 0), row


@pytest.mark.parametrize("seed", range(4))
async def test_diets_by_kind_agree_with_the_rule(graph: Graph, seed: int) -> None:
    world = await fresh(graph, seed)
    rule = SafetyRule(world.graph)
    rows = await run(graph, "diets_by_kind")
    assert {row["diet"] for row in rows} == set(world.ids("diet"))
    for row in rows:
        suiting = sum(rule.suits(drink, row["diet"]) for drink in world.ids("drink"))
        assert row["suits"] == suiting
        assert row["suits"] + row["avoided"] + row["unknown"] == len(world.ids("drink"))


async def fresh(graph: Graph, seed: int) -> World:
    await empty(graph)
    world = random_world(seed + 70)
    await write(world, graph)
    return world


@pytest.fixture
async def statements(graph: Graph) -> None:
    """Two sources about one syrup, one old statement and one that nobody dated."""
    await ask(
        graph,
        "CREATE (syrup:Ingredient {id: 'syrup'}) CREATE (milk:Allergen {id: 'milk'}) "
        "CREATE (soy:Allergen {id: 'soy'}) CREATE (drink:Drink {id: 'latte'}) "
        "CREATE (drink)-[:CONTAINS]->(syrup) "
        "CREATE (syrup)-[:HAS_ALLERGEN {source: 'label', observedAt: '2026-11-01'}]->(milk) "
        "CREATE (syrup)-[:FREE_FROM {source: 'website', observedAt: '2025-01-31'}]->(milk) "
        "CREATE (syrup)-[:MAY_CONTAIN {source: 'rumour'}]->(soy)",
    )


@pytest.mark.usefixtures("statements")
async def test_old_evidence(graph: Graph) -> None:
    rows = await run(graph, "old_evidence", before="2026-05-21", rows=10)
    old = [(row["allergen"], row["source"], row["observedAt"], row["drinks"]) for row in rows]
    assert old == [("soy", "rumour", None, 1), ("milk", "website", "2025-01-31", 1)]


@pytest.mark.usefixtures("statements")
async def test_sources_that_disagree(graph: Graph) -> None:
    rows = await run(graph, "sources_that_disagree", rows=10)
    assert [(row["decidingSource"], row["otherSource"]) for row in rows] == [("label", "website")]
    assert rows[0]["decides"] == "HAS_ALLERGEN"


async def test_void_statements(graph: Graph) -> None:
    await ask(
        graph,
        "CREATE (latte:Drink {id: 'latte'}) CREATE (milk:Allergen {id: 'milk'}) "
        "CREATE (latte)-[:FREE_FROM {source: 'Maker', observedAt: '2026-11-01'}]->(milk) "
        "CREATE (latte)-[:WAS_FREE_FROM {source: 'Shop', observedAt: '2025-01-31', "
        "voidedAt: '2026-02-01', because: 'EXPIRED'}]->(milk) "
        "CREATE (latte)-[:WAS_FREE_FROM {source: 'Shop', voidedAt: '2026-03-01', "
        "because: 'RECIPE_CHANGED'}]->(milk)",
    )
    rows = await run(graph, "void_statements", rows=10)
    assert [(row["observedAt"], row["voidedAt"], row["because"]) for row in rows] == [
        (None, "2026-03-01", "RECIPE_CHANGED"),
        ("2025-01-31", "2026-02-01", "EXPIRED"),
    ]
    assert {(row["subject"], row["allergen"], row["source"]) for row in rows} == {
        ("latte", "milk", "Shop")
    }
    assert len(await run(graph, "void_statements", rows=1)) == 1


async def test_changes_by_month(graph: Graph) -> None:
    await ask(
        graph,
        "UNWIND $rows AS row CREATE (:Change {id: row[0], at: row[1], kind: row[2], by: 'ann', "
        "source: 'label'})",
        rows=[
            ["1", "2026-10-30T08:00:00Z", "REVIEW"],
            ["2", "2026-11-01T08:00:00Z", "REVIEW"],
            ["3", "2026-11-20T08:00:00Z", "REVIEW"],
        ],
    )
    rows = await run(graph, "changes_by_month", rows=10)
    assert [(row["month"], row["changes"]) for row in rows] == [("2026-11", 2), ("2026-10", 1)]
