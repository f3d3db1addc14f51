"""Shadows in the graph, on both engines."""

from __future__ import annotations

import asyncio

import pytest

from embeddings.registry import lifecycle
from embeddings.registry.store import ModelStore
from graph.connection import Address, Graph, connect
from graph.models import shadows
from graph.models.shadows import InUse, Totals
from tests.support.model_world import by_version
from tests.support.models import put_model


async def test_a_shadow_is_followed_counted_by_all_and_ends_with_a_promotion(
    filled: Graph, store: ModelStore, address: Address
) -> None:
    artefacts = [await put_model(filled, store, seed) for seed in (1, 2, 3)]
    first, second, third = (artefact.version for artefact in artefacts)
    await lifecycle.activate(filled, artefacts[0])
    assert await shadows.models_in_use(filled) == InUse(first, None, 0.0)
    assert not await shadows.start_shadow(filled, first, 0.5)
    assert await shadows.start_shadow(filled, second, 0.5)
    assert await shadows.start_shadow(filled, third, 0.25)
    assert await shadows.models_in_use(filled) == InUse(first, third, 0.25)
    async with connect(address, deadline=30.0) as other:
        await asyncio.gather(
            *(
                shadows.count_shadow(server, third, Totals(2, 1, 1.5, 1.0, 0.01))
                for server in (filled, other) * 10
            )
        )
    shadow = (await by_version(filled))[third].shadow
    assert (shadow["compared"], shadow["skipped"]) == (40, 20)
    assert shadows.means(shadow) == pytest.approx(
        {"overlap": 0.75, "correlation": 0.5, "seconds": 0.005}
    )
    await lifecycle.activate(filled, artefacts[1])
    assert await shadows.models_in_use(filled) == InUse(second, None, 0.0)
    assert (await by_version(filled))[third].shadow["compared"] == 40
    await shadows.start_shadow(filled, third, 1.0)
    assert (await by_version(filled))[third].shadow["compared"] == 0
    assert await shadows.stop_shadow(filled) == [third]
