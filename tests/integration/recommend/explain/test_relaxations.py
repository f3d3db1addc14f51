"""What giving something up would open, against the rule's model and the plainest code there is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from graph.connection import Graph
from graph.safety_rule import Allergy, Person
from tests.support.api import Answer, Api
from tests.support.emptying import ask, empty
from tests.support.expectations import expected, safe
from tests.support.random_graphs import World, random_world, write
from tests.support.random_offers import FLAVORS, KINDS, STYLES, furnish, write_offers

Choices = dict[tuple[str, str, str | None], set[str]]
RELAXATIONS = """
query ($filter: DrinkFilter, $first: Int!) { answer: relaxations(filter: $filter, first: $first) {
  __typename
  ... on Relaxations { declared openDrinks catalogueVersion items {
    kind about condition gain text examples { id name safety { status } } } }
  ... on Failure { message advice } } }"""


@pytest.mark.parametrize("seed", range(12))
async def test_the_gains_are_those_of_the_rule(graph: Graph, seed: int) -> None:
    draw = random.Random(seed)
    world = random_world(8000 + seed, drinks=20, people=6)
    furnish(draw, world)
    await write(world, graph)
    await write_offers(world, graph)
    api = Api(graph)
    await api.start()
    for user in world.people:
        wanted = random_filter(draw, world)
        answer = await api.ask(RELAXATIONS, user, filter=wanted, first=100)
        check(world, user, wanted, answer)


def check(world: World, user: str, wanted: dict[str, Any], answer: Answer) -> None:
    person, where = world.people[user], (user, wanted, answer)
    if person.unresolved:
        assert answer["__typename"] == "ProfileUnclear", where
        return
    anything = user in world.declared or person != Person()
    assert answer["declared"] is anything, where
    if not anything:
        assert answer["items"] == [], where
        return
    now = expected(world, user, wanted)
    assert answer["openDrinks"] == len(now), where
    opened = {key: more for key, more in choices(world, user, wanted, now).items() if more}
    relaxations = {
        (item["kind"], item["about"], item["condition"]): item for item in answer["items"]
    }
    assert {key: relaxation["gain"] for key, relaxation in relaxations.items()} == {
        key: len(more) for key, more in opened.items()
    }, where
    assert [-item["gain"] for item in answer["items"]] == sorted(
        -len(drinks) for drinks in opened.values()
    )
    for key, relaxation in relaxations.items():
        ids = {example["id"] for example in relaxation["examples"]}
        assert len(ids) == min(3, relaxation["gain"]) and ids <= opened[key], where
        statuses = {example["safety"]["status"] for example in relaxation["examples"]}
        assert ids <= safe(world, user) if key[0] == "FILTER" else statuses == {"UNSAFE"}, where


def choices(world: World, user: str, wanted: dict[str, Any], now: set[str]) -> Choices:
    """What each choice on its own would open."""

    def opened(person: Person, conditions: dict[str, Any]) -> set[str]:
        before, world.people[user] = world.people[user], person
        choices = expected(world, user, conditions)
        world.people[user] = before
        return choices - now

    person = world.people[user]
    gains: Choices = {
        (kind, about, None): opened(other, wanted) for kind, about, other in people(person)
    }
    for condition, value in wanted.items():
        rest = {key: other for key, other in wanted.items() if key != condition}
        if condition in ("flavors", "ingredients", "withoutIngredients"):
            for member in value:
                less = rest | {condition: [other for other in value if other != member]}
                gains["FILTER", member, condition] = opened(
                    person, less if less[condition] else rest
                )
        else:
            gains["FILTER", told(value), condition] = opened(person, rest)
    return gains


def people(person: Person) -> Iterator[tuple[str, str, Person]]:
    for allergy in person.allergies:
        if allergy.severity in ("MILD", "MODERATE") and not allergy.accepts_traces:
            accepted = replace(allergy, accepts_traces=True)
            allergies = tuple(
                accepted if declared is allergy else declared for declared in person.allergies
            )
            yield "TRACES", allergy.allergen, replace(person, allergies=allergies)
    for part in person.avoids:
        avoids = tuple(avoid for avoid in person.avoids if avoid != part)
        yield "AVOIDED_INGREDIENT", part, replace(person, avoids=avoids)
    for diet in person.diets:
        yield "DIET", diet, replace(person, diets=tuple(d for d in person.diets if d != diet))
    if person.max_abv is not None:
        yield "ALCOHOL_LIMIT", f"{person.max_abv:g}", replace(person, max_abv=None)
    if person.max_caffeine is not None:
        yield "CAFFEINE_LIMIT", f"{person.max_caffeine:g}", replace(person, max_caffeine=None)


def told(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(str, value))  # type: ignore[arg-type]
    return f"{value:g}" if isinstance(value, float) else str(value)


def random_filter(draw: random.Random, world: World) -> dict[str, Any]:
    ingredients = world.ids("ingredient")
    possible: dict[str, Any] = {
        "kinds": [draw.choice([kind for kind in KINDS if kind])],
        "styles": [draw.choice(sorted(STYLES))],
        "flavors": draw.sample(FLAVORS, k=2),
        "ingredients": [draw.choice(ingredients)],
        "withoutIngredients": draw.sample(ingredients, k=2),
        "maxAbv": 5.0,
        "maxCaffeineMgPer100ml": 40.0,
        "maxPrice": 5.0,
        "servedHot": draw.choice((True, False)),
        "search": "old",
    }
    return {key: possible[key] for key in draw.sample(sorted(possible), k=draw.choice((0, 1, 2)))}


@pytest.mark.parametrize(
    ("severity", "accepts", "offered"),
    [
        ("MILD", False, True),
        ("MODERATE", False, True),
        ("MILD", True, False),
        ("SEVERE", False, False),
        ("SEVERE", True, False),
        (None, False, False),
    ],
)
async def test_traces_are_never_a_choice_for_a_severe_allergy(
    graph: Graph, severity: str | None, accepts: bool, offered: bool
) -> None:
    await empty(graph)
    world = random_world(1, drinks=0, people=0)
    node = ("ingredient", "chocolate")
    world.graph.add_node(node, reviewed=True, diets_reviewed=True)
    world.graph.add_node(("allergen", "milk"))
    world.relate(node, "MAY_CONTAIN", ("allergen", "milk"))
    world.graph.add_node(("drink", "cocoa"), recipe_complete=True, abv=None, caffeine=None)
    world.relate(("drink", "cocoa"), "CONTAINS", node)
    world.people["ann"] = Person(allergies=(Allergy("milk", severity, accepts),))
    await write(world, graph)
    api = Api(graph)
    await api.start()
    before = await profile(graph)
    answer = await api.ask(RELAXATIONS, "ann", first=10)
    shown = [(item["kind"], item["text"]) for item in answer["items"]]
    assert shown == ([("TRACES", "1 more drink if you accept traces of milk")] if offered else [])
    assert await profile(graph) == before


async def profile(graph: Graph) -> list[dict[str, Any]]:
    return await ask(
        graph,
        "MATCH (u:User {id: 'ann'})-[r:ALLERGIC_TO]->(a:Allergen) RETURN u.version AS version, "
        "r.severity AS severity, r.acceptsTraces AS accepts, a.id AS allergen",
        "read",
    )
