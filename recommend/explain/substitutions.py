"""Swaps: what to replace in a drink that is not safe for a person, so that it becomes safe.

The graph says what can replace what, and judges every resulting recipe. A swap is
about the drink made with its replacements; the drink itself stays unsafe.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from graph.catalogue.substitutes import (
    RecipePart,
    Substitute,
    SubstituteCandidate,
    SubstituteCandidates,
    SubstituteProposal,
    SwapRecipe,
    load_candidates,
)
from graph.connection import Graph
from graph.verdicts.gate import GateAnswer, RecipeChange, ask_changes, ask_gate, described_as

MOST_SUBSTITUTES = 16  # for one ingredient; the best ones, before they are judged


class NoSwap(Enum):
    """Why a drink has no swap for a person."""

    NOTHING_TO_SWAP = "NOTHING_TO_SWAP"
    RECIPE_UNKNOWN = "RECIPE_UNKNOWN"
    LIMIT = "LIMIT"
    DRINK_EVIDENCE = "DRINK_EVIDENCE"
    NO_SUBSTITUTE = "NO_SUBSTITUTE"


@dataclass(frozen=True, slots=True)
class Replacement:
    """One change of a recipe: a part, and its replacement; None leaves it out."""

    part: RecipePart
    by: Substitute | None


@dataclass(frozen=True)
class Swap:
    """Replacements that together make a drink safe, and what the graph said about the result."""

    replacements: tuple[Replacement, ...]
    safety: GateAnswer


@dataclass(frozen=True)
class Swaps:
    """The swaps of one drink for one person, best first; `at_fault` are the unsafe parts.

    Without a swap, `reason` says why, and `unreplaced` which parts nothing safe can replace.
    """

    drink: GateAnswer | None
    items: tuple[Swap, ...] = ()
    at_fault: tuple[RecipePart, ...] = ()
    unreplaced: tuple[RecipePart, ...] = ()
    reason: NoSwap | None = None


async def find_swaps(
    graph: Graph, user_id: str, drink_id: str, first: int, alike: Sequence[SubstituteProposal] = ()
) -> Swaps:
    """Return up to `first` ways to make a drink that are safe for a person.

    `alike` are proposed beside what the graph knows, and judged by it like the rest.
    Every part at fault is replaced, or left out if the recipe calls it optional and nothing safe
    replaces it. The first swap takes the best substitute of each, the second the next best, and so
    on. Raises a GraphError if the graph fails.
    """
    answer = (await ask_gate(graph, user_id, [drink_id])).get(drink_id)
    if answer is None or answer.safe:
        return Swaps(answer, reason=NoSwap.NOTHING_TO_SWAP)
    person = await described_as(graph, user_id)
    candidates = await load_candidates(graph, person, drink_id, alike)
    if reason := _beyond_mending(candidates.recipe):
        return Swaps(answer, reason=reason)
    parts = candidates.recipe.parts
    substitutes = _ranked(candidates)
    harmless = await _harmless(graph, user_id, drink_id, parts, substitutes)
    at_fault = tuple(part for part in parts if part.id not in harmless)
    choices = {part: _choices(part, substitutes[part.id], harmless) for part in at_fault}
    swaps = await _combined(graph, user_id, drink_id, choices, first)
    if swaps:
        return Swaps(answer, swaps, at_fault)
    # parts that could only be left out count too: else nothing might be left in the glass
    unreplaced = tuple(part for part in at_fault if not any(choices[part]))
    own_evidence = candidates.recipe.own_evidence
    reason = NoSwap.DRINK_EVIDENCE if own_evidence else NoSwap.NO_SUBSTITUTE
    return Swaps(answer, (), at_fault, unreplaced, reason)


def _beyond_mending(recipe: SwapRecipe) -> NoSwap | None:
    if not recipe.parts or not recipe.complete:
        return NoSwap.RECIPE_UNKNOWN
    return NoSwap.LIMIT if recipe.limited else None


def _ranked(candidates: SubstituteCandidates) -> dict[str, list[Substitute]]:
    """Return each part's substitutes: those stated for the nearest group, the similar, the alike.

    Of the stated and the similar ones, those that share more flavors and are used more in drinks of
    the kind come first.
    """
    nearest: dict[str, int] = {}
    for candidate in candidates.stated:
        steps = nearest.get(candidate.ingredient_id, candidate.steps)
        nearest[candidate.ingredient_id] = min(steps, candidate.steps)
    close = [
        candidate
        for candidate in candidates.stated
        if candidate.steps == nearest[candidate.ingredient_id]
    ]
    in_recipe = {part.id for part in candidates.recipe.parts}
    by_part: dict[str, dict[str, Substitute]] = defaultdict(dict)
    ordered = [*_best_first(close), *_best_first(candidates.kindred), *candidates.alike]
    for candidate in ordered:
        substitute = candidate.substitute
        if substitute.id not in in_recipe:
            by_part[candidate.ingredient_id].setdefault(substitute.id, substitute)
    return {id_: list(by_part[id_].values())[:MOST_SUBSTITUTES] for id_ in in_recipe}


def _best_first(candidates: Iterable[SubstituteCandidate]) -> list[SubstituteCandidate]:
    return sorted(
        candidates,
        key=lambda candidate: (
            -len(candidate.substitute.flavors),
            -candidate.drinks,
            candidate.substitute.id,
        ),
    )


async def _harmless(
    graph: Graph,
    user_id: str,
    drink_id: str,
    parts: Sequence[RecipePart],
    substitutes: dict[str, list[Substitute]],
) -> set[str]:
    """Return the parts and substitutes that would each be safe as the only part of the drink.

    The rule asks the same of every part, so a recipe of harmless parts is safe.
    """
    every = tuple(part.id for part in parts)
    asked = sorted(
        {*every, *(substitute.id for them in substitutes.values() for substitute in them)}
    )
    answers = await ask_changes(
        graph, user_id, drink_id, [RecipeChange(every, (id_,)) for id_ in asked]
    )
    return {id_ for id_, answer in zip(asked, answers, strict=True) if answer and answer.safe}


def _choices(
    part: RecipePart, substitutes: Sequence[Substitute], harmless: set[str]
) -> list[Substitute | None]:
    choices: list[Substitute | None] = [
        substitute for substitute in substitutes if substitute.id in harmless
    ]
    return choices or ([None] if part.optional else [])


async def _combined(
    graph: Graph,
    user_id: str,
    drink_id: str,
    choices: dict[RecipePart, list[Substitute | None]],
    first: int,
) -> tuple[Swap, ...]:
    if not choices or not all(choices.values()):
        return ()
    longest = min(first, max(len(choice) for choice in choices.values()))
    combinations = [
        tuple(Replacement(part, them[min(number, len(them) - 1)]) for part, them in choices.items())
        for number in range(longest)
    ]
    answers = await ask_changes(
        graph, user_id, drink_id, [_change(combination) for combination in combinations]
    )
    return tuple(
        Swap(replacements, answer)
        for replacements, answer in zip(combinations, answers, strict=True)
        if answer and answer.safe
    )


def _change(replacements: Iterable[Replacement]) -> RecipeChange:
    listed = list(replacements)
    return RecipeChange(
        taken=tuple(replacement.part.id for replacement in listed),
        added=tuple(dict.fromkeys(replacement.by.id for replacement in listed if replacement.by)),
    )
