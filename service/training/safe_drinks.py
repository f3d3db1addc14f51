"""Which drinks are safe for people with several allergies, for the gate that judges a model.

Read when a model is measured, never by the training: the gate gets masks, without their reasons.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from embeddings.data.dataset import BoolArray
from graph.catalogue.entities import Catalogue, load_catalogue
from graph.connection import Graph, Row
from graph.people.profiles import Profile
from graph.query import load
from graph.safety_rule import Allergy
from recommend.safety.masks import Masks

PEOPLE_WITH_ALLERGIES = load("people/people_with_allergies")

MOST_PEOPLE = 1_000
SECONDS = 60.0


async def safe_drinks(
    graph: Graph, drinks: Sequence[str], fewest_allergies: int
) -> dict[str, BoolArray]:
    """Return which of `drinks` are safe, bool [drinks], by the id of each person.

    These are people who declared at least that many allergies, a thousand at most; what else they
    declared counts too. A drink that is no longer in the catalogue is safe for nobody.
    """
    rows = await graph.run(
        PEOPLE_WITH_ALLERGIES, fewest=fewest_allergies, most=MOST_PEOPLE, deadline=SECONDS
    )
    if not rows:
        return {}
    catalogue = await load_catalogue(graph)
    return await asyncio.to_thread(_safe, catalogue, [_profile(row) for row in rows], drinks)


def _safe(
    catalogue: Catalogue, people: Sequence[Profile], drinks: Sequence[str]
) -> dict[str, BoolArray]:
    masks = Masks(catalogue)
    # a missing drink points to the last position, which is added below and never safe
    places = np.array([catalogue.row_of.get(drink, -1) for drink in drinks], dtype=np.int64)
    mask_of: dict[object, BoolArray] = {}
    safe: dict[str, BoolArray] = {}
    for profile in people:
        limits = profile.limits
        if limits not in mask_of:
            mask_of[limits] = np.append(masks.allowed(profile), False)[places]
        safe[profile.user_id] = mask_of[limits]
    return safe


def _profile(row: Row) -> Profile:
    allergies = (
        Allergy(allergy["allergen"], allergy["severity"], allergy["acceptsTraces"] is True)
        for allergy in row["allergies"]
    )
    return Profile(
        user_id=row["userId"],
        exists=True,
        unresolved=tuple(row["unresolved"]),
        max_abv=row["maxAbv"],
        max_caffeine=row["maxCaffeine"],
        allergies=tuple(sorted(allergies, key=lambda allergy: allergy.allergen)),
        avoids=tuple(sorted(row["avoids"])),
        diets=tuple(sorted(row["diets"])),
    )
