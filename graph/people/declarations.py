"""What people declare about themselves: allergies, what they avoid, diets, what they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graph.connection import Graph, Row
from graph.errors import ConsentNeeded, GraphRefused, PersonMerged
from graph.outbox.entries import allergies_changed, telling
from graph.query import Query
from graph.query_files import load
from graph.safety_rule import Allergy

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


def not_merged(results: list[list[Row]]) -> None:
    """Raise PersonMerged if the first step, ADVANCE_PROFILE, met somebody who was merged."""
    if results[0][0]["mergedInto"] is not None:
        raise PersonMerged


def _may_be_kept(results: list[list[Row]]) -> None:
    """Raise what `not_merged` raises, or ConsentNeeded if the second step, MAY_KEEP, says so."""
    not_merged(results)
    if results[1] and not results[1][0]["keeps"]:
        raise ConsentNeeded


def _all_of(wanted: int, what: str) -> Callable[[list[list[Row]]], None]:
    """Refuse to commit a declaration of which a part would be lost."""

    def accept(results: list[list[Row]]) -> None:
        _may_be_kept(results)
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

    Raises PersonMerged, ConsentNeeded, or GraphRefused if the graph does not have every
    allergen. Then nothing was changed.
    """
    rows = [
        {
            "allergen": allergy.allergen,
            "severity": allergy.severity,
            "acceptsTraces": allergy.accepts_traces,
        }
        for allergy in allergies
    ]
    steps: list[Step] = [
        (ADVANCE_PROFILE, {"userId": user_id}),
        (MAY_KEEP, {"userId": user_id}),
        telling([allergies_changed(user_id)]),
        (CLEAR_ALLERGIES, {"userId": user_id}),
        (
            DECLARE_ALLERGIES,
            {"userId": user_id, "declaredAt": declared_at, "regulation": regulation},
        ),
        (ADD_ALLERGIES, {"userId": user_id, "rows": rows}),
    ]
    results = await graph.run_together(steps, accept=_all_of(len(rows), "allergens"))
    return len(results[-1])


async def declare_avoids(
    graph: Graph,
    user_id: str,
    ingredient_ids: Sequence[str],
    max_abv: float | None,
    max_caffeine: float | None,
) -> int:
    """Replace what a person avoids and their limits; return how many ingredients there are.

    Raises PersonMerged, ConsentNeeded, or GraphRefused if the graph does not have every
    ingredient. Then nothing was changed.
    """
    wanted = sorted(set(ingredient_ids))
    is_kept = bool(wanted) or max_abv is not None or max_caffeine is not None
    steps: list[Step] = [
        (ADVANCE_PROFILE, {"userId": user_id}),
        (MAY_KEEP, {"userId": user_id} if is_kept else None),
        (CLEAR_AVOIDS, {"userId": user_id}),
        (SET_LIMITS, {"userId": user_id, "maxAbv": max_abv, "maxCaffeine": max_caffeine}),
        (ADD_AVOIDS, {"userId": user_id, "ingredientIds": wanted}),
    ]
    results = await graph.run_together(steps, accept=_all_of(len(wanted), "ingredients"))
    return len(results[-1])


async def declare_diets(graph: Graph, user_id: str, diet_ids: Sequence[str]) -> int:
    """Replace the diets that a person follows; return how many there are.

    Raises PersonMerged, ConsentNeeded, or GraphRefused if the graph does not have every diet. Then
    nothing was changed.
    """
    wanted = sorted(set(diet_ids))
    steps: list[Step] = [
        (ADVANCE_PROFILE, {"userId": user_id}),
        (MAY_KEEP, {"userId": user_id} if wanted else None),
        (CLEAR_DIETS, {"userId": user_id}),
        (ADD_DIETS, {"userId": user_id, "dietIds": wanted}),
    ]
    results = await graph.run_together(steps, accept=_all_of(len(wanted), "diets"))
    return len(results[-1])


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
