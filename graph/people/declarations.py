"""What people declare about themselves: allergies, what they avoid, diets, what they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graph.connection import Graph, Row
from graph.errors import ConsentNeeded, GraphRefused, PersonMerged, ProfileSealed
from graph.outbox.entries import allergies_changed, telling
from graph.people.sealing_profiles import Named, changing_sealed, existing, settled
from graph.query import Query
from graph.query_files import load
from graph.safety_rule import Allergy
from graph.sealing.profiles import State
from graph.sealing.sealing import NO_KEYS

ADVANCE_PROFILE = load("people/advance_profile")
MAY_KEEP = load("privacy/may_keep")
CLEAR_ALLERGIES = load("people/clear_allergies")
DECLARE_ALLERGIES = load("people/declare_allergies")
ADD_ALLERGIES = load("people/add_allergies")
CLEAR_AVOIDS = load("people/clear_avoids")
SET_LIMITS = load("people/set_limits")
ADD_AVOIDS = load("people/add_avoids")
CLEAR_DIETS = load("people/clear_diets")
ADD_DIETS = load("people/add_diets")
CLEAR_PREFERENCES = load("people/clear_preferences")
ADD_LIKES = {
    "flavor": load("people/add_likes_of_flavors"),
    "ingredient": load("people/add_likes_of_ingredients"),
    "style": load("people/add_likes_of_styles"),
}
ADD_DISLIKES = {
    "flavor": load("people/add_dislikes_of_flavors"),
    "ingredient": load("people/add_dislikes_of_ingredients"),
    "style": load("people/add_dislikes_of_styles"),
}

Step = tuple[Query, Any]
_OF_ALLERGY = ("severity", "acceptsTraces")


def not_merged(results: list[list[Row]]) -> None:
    """Raise PersonMerged if the first step, ADVANCE_PROFILE, met somebody who was merged."""
    if results[0][0]["mergedInto"] is not None:
        raise PersonMerged


def _all_of(wanted: int, what: str, *, sealing: bool) -> Callable[[list[list[Row]]], None]:
    """Refuse to commit a declaration of which a part would be lost, or that may not be kept.

    The first step is ADVANCE_PROFILE, the second MAY_KEEP, and the last has a row for each part.
    """

    def accept(results: list[list[Row]]) -> None:
        not_merged(results)
        if results[1] and not results[1][0]["keeps"]:
            raise ConsentNeeded
        if results[0][0]["sealed"] and not sealing:
            raise ProfileSealed(NO_KEYS)
        if len(results[-1]) != wanted:
            raise GraphRefused(
                f"The graph has {len(results[-1])} of the {wanted} {what}.", "Nothing was changed."
            )

    return accept


async def declare_allergies(
    graph: Graph,
    user_id: str,
    allergies: Sequence[Allergy],
    declared_at: str,
    regulation: str | None,
) -> int:
    """Replace a person's allergies, all or none; return how many the graph now has.

    Raises PersonMerged, ConsentNeeded, ProfileSealed, or GraphRefused if the graph does not have
    every allergen. Then nothing was changed.
    """
    rows = [
        {
            "allergen": allergy.allergen,
            "severity": allergy.severity,
            "acceptsTraces": allergy.accepts_traces,
        }
        for allergy in allergies
    ]
    declared = {"declaredAt": declared_at, "regulation": regulation}
    in_the_clear: list[Step] = [
        (CLEAR_ALLERGIES, {"userId": user_id}),
        (DECLARE_ALLERGIES, {"userId": user_id, **declared}),
        (ADD_ALLERGIES, {"userId": user_id, "rows": rows}),
    ]

    def change(state: State) -> State:
        own = [
            {"id": row["allergen"], **{name: row[name] for name in _OF_ALLERGY}, "source": None}
            for row in rows
        ]
        unresolved = settled(state["unresolved"], "allergies")
        return {**state, **declared, "unresolved": unresolved, "allergies": own}

    return await _declare(
        graph,
        user_id,
        "allergens",
        [allergy.allergen for allergy in allergies],
        in_the_clear,
        change,
        [telling([allergies_changed(user_id)])],
    )


async def declare_avoids(
    graph: Graph,
    user_id: str,
    ingredient_ids: Sequence[str],
    max_abv: float | None,
    max_caffeine: float | None,
) -> int:
    """Replace what a person avoids and their limits; return how many ingredients there are.

    Raises PersonMerged, ConsentNeeded, ProfileSealed, or GraphRefused if the graph does not have
    every ingredient. Then nothing was changed.
    """
    wanted = sorted(set(ingredient_ids))
    limits = {"maxAbv": max_abv, "maxCaffeine": max_caffeine}
    is_kept = bool(wanted) or max_abv is not None or max_caffeine is not None
    in_the_clear: list[Step] = [
        (CLEAR_AVOIDS, {"userId": user_id}),
        (SET_LIMITS, {"userId": user_id, **limits}),
        (ADD_AVOIDS, {"userId": user_id, "ingredientIds": wanted}),
    ]

    def change(state: State) -> State:
        unresolved = settled(state["unresolved"], "avoids")
        return {**state, **limits, "unresolved": unresolved, "avoids": _own(wanted)}

    return await _declare(
        graph, user_id, "ingredients", wanted, in_the_clear, change, is_kept=is_kept
    )


async def declare_diets(graph: Graph, user_id: str, diet_ids: Sequence[str]) -> int:
    """Replace the diets that a person follows; return how many there are.

    Raises PersonMerged, ConsentNeeded, ProfileSealed, or GraphRefused if the graph does not have
    every diet. Then nothing was changed.
    """
    wanted = sorted(set(diet_ids))
    in_the_clear: list[Step] = [
        (CLEAR_DIETS, {"userId": user_id}),
        (ADD_DIETS, {"userId": user_id, "dietIds": wanted}),
    ]

    def change(state: State) -> State:
        unresolved = settled(state["unresolved"], "diets")
        return {**state, "unresolved": unresolved, "diets": _own(wanted)}

    return await _declare(
        graph, user_id, "diets", wanted, in_the_clear, change, is_kept=bool(wanted)
    )


async def _declare(
    graph: Graph,
    user_id: str,
    what: Named,
    wanted: Sequence[str],
    in_the_clear: Sequence[Step],
    change: Callable[[State], State],
    before: Sequence[Step] = (),
    *,
    is_kept: bool = True,
) -> int:
    """Write a declaration that names something, sealed where that is on; return how many it names.

    The last step `in_the_clear` has a row for each.
    """
    about = {"userId": user_id}
    steps: list[Step] = [
        (ADVANCE_PROFILE, about),
        (MAY_KEEP, about if is_kept else None),
        *before,
    ]
    if graph.sealing:
        steps += changing_sealed(graph.sealing, user_id, len(steps), change)
        steps.append(existing(what, wanted))
    else:
        steps += in_the_clear
    accept = _all_of(len(set(wanted)), what, sealing=graph.sealing is not None)
    results = await graph.run_together(steps, accept=accept)
    return len(results[-1])


def _own(ids: Sequence[str]) -> list[Row]:
    return [{"id": id_, "source": None} for id_ in ids]


async def declare_preferences(
    graph: Graph,
    user_id: str,
    likes: Mapping[str, Sequence[str]],
    dislikes: Mapping[str, Sequence[str]],
) -> None:
    """Replace a person's likes and dislikes, each a map from flavor, ingredient, style to ids.

    Raises PersonMerged.
    """
    steps: list[Step] = [
        (ADVANCE_PROFILE, {"userId": user_id}),
        (CLEAR_PREFERENCES, {"userId": user_id}),
    ]
    for queries, wanted in ((ADD_LIKES, likes), (ADD_DISLIKES, dislikes)):
        steps += [
            (queries[kind], {"userId": user_id, "ids": list(ids)}) for kind, ids in wanted.items()
        ]
    await graph.run_together(steps, accept=not_merged)
