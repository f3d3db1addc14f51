"""Which drinks are safe for people with several allergies, for the gate that judges a model.

Read when a model is measured, never by the training: the gate gets masks, without their reasons.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from embeddings.data.dataset import BoolArray
from graph.catalogue.entities import Catalogue
from graph.connection import Graph
from graph.people.profiles import Profile, load_limits_of_allergic
from recommend.safety.masks import Masks

MOST_PEOPLE = 1_000
SECONDS = 60.0


async def safe_drinks(
    graph: Graph, catalogue: Catalogue, fewest_allergies: int
) -> dict[str, BoolArray]:
    """Return which of the catalogue's drinks are safe, bool [drinks], by the id of each person.

    These are people who declared at least that many allergies, a thousand at most; what else they
    declared counts too.
    """
    people = await load_limits_of_allergic(graph, fewest_allergies, MOST_PEOPLE, SECONDS)
    return await asyncio.to_thread(_safe, catalogue, people) if people else {}


def _safe(catalogue: Catalogue, people: Sequence[Profile]) -> dict[str, BoolArray]:
    masks = Masks(catalogue)
    mask_of: dict[object, BoolArray] = {}
    for profile in people:
        if profile.limits not in mask_of:
            mask_of[profile.limits] = masks.allowed(profile)
    return {profile.user_id: mask_of[profile.limits] for profile in people}
