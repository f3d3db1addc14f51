"""Running the campaigns: which mutants of the masks and of the gate are noticed."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import recommend.safety.masks as masks
from graph.catalogue.entities import Catalogue
from graph.connection import Graph
from graph.errors import GraphError
from graph.people.profiles import Profile
from graph.query import Query
from graph.safety_rule import SafetyRule
from graph.verdicts.gate import SAFETY_GATE
from tests.mutation import python_mutants
from tests.mutation.cypher_mutants import changed
from tests.mutation.gate_cases import gate_agrees
from tests.mutation.python_mutants import Mutant
from tests.mutation.worlds import campaign_worlds, catalogue_of, is_safe, profile_of
from tests.support.emptying import empty
from tests.support.random_graphs import World, write

WORLDS = 60


def mask_mutants() -> list[Mutant]:
    """Return all mutants of the masks."""
    return list(python_mutants.mutants(inspect.getsource(masks)))


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
    drinks = [drink.id for drink in catalogue.drinks]
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
    return [mutant for mutant in mutants if _agrees_everywhere(mutant, cases)]


def _agrees_everywhere(mutant: Mutant, cases: Sequence[MaskCase]) -> bool:
    try:
        module = python_mutants.loaded(mutant, masks)
        return all(masks_agree(module, case) for case in cases)
    except Exception:
        return False  # it broke: a request would have failed, and offered nothing


def masks_agree(module: ModuleType, case: MaskCase) -> bool:
    """Return whether a masks module says what the rule says."""
    masks = module.Masks(case.catalogue)
    verdicts = {
        allergen: tuple(module.VERDICTS[code] for code in masks.codes[place])
        for allergen, place in masks.tree.position.items()
    }
    allowed = tuple(masks.allowed(profile).tolist() for profile in case.profiles)
    return verdicts == case.verdicts and allowed == case.allowed


async def surviving_gates(
    graph: Graph, mutants: Sequence[Mutant], worlds: int = WORLDS
) -> list[Mutant]:
    """Return the mutants of the gate that agree with the rule on every world of this engine."""
    alive = list(mutants)
    for world in campaign_worlds(worlds):
        await empty(graph)
        await write(world, graph)
        alive = [
            mutant for mutant in alive if await _passes(graph, changed(SAFETY_GATE, mutant), world)
        ]
    return alive


async def _passes(graph: Graph, gate: Query, world: World) -> bool:
    try:
        return await gate_agrees(graph, gate, world)
    except (GraphError, TypeError):
        return False  # the engine refused it: a request would have failed, and offered nothing
