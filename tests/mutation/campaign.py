"""Running the campaigns: which mutants of the masks and of the gate are noticed."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import recommend.safety.masks as masks
from graph.catalogue.entities import Catalogue
from graph.connection import Graph, Row
from graph.errors import GraphError
from graph.people.profiles import Profile
from graph.query import Query, load
from graph.safety_rule import Person, SafetyRule
from recommend.safety.gate import declared_by
from tests.mutation import cypher_mutants, python_mutants
from tests.mutation.python_mutants import Mutant
from tests.mutation.worlds import campaign_worlds, catalogue_of, is_safe, profile_of
from tests.support.emptying import empty
from tests.support.random_graphs import World, write

SAFETY_GATE = load("recommend/safety_gate")
DECLARED_GATE = load("recommend/declared_gate")
WORLDS = 60


def mask_mutants() -> list[Mutant]:
    """Return all mutants of the masks."""
    return list(python_mutants.mutants(inspect.getsource(masks)))


Agrees = Callable[[Graph, Query, World], Awaitable[bool]]


@dataclass(frozen=True)
class MaskCase:
    """One world as the masks see it, and what the rule says of it."""

    catalogue: Catalogue
    profiles: tuple[Profile, ...]
    verdicts: Mapping[str, tuple[str, ...]]
    allowed: tuple[list[bool], ...]


def mask_case(world: World) -> MaskCase:
    """Return a world with what the rule says of it."""
    catalogue, rule = catalogue_of(world), SafetyRule(world.graph)
    drinks = [one.id for one in catalogue.drinks]
    return MaskCase(
        catalogue,
        tuple(profile_of(name, person) for name, person in world.people.items()),
        {
            allergen: tuple(rule.verdict(drink, allergen).value for drink in drinks)
            for allergen in world.ids("allergen")
        },
        tuple(
            [is_safe(rule, world, person, drink) for drink in drinks]
            for person in world.people.values()
        ),
    )


def surviving_masks(mutants: Sequence[Mutant], worlds: int = WORLDS) -> list[Mutant]:
    """Return the mutants of the masks that agree with the rule on every world."""
    cases = [mask_case(world) for world in campaign_worlds(worlds)]
    return [one for one in mutants if _agrees_everywhere(one, cases)]


def _agrees_everywhere(mutant: Mutant, cases: Sequence[MaskCase]) -> bool:
    try:
        module = python_mutants.loaded(mutant, masks)
        return all(masks_agree(module, case) for case in cases)
    except Exception:
        return False  # it broke: a request would have failed, and offered nothing


def masks_agree(module: ModuleType, case: MaskCase) -> bool:
    """Return whether a masks module says what the rule says."""
    found = module.Masks(case.catalogue)
    verdicts = {
        allergen: tuple(module.VERDICTS[code] for code in found.codes[place])
        for allergen, place in found.tree.position.items()
    }
    allowed = tuple(found.allowed(one).tolist() for one in case.profiles)
    return verdicts == case.verdicts and allowed == case.allowed


async def surviving_gates(
    graph: Graph, gate: Query, agrees: Agrees, mutants: Sequence[Mutant], worlds: int = WORLDS
) -> list[Mutant]:
    """Return the mutants of a gate that agree with the rule on every world of this engine."""
    alive = list(mutants)
    for world in campaign_worlds(worlds):
        await empty(graph)
        await write(world, graph)
        alive = [
            one
            for one in alive
            if await _passes(agrees, graph, cypher_mutants.changed(gate, one), world)
        ]
    return alive


async def _passes(agrees: Agrees, graph: Graph, gate: Query, world: World) -> bool:
    try:
        return await agrees(graph, gate, world)
    except (GraphError, TypeError):
        return False  # the engine refused it: a request would have failed, and offered nothing


async def gate_agrees(graph: Graph, gate: Query, world: World) -> bool:
    """Return whether a gate query says what the rule says, of everybody and of a stranger."""
    drinks, rule = world.ids("drink"), SafetyRule(world.graph)
    for name, person in [*_people(world), ("a stranger", Person())]:
        rows = await graph.run(gate, userId=name, drinkIds=[*drinks, "no-such-drink"])
        found = [_comparable(row) for row in rows]
        if found != [_expected(world, rule, name, person, drink) for drink in drinks]:
            return False
    return True


async def declared_gate_agrees(graph: Graph, gate: Query, world: World) -> bool:
    """Return whether a query for people who are described says what the rule says of them."""
    drinks, rule = world.ids("drink"), SafetyRule(world.graph)
    people = [replace(one, unresolved=()) for one in world.people.values()]
    people += [Person(avoids=("moon-milk",)), Person()]
    described = [_briefly(declared_by(profile_of("", one))) for one in people]
    rows = await graph.run(gate, people=described, drinkIds=[*drinks, "no-such-drink"])
    return [_comparable(row) for row in rows] == [
        _described(world, rule, place, person, drink)
        for place, person in enumerate(people)
        for drink in drinks
    ]


def _briefly(described: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says no: traces that are not said to be accepted are not."""
    for allergy in described["allergies"]:
        if not allergy["tracesAccepted"]:
            del allergy["tracesAccepted"]
    return described


def _described(world: World, rule: SafetyRule, place: int, person: Person, drink: str) -> Row:
    there = {name for _, name in world.graph.nodes}
    expected = _expected(world, rule, "", person, drink)
    unknown = {
        one.allergen: ("UNKNOWN", one.traces_accepted)
        for one in person.allergies
        if one.allergen not in there
    }
    return {
        **expected,
        "place": place,
        "safe": is_safe(rule, world, person, drink) and there.issuperset(person.avoids),
        "verdicts": expected["verdicts"] | unknown,
        "declared": True,
        "profileVersion": 0,
    }


def _people(world: World) -> list[tuple[str, Person]]:
    """Return the people whom a graph can hold: it has all that they declared."""
    known = {name for _, name in world.graph.nodes}
    return [
        (name, person)
        for name, person in world.people.items()
        if known.issuperset({*(one.allergen for one in person.allergies), *person.diets})
    ]


def _comparable(row: Row) -> Row:
    verdicts = {one["allergen"]: (one["verdict"], one["tracesAccepted"]) for one in row["verdicts"]}
    sets = {"avoided": set(row["avoided"]), "unsuitedDiets": set(row["unsuitedDiets"])}
    return {**row, **sets, "verdicts": verdicts}


def _expected(world: World, rule: SafetyRule, name: str, person: Person, drink: str) -> Row:
    parts = {part for _, part in rule.parts(drink)}
    return {
        "drinkId": drink,
        "safe": rule.is_safe(person, drink),
        "declared": name in world.declared or bool(person.allergies),
        "known": rule.is_known(drink),
        "verdicts": {
            one.allergen: (rule.verdict(drink, one.allergen).value, one.traces_accepted)
            for one in person.allergies
        },
        "avoided": parts & set(person.avoids),
        "unsuitedDiets": {one for one in person.diets if not rule.suits(drink, one)},
        "profileVersion": 1 if name in world.people else 0,
        "catalogueVersion": 1,
    }


GATES: Mapping[str, tuple[Query, Agrees]] = {
    "safety_gate": (SAFETY_GATE, gate_agrees),
    "declared_gate": (DECLARED_GATE, declared_gate_agrees),
}
