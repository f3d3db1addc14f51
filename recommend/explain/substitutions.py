"""Swaps: what to replace in a drink that is not safe for a person, so that it becomes safe.

The graph says what can replace what, and judges every resulting recipe. A swap is
about the drink made with its replacements; the drink itself stays unsafe.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from graph.connection import Graph, Row
from graph.query import load
from recommend.safety.gate import Change, GateAnswer, ask_changes, ask_gate

SWAP_RECIPE = load("recommend/swap_recipe")
STATED_SUBSTITUTES = load("recommend/stated_substitutes")
KINDRED_SUBSTITUTES = load("recommend/kindred_substitutes")

MOST_SUBSTITUTES = 16  # for one ingredient; the best ones, before they are judged


class NoSwap(Enum):
    """Why a drink has no swap for a person."""

    NOTHING_TO_SWAP = "NOTHING_TO_SWAP"
    RECIPE_UNKNOWN = "RECIPE_UNKNOWN"
    LIMIT = "LIMIT"
    DRINK_EVIDENCE = "DRINK_EVIDENCE"
    NO_SUBSTITUTE = "NO_SUBSTITUTE"


@dataclass(frozen=True, slots=True)
class Part:
    """An ingredient of a recipe."""

    id: str
    name: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Substitute:
    """What may replace a part, and how the graph knows.

    `about` is the ingredient or group it is stated for, or the group that both belong to;
    only what is stated has a source.
    """

    id: str
    name: str
    about: str
    flavors: tuple[str, ...] = ()
    note: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """One change of a recipe: a part, and its replacement; None leaves it out."""

    part: Part
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
    at_fault: tuple[Part, ...] = ()
    unreplaced: tuple[Part, ...] = ()
    reason: NoSwap | None = None


async def find_swaps(graph: Graph, user_id: str, drink_id: str, first: int) -> Swaps:
    """Return up to `first` ways to make a drink that are safe for a person.

    Every part at fault is replaced, or left out if the recipe calls it optional and nothing safe
    replaces it. The first swap takes the best substitute of each, the second the next best, and so
    on. Raises a GraphError if the graph fails.
    """
    answer = (await ask_gate(graph, user_id, [drink_id])).get(drink_id)
    if answer is None or answer.safe:
        return Swaps(answer, reason=NoSwap.NOTHING_TO_SWAP)
    rows, stated, kindred = await graph.run_together(
        [
            (SWAP_RECIPE, {"userId": user_id, "drinkId": drink_id}),
            (STATED_SUBSTITUTES, {"drinkId": drink_id}),
            (KINDRED_SUBSTITUTES, {"drinkId": drink_id}),
        ]
    )
    if reason := _beyond_mending(rows):
        return Swaps(answer, reason=reason)
    parts = [Part(row["ingredientId"], row["name"], row["optional"]) for row in rows]
    substitutes = _ranked(parts, stated, kindred)
    harmless = await _harmless(graph, user_id, drink_id, parts, substitutes)
    at_fault = tuple(part for part in parts if part.id not in harmless)
    choices = {part: _choices(part, substitutes[part.id], harmless) for part in at_fault}
    swaps = await _combined(graph, user_id, drink_id, choices, first)
    if swaps:
        return Swaps(answer, swaps, at_fault)
    # parts that could only be left out count too: else nothing might be left in the glass
    unreplaced = tuple(part for part in at_fault if not any(choices[part]))
    own = rows[0]["ownEvidence"]
    reason = NoSwap.DRINK_EVIDENCE if own else NoSwap.NO_SUBSTITUTE
    return Swaps(answer, (), at_fault, unreplaced, reason)


def _beyond_mending(rows: Sequence[Row]) -> NoSwap | None:
    if not rows or rows[0]["ingredientId"] is None or not rows[0]["recipeComplete"]:
        return NoSwap.RECIPE_UNKNOWN
    return NoSwap.LIMIT if rows[0]["limited"] else None


def _ranked(
    parts: Sequence[Part], stated: Sequence[Row], kindred: Sequence[Row]
) -> dict[str, list[Substitute]]:
    """Return each part's substitutes: those stated for the nearest group, then the similar ones.

    Within these, those that share more flavors and are used more in drinks of the kind come first.
    """
    nearest: dict[str, int] = {}
    for row in stated:
        steps = nearest.get(row["ingredientId"], row["steps"])
        nearest[row["ingredientId"]] = min(steps, row["steps"])
    close = [row for row in stated if row["steps"] == nearest[row["ingredientId"]]]
    in_recipe = {part.id for part in parts}
    by_part: dict[str, dict[str, Substitute]] = defaultdict(dict)
    for row in [*_best_first(close), *_best_first(kindred)]:
        if row["substituteId"] not in in_recipe:
            by_part[row["ingredientId"]].setdefault(row["substituteId"], _substitute(row))
    return {part.id: list(by_part[part.id].values())[:MOST_SUBSTITUTES] for part in parts}


def _best_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(
        rows, key=lambda row: (-len(set(row["flavors"])), -row["drinks"], row["substituteId"])
    )


def _substitute(row: Row) -> Substitute:
    return Substitute(
        id=row["substituteId"],
        name=row["name"] or row["substituteId"],
        about=row["about"],
        flavors=tuple(sorted(set(row["flavors"]))),
        note=row.get("note"),
        source=row.get("source"),
    )


async def _harmless(
    graph: Graph,
    user_id: str,
    drink_id: str,
    parts: Sequence[Part],
    substitutes: dict[str, list[Substitute]],
) -> set[str]:
    """Return the parts and substitutes that would each be safe as the only part of the drink.

    The rule asks the same of every part, so a recipe of harmless parts is safe.
    """
    every = tuple(part.id for part in parts)
    asked = sorted(
        {*every, *(substitute.id for them in substitutes.values() for substitute in them)}
    )
    answers = await ask_changes(graph, user_id, drink_id, [Change(every, (id_,)) for id_ in asked])
    return {id_ for id_, answer in zip(asked, answers, strict=True) if answer and answer.safe}


def _choices(
    part: Part, substitutes: Sequence[Substitute], harmless: set[str]
) -> list[Substitute | None]:
    choices: list[Substitute | None] = [
        substitute for substitute in substitutes if substitute.id in harmless
    ]
    return choices or ([None] if part.optional else [])


async def _combined(
    graph: Graph,
    user_id: str,
    drink_id: str,
    choices: dict[Part, list[Substitute | None]],
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


def _change(replacements: Iterable[Replacement]) -> Change:
    listed = list(replacements)
    return Change(
        taken=tuple(replacement.part.id for replacement in listed),
        added=tuple(dict.fromkeys(replacement.by.id for replacement in listed if replacement.by)),
    )
