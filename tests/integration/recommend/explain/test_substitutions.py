"""Swaps that are shown are safe by the rule's model and by the gate; where there is none, why."""

from __future__ import annotations

import random
from typing import Any

import pytest

from graph.connection import Graph
from graph.safety_rule import Person, SafetyRule
from graph.verdicts.gate import ask_gate
from tests.support.api import Answer, Api
from tests.support.emptying import ask
from tests.support.random_graphs import World, random_world, write
from tests.support.swapping import MADE, made_with

SWAP = """
query ($drinkId: ID!, $first: Int!) { answer: swap(drinkId: $drinkId, first: $first) {
  __typename
  ... on Swaps { reason catalogueVersion safety { status }
    atFault { ingredientId } unreplaced { ingredientId }
    items { replacements { ingredientId byId reason } safety { status } } }
  ... on Failure { message advice } } }"""
Swap = tuple[str, set[str], set[str]]


@pytest.mark.parametrize("seed", range(10))
async def test_swaps_are_safe_on_random_graphs(graph: Graph, seed: int) -> None:
    draw = random.Random(seed)
    world = random_world(9000 + seed, drinks=8, people=5)
    stated, optional = random_substitutes(draw, world), random_options(draw, world)
    await write(world, graph)
    await write_options(graph, optional)
    api = Api(graph)
    await api.start()
    shown: list[tuple[str, Swap]] = []
    for user, person in world.people.items():
        for drink in world.ids("drink"):
            answer = await api.ask(SWAP, user, drinkId=drink, first=3)
            if check(world, user, drink, answer, stated):
                swaps = swaps_of(drink, answer)
                for swap in swaps:
                    check_swap(world, person, swap, optional)
                shown += [(user, swap) for swap in swaps]
    await as_real_drinks(world, graph, draw.sample(shown, k=min(4, len(shown))))


def random_substitutes(draw: random.Random, world: World) -> dict[str, set[str]]:
    """What takes the place of what, also of groups; of each as it is stated of it alone."""
    names, stated = world.ids("ingredient"), dict[str, set[str]]()
    for name in names:
        for other in draw.sample(names, k=min(len(names), draw.choice((0, 1, 2, 3)))):
            if other != name:
                world.relate(("ingredient", name), "REPLACED_BY", ("ingredient", other))
                stated.setdefault(name, set()).add(other)
    return stated


def random_options(draw: random.Random, world: World) -> set[tuple[str, str]]:
    """Which ingredients the recipes call optional."""
    lines = [(source[1], target[1]) for source, target, _ in world.edges("CONTAINS")]
    return {line for line in lines if draw.random() < 0.3}


async def write_options(graph: Graph, optional: set[tuple[str, str]]) -> None:
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (:Drink {id: row.drink})-[r:CONTAINS]->(i:Ingredient) "
        "WHERE i.id = row.part SET r.optional = true",
        rows=[{"drink": drink, "part": part} for drink, part in sorted(optional)],
    )


def check(world: World, user: str, drink: str, answer: Answer, stated: dict[str, set[str]]) -> bool:
    """Whether there are swaps; if there are none, the reason given must be true."""
    rule, person = SafetyRule(world.graph), world.people[user]
    where = (user, drink, answer)
    if person.unresolved:
        assert answer["__typename"] == "ProfileUnclear", where
        return False
    unsafe = not rule.is_safe(person, drink)
    assert (answer["safety"]["status"] == "UNSAFE") is unsafe, where
    assert bool(answer["items"]) is (answer["reason"] is None), where
    parts = direct(world, drink)
    unreplaced = {swap_item["ingredientId"] for swap_item in answer["unreplaced"]}
    match answer["reason"]:
        case "NOTHING_TO_SWAP":
            assert not unsafe, where
        case "RECIPE_UNKNOWN":
            complete = world.graph.nodes["drink", drink]["recipe_complete"]
            assert complete is not True or not parts, where
        case "LIMIT":
            assert limited(world, person), where
        case "DRINK_EVIDENCE":
            assert {"HAS_ALLERGEN", "MAY_CONTAIN"} & kinds(world, drink), where
        case "NO_SUBSTITUTE":
            assert unreplaced and unreplaced <= parts, where
            for part in unreplaced:
                for other in stated.get(part, set()) - parts:
                    assert not alone(world, person, drink, other), (where, part, other)
        case _:
            assert unsafe and 1 <= len(answer["items"]) <= 3, where
            assert not unreplaced, where
    return bool(answer["items"])


def check_swap(world: World, person: Person, swap: Swap, optional: set[tuple[str, str]]) -> None:
    """Made so, the drink is safe; left out is only what the recipe calls optional."""
    drink, taken, added = swap
    assert taken <= direct(world, drink) and not added & direct(world, drink), swap
    assert SafetyRule(made_with(world.graph, *swap)).is_safe(person, MADE[1]), (person, swap)
    if not added:
        assert {(drink, part) for part in taken} <= optional, swap


def swaps_of(drink: str, answer: Answer) -> list[Swap]:
    at_fault = {fault["ingredientId"] for fault in answer["atFault"]}
    swaps: list[Swap] = []
    for item in answer["items"]:
        taken = {replacement["ingredientId"] for replacement in item["replacements"]}
        added = {replacement["byId"] for replacement in item["replacements"] if replacement["byId"]}
        assert taken == at_fault and item["safety"]["status"] != "UNSAFE", item
        assert all(replacement["reason"] for replacement in item["replacements"]), item
        swaps.append((drink, taken, added))
    assert len({tuple(map(frozenset, swap[1:])) for swap in swaps}) == len(swaps), swaps
    return swaps


async def as_real_drinks(world: World, graph: Graph, shown: list[tuple[str, Swap]]) -> None:
    """The recipe of a swap, written as a drink of its own, passes the gate of every request."""
    for number, (user, (drink, taken, added)) in enumerate(shown):
        name = f"made-{number}"
        made: dict[str, Any] = {"id": name, "parts": sorted((direct(world, drink) - taken) | added)}
        await ask(
            graph,
            "CREATE (d:Drink {id: $id, name: $id, recipeComplete: true, changedAt: 1}) "
            "WITH d UNWIND $parts AS part MATCH (i:Ingredient {id: part}) "
            "CREATE (d)-[:CONTAINS]->(i)",
            **made,
        )
        assert (await ask_gate(graph, user, [name]))[name].safe, (user, drink, taken, added)


def direct(world: World, drink: str) -> set[str]:
    return {target[1] for source, target, _ in world.edges("CONTAINS") if source[1] == drink}


def kinds(world: World, drink: str) -> set[str]:
    edges = world.graph.out_edges(("drink", drink), data=True)
    return {str(data["type"]) for _, _, data in edges}


def limited(world: World, person: Person) -> bool:
    diets = [world.graph.nodes["diet", diet] for diet in person.diets]
    limits = [person.max_abv, person.max_caffeine]
    limits += [diet[limit] for diet in diets for limit in ("max_abv", "max_caffeine")]
    return any(limit is not None for limit in limits)


def alone(world: World, person: Person, drink: str, part: str) -> bool:
    graph = made_with(world.graph, drink, direct(world, drink), [part])
    return SafetyRule(graph).is_safe(person, MADE[1])
