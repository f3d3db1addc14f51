"""The gate agrees with the rule's model about drinks made with changed recipes."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import pytest

from graph.connection import Graph
from graph.query_files import load
from graph.safety_rule import Person, SafetyRule
from graph.verdicts.gate import RecipeChange, ask_changes
from tests.support.emptying import empty
from tests.support.random_graphs import World, random_world, write
from tests.support.swapping import MADE, made_with

SAFETY_GATE = load("recommend/safety_gate")


class Changed(NamedTuple):
    """A drink, what is taken out of it, and what is put in."""

    drink: str
    taken: list[str]
    added: list[str]


@pytest.mark.parametrize("block", range(5))
async def test_the_gate_agrees_with_the_rule_about_changes(graph: Graph, block: int) -> None:
    for seed in range(block * 3, block * 3 + 3):
        await empty(graph)
        world = random_world(3000 + seed, drinks=5, people=4)
        await write(world, graph)
        draw = random.Random(seed)
        for name, person in world.people.items():
            for drink in world.ids("drink"):
                await check(world, graph, name, person, random_changes(draw, world, drink))


def random_changes(draw: random.Random, world: World, drink: str) -> list[Changed]:
    parts = [*world.ids("ingredient"), "no-such-ingredient"]
    return [
        Changed(
            drink,
            taken=draw.sample(parts, k=draw.randrange(len(parts) + 1)),
            added=draw.sample(parts, k=draw.choice((0, 1, 1, 2))),
        )
        for _ in range(6)
    ]


async def check(
    world: World, graph: Graph, user: str, person: Person, changes: list[Changed]
) -> None:
    asked = [{"number": number, **change._asdict()} for number, change in enumerate(changes)]
    ask = {"userId": user, "drinks": [], "changes": asked}
    rows_by_change = {row["change"]: row for row in await graph.run(SAFETY_GATE, asks=[ask])}
    for place, change in enumerate(changes):
        compare(world, person, rows_by_change.get(place), change)


def compare(world: World, person: Person, row: dict[str, Any] | None, change: Changed) -> None:
    rule, made, where = SafetyRule(made_with(world.graph, *change)), MADE[1], (person, change)
    if row is None:
        assert not rule.parts(made), where
        return
    assert row["safe"] == rule.is_safe(person, made), where
    assert row["known"] == rule.is_known(made), where
    assert {verdict["allergen"]: verdict["verdict"] for verdict in row["verdicts"]} == {
        allergy.allergen: rule.verdict(made, allergy.allergen).value for allergy in person.allergies
    }, where
    assert set(row["unsuitedDiets"]) == {
        diet for diet in person.diets if not rule.suits(made, diet)
    }, where


@pytest.mark.parametrize(
    ("person", "added", "safe"),
    [
        (Person(), "secret", True),  # who declared nothing is checked for nothing
        (Person(avoids=("milk",)), "oat", True),
        (Person(avoids=("milk",)), "secret", False),
        (Person(avoids=("milk",)), "milk", False),
        (Person(avoids=("grain",)), "oat", False),
        (Person(max_abv=5.0), "oat", False),
        (Person(max_caffeine=5.0), "oat", False),
        (Person(unresolved=("avoids: ?",)), "oat", False),
    ],
)
async def test_a_choice_is_kept_in_a_changed_recipe(
    graph: Graph, person: Person, added: str, safe: bool
) -> None:
    world = random_world(1, drinks=0, people=0)
    for name in ("milk", "oat", "grain", "secret"):
        known = name != "secret"
        world.graph.add_node(("ingredient", name), reviewed=known, diets_reviewed=known)
    world.relate(("ingredient", "oat"), "IS_A", ("ingredient", "grain"))
    world.graph.add_node(("drink", "white"), recipe_complete=True, abv=0.0, caffeine=0.0)
    world.relate(("drink", "white"), "CONTAINS", ("ingredient", "milk"))
    world.people["ann"] = person
    await write(world, graph)
    answers = await ask_changes(graph, "ann", "white", [RecipeChange(("milk",), (added,))])
    assert [answer and answer.safe for answer in answers] == [safe]
