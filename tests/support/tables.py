"""Requests at a table: guests who are described, pairings, and everything that moves an order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graph.safety_rule import Person, SafetyRule
from tests.support.expectations import person_of
from tests.support.random_graphs import World
from tests.support.random_offers import FLAVORS, KINDS, STYLES, WORDS

GROUP = """
query ($guests: [GuestInput!]!, $first: Int!, $filter: DrinkFilter, $diversity: Float! = 0) {
  answer: groupRecommendations(
    guests: $guests, first: $first, filter: $filter, diversity: $diversity
  ) { __typename
    ... on GroupRecommendations { items {
      rank score drink { id } people { name relevance safety { status } } } }
    ... on Failure { message advice } } }"""

PAIRING = """
query ($drinkId: ID, $foods: [String!], $first: Int!, $filter: DrinkFilter) {
  answer: pairing(drinkId: $drinkId, foods: $foods, first: $first, filter: $filter) { __typename
    ... on Pairings { items {
      rank score drink { id } sharedFlavors { id } sentence safety { status } } }
    ... on Failure { message advice } } }"""

TABLES = {"groupRecommendations": GROUP, "pairing": PAIRING}


def guest_of(person: Person, name: str = "guest") -> dict[str, Any]:
    """Somebody as a request describes them; what an import did not understand cannot be said."""
    return {
        "name": name,
        "allergies": [
            {
                "allergenId": allergy.allergen,
                "severity": allergy.severity,
                "acceptsTraces": allergy.accepts_traces,
            }
            for allergy in person.allergies
        ],
        "avoids": list(person.avoids),
        "diets": list(person.diets),
        "maxAbv": person.max_abv,
        "maxCaffeineMgPer100ml": person.max_caffeine,
    }


def random_guests(draw: random.Random, world: World) -> tuple[list[dict[str, Any]], list[Person]]:
    """Some guests as a request describes them, and as the rule's model knows them."""
    known = [replace(world.people[person], unresolved=()) for person in sorted(world.people)]
    people = [draw.choice(known) for _ in range(draw.choice((1, 1, 2, 3)))]
    guests = [guest_of(person, f"guest-{number}") for number, person in enumerate(people)]
    for guest in guests:
        if draw.random() < 0.4:
            guest["likes"] = {"flavors": [draw.choice(FLAVORS)], "styles": [draw.choice([*STYLES])]}
    return guests, people


def safe_for_all(world: World, people: Sequence[Person], drinks: set[str]) -> set[str]:
    """Those of the drinks that are safe for each of some people."""
    rule = SafetyRule(world.graph)
    return {drink for drink in drinks if all(rule.is_safe(person, drink) for person in people)}


def has_declared(world: World, user: str | None) -> bool:
    return user in world.declared or bool(person_of(world, user).allergies)


def flavors_of(world: World, drink: str) -> set[str]:
    return set(world.graph.nodes["drink", drink]["flavors"])


def random_controls(draw: random.Random, path: str) -> dict[str, Any]:
    """Everything that may move drinks; not all of it on other paths than recommendations."""
    boosts = [
        {"attribute": "STYLE", "id": draw.choice(sorted(STYLES)), "factor": draw.choice((0.1, 5))},
        {"attribute": "FLAVOR", "id": draw.choice(FLAVORS), "factor": draw.choice((0.5, 10))},
    ]
    possible: dict[str, Any] = {"diversity": draw.choice((0.2, 0.8, 1.0))}
    if path != "groupRecommendations":
        possible["boosts"] = boosts
    if path == "recommendations":
        possible |= {"rotation": draw.choice((0.3, 1.0)), "minimumRelevance": draw.choice((0, 0.6))}
    names = draw.sample(sorted(possible), k=draw.randint(1, len(possible)))
    return {name: possible[name] for name in names}


def random_filter(draw: random.Random, world: World, depth: int = 0) -> dict[str, Any]:
    """A condition or two, and now and then filters within filters."""
    ingredients = world.ids("ingredient")
    possible: dict[str, Any] = {
        "kinds": draw.sample([kind for kind in KINDS if kind], k=2),
        "styles": [draw.choice(sorted(STYLES))],
        "flavors": [draw.choice(FLAVORS)],
        "ingredients": [draw.choice(ingredients)],
        "withoutIngredients": draw.sample(ingredients, k=2),
        "maxAbv": draw.choice((0.0, 5.0)),
        "minAbv": draw.choice((5.0, 10.0)),
        "maxCaffeineMgPer100ml": draw.choice((0.0, 40.0)),
        "maxPrice": draw.choice((3.0, 5.0)),
        "servedHot": draw.choice((True, False)),
        "search": draw.choice((draw.choice(WORDS).upper(), "old fizz", "style-1", "no such")),
    }
    if depth < 2:
        some = [random_filter(draw, world, depth + 1) for _ in range(2)]
        possible |= {"any": some, "all": some, "not": some[0]}
    return {key: possible[key] for key in draw.sample(sorted(possible), k=draw.choice((1, 1, 2)))}
