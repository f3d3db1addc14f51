"""Which drinks are safe for people with several allergies, for the gate that judges a model.

Read when a model is measured, never by the training: the gate gets masks, without their reasons.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from embeddings.data.dataset import BoolArray
from graph.catalogue.entities import Catalogue, load_catalogue
from graph.connection import Graph
from graph.people.profiles import Profile, load_limits_of_allergic
from recommend.safety.masks import Masks

MOST_PEOPLE = 1_000
SECONDS = 60.0


async def safe_drinks(
    graph: Graph, drinks: Sequence[str], fewest_allergies: int
) -> dict[str, BoolArray]:
    """Return which of `drinks` are safe, bool [drinks], by the id of each person.

    These are people who declared at least that many allergies, a thousand at most; what else they
    declared counts too. A drink that is no longer in the catalogue is safe for nobody.
    """
    people = await load_limits_of_allergic(graph, fewest_allergies, MOST_PEOPLE, SECONDS)
    if not people:
        return {}
    catalogue = await load_catalogue(graph)
    return await asyncio.to_thread(_safe, catalogue, people, drinks)


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
