"""What the gate is asked about a world, and what the rule says to it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graph.connection import Graph, Row
from graph.query import Query
from graph.safety_rule import Person, SafetyRule
from graph.verdicts.declarations import Declaration
from graph.verdicts.gate import asked_for
from tests.mutation.worlds import is_safe, profile_of
from tests.support.random_graphs import World
from tests.support.swapping import MADE, made_with

Case = tuple[Row, list[Row]]  # an ask, and the rows that answer it


async def gate_agrees(graph: Graph, gate: Query, world: World) -> bool:
    """Return whether the gate says what the rule says: of everybody, asked about in one query."""
    cases = [*known_people(world), *described_people(world), *changed_drinks(world)]
    rows = await graph.run(gate, asks=[ask for ask, _ in cases])
    return [_comparable(row) for row in rows] == [
        {"ask": place, **row} for place, (_, expected) in enumerate(cases) for row in expected
    ]


async def declarations_agree(graph: Graph, declarations: Query, world: World) -> bool:
    """Return whether a query says what the people of a world declare, and of a stranger nothing."""
    people = [*_people(world), ("", Person()), ("a stranger", Person())]
    rows = await graph.run(declarations, userIds=[name for name, _ in people])
    said = {row["userId"]: (row, Declaration.of(row, declared=row["declared"])) for row in rows}
    return len(rows) == len(people) and all(
        (row["understood"], row["profileVersion"], row["catalogueVersion"], row["declared"])
        == (
            not person.unresolved and name not in world.sealed,
            int(name in world.people),
            1,
            name in world.declared,
        )
        and row["unresolved"] == list(person.unresolved)
        and row["sealed"] == (["b25l"] if name in world.sealed else [])
        and declaration == _declaration(person, declared=name in world.declared)
        for name, person in people
        for row, declaration in [said[name]]
    )


def _declaration(person: Person, *, declared: bool) -> Declaration:
    return Declaration.of(asked_for(profile_of("", person)), declared=declared)


def known_people(world: World) -> Iterator[Case]:
    """Yield the people of a world, a stranger and nobody, each with all drinks."""
    rule, drinks = SafetyRule(world.graph), world.ids("drink")
    for name, person in [*_people(world), ("a stranger", Person()), (None, Person())]:
        ask = {**asked_for(name), "drinks": [*drinks, "no-such-drink"]}
        yield ask, [known_row(world, rule, name, person, drink) for drink in drinks]
    # what was opened of somebody, and not all of it understood
    ask = {**asked_for(profile_of("", Person())), "understood": False, "drinks": drinks}
    rows = [described_row(world, rule, None, Person(), drink) for drink in drinks]
    yield ask, [{**row, "safe": False} for row in rows]


def described_people(world: World) -> Iterator[Case]:
    """Yield people who are described, and some who are known and described."""
    people = [replace(person, unresolved=()) for person in world.people.values()]
    people += [Person(avoids=("moon-milk",)), Person()]
    rule, drinks = SafetyRule(world.graph), world.ids("drink")
    for person in people:
        ask = {**_briefly(asked_for(profile_of("", person))), "drinks": drinks}
        yield ask, [described_row(world, rule, None, person, drink) for drink in drinks]
    for (name, profile), person in zip(_people(world), people[1:], strict=False):
        ask = {**asked_for(name), **_briefly(asked_for(profile_of("", person))), "drinks": drinks}
        both = _both(profile, person)
        yield ask, [described_row(world, rule, name, both, drink) for drink in drinks]


def changed_drinks(world: World) -> Iterator[Case]:
    """Yield known people with drinks made with changed recipes."""
    draw = random.Random(str(world.ids("drink")))
    parts = [*world.ids("ingredient"), "no-such-ingredient"]
    changes = [
        (drink, draw.sample(parts, k=draw.choice((0, 1, 2))), draw.sample(parts, k=1))
        for drink in sorted(draw.sample(world.ids("drink"), k=min(3, len(world.ids("drink")))))
    ]
    asked = [
        {"number": number, "drink": drink, "taken": taken, "added": added}
        for number, (drink, taken, added) in enumerate(changes)
    ]
    rules = [SafetyRule(made_with(world.graph, *change)) for change in changes]
    for name, person in _people(world):
        expected = [
            {**known_row(world, rule, name, person, MADE[1]), "drinkId": drink, "change": number}
            for number, (rule, (drink, _, _)) in enumerate(zip(rules, changes, strict=True))
        ]
        yield {**asked_for(name), "drinks": [], "changes": asked}, expected


def _both(one: Person, other: Person) -> Person:
    """Return somebody who is known as one person and described as another: all of it counts."""
    return Person(
        allergies=one.allergies + other.allergies,
        avoids=one.avoids + other.avoids,
        max_abv=_lower(one.max_abv, other.max_abv),
        max_caffeine=_lower(one.max_caffeine, other.max_caffeine),
        unresolved=one.unresolved,
        diets=one.diets + other.diets,
    )


def _lower(one: float | None, other: float | None) -> float | None:
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _briefly(described: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says no: traces that are not said to be accepted are not."""
    for allergy in described["allergies"]:
        if not allergy["tracesAccepted"]:
            del allergy["tracesAccepted"]
    return described


def described_row(
    world: World, rule: SafetyRule, name: str | None, person: Person, drink: str
) -> Row:
    """Return what the rule says of a drink for somebody who is described."""
    there = {id_ for _, id_ in world.graph.nodes}
    expected = known_row(world, rule, name, person, drink)
    unknown = {
        allergy.allergen: ("UNKNOWN", allergy.traces_accepted)
        for allergy in person.allergies
        if allergy.allergen not in there
    }
    return {
        **expected,
        "safe": is_safe(rule, world, person, drink)
        and there.issuperset(person.avoids)
        and name not in world.sealed,
        "verdicts": expected["verdicts"] | unknown,
        "declared": True,
    }


def _people(world: World) -> list[tuple[str, Person]]:
    """Return the people whom a graph can hold: it has all that they declared."""
    known = {name for _, name in world.graph.nodes}
    return [
        (name, person)
        for name, person in world.people.items()
        if known.issuperset({*(allergy.allergen for allergy in person.allergies), *person.diets})
    ]


def _comparable(row: Row) -> Row:
    verdicts = {
        verdict["allergen"]: (verdict["verdict"], verdict["tracesAccepted"])
        for verdict in row["verdicts"]
    }
    sets = {"avoided": set(row["avoided"]), "unsuitedDiets": set(row["unsuitedDiets"])}
    return {**row, **sets, "verdicts": verdicts}


def known_row(world: World, rule: SafetyRule, name: str | None, person: Person, drink: str) -> Row:
    """Return what the rule says of a drink for somebody whom the graph knows."""
    parts = {part for _, part in rule.parts(drink)}
    return {
        "drinkId": drink,
        "change": None,
        "safe": rule.is_safe(person, drink) and name not in world.sealed,
        "sealed": name in world.sealed,
        "declared": name in world.declared or bool(person.allergies),
        "known": rule.is_known(drink),
        "verdicts": {
            allergy.allergen: (rule.verdict(drink, allergy.allergen).value, allergy.traces_accepted)
            for allergy in person.allergies
        },
        "avoided": parts & set(person.avoids),
        "unsuitedDiets": {diet for diet in person.diets if not rule.suits(drink, diet)},
        "profileVersion": 1 if name in world.people else 0,
        "catalogueVersion": 1,
    }
