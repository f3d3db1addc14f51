"""Running the campaigns: which mutants of the masks and of the gate are noticed."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from unittest.mock import patch

import recommend.safety.masks as masks
from graph.catalogue.entities import Catalogue
from graph.connection import Graph
from graph.errors import GraphError
from graph.people.profiles import Profile
from graph.query import Query
from graph.safety_rule import SafetyRule
from graph.verdicts import confirmed_gate, declarations, kept_answers, served_checks
from graph.verdicts.confirmed_gate import ConfirmedGate
from graph.verdicts.gate import SAFETY_GATE
from tests.mutation import python_mutants
from tests.mutation.cypher_mutants import changed
from tests.mutation.gate_cases import gate_agrees
from tests.mutation.kept_stories import GateClass, comparable, told
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


KEPT_MODULES = (declarations, kept_answers, served_checks, confirmed_gate)
STORIES = 24


def kept_mutants() -> list[tuple[ModuleType, Mutant]]:
    """Return all mutants of the modules that keep answers of the gate, and confirm them."""
    return [
        (module, mutant)
        for module in KEPT_MODULES
        for mutant in python_mutants.mutants(inspect.getsource(module))
    ]


async def surviving_kept(
    made: Sequence[tuple[ModuleType, Mutant]], stories: int = STORIES
) -> list[Mutant]:
    """Return the mutants that do in every story what the modules themselves do."""
    expected = [comparable((await told(seed, ConfirmedGate)).trace) for seed in range(stories)]
    return [
        mutant
        for module, mutant in made
        if await _tells_the_same(_gate_with(module, mutant), expected)
    ]


async def _tells_the_same(gate: Callable[[], GateClass], expected: Sequence[list[str]]) -> bool:
    try:
        made = gate()
        for seed, trace in enumerate(expected):
            async with asyncio.timeout(10):
                if comparable((await told(seed, made)).trace) != trace:
                    return False
    except (Exception, asyncio.CancelledError):
        return False  # it broke: a request would have failed, and offered nothing
    return True


def _gate_with(changed_module: ModuleType, mutant: Mutant) -> Callable[[], GateClass]:
    """Return what loads the gate anew, with one of its modules as the mutant has it."""

    def load() -> GateClass:
        with patch.dict(sys.modules):
            for module in KEPT_MODULES:  # each after those that it takes from
                as_it_is = Mutant("", "", inspect.getsource(module))
                text = mutant if module is changed_module else as_it_is
                sys.modules[module.__name__] = python_mutants.loaded(text, module)
            return sys.modules[confirmed_gate.__name__].ConfirmedGate

    return load


async def surviving_gates(
    graph: Graph, mutants: Sequence[Mutant], worlds: int = WORLDS
) -> list[Mutant]:
    """Return the mutants of the gate that agree with the rule on every world of this engine."""
    alive = list(mutants)
    for world in campaign_worlds(worlds):
        await empty(graph)
        await write(world, graph)
        alive = [
            mutant
            for mutant in alive
            if await passes(gate_agrees, graph, changed(SAFETY_GATE, mutant), world)
        ]
    return alive


async def passes(
    agrees: Callable[[Graph, Query, World], Awaitable[bool]],
    graph: Graph,
    query: Query,
    world: World,
) -> bool:
    """Return whether a query agrees with the rule; one that the engine refuses does not."""
    try:
        return await agrees(graph, query, world)
    except (GraphError, TypeError):
        return False  # the engine refused it: a request would have failed, and offered nothing
