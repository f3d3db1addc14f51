"""The life of models in the graph, on both engines: one of them is active."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from embeddings.registry import lifecycle
from embeddings.registry.store import ModelStore
from graph.connection import Address, Graph, connect
from graph.models.active import active_version
from graph.models.records import ModelRefused
from tests.integration.service.worlds import DRINKS
from tests.support.model_world import by_version, statuses, vectors
from tests.support.models import REFUSED, put_model


async def test_a_model_is_registered_with_its_origin_and_checks(
    filled: Graph, store: ModelStore
) -> None:
    first = await put_model(filled, store, 1)
    await lifecycle.activate(filled, first, "anna")
    second = await put_model(filled, store, 2, REFUSED)
    model = (await by_version(filled))[second.version]
    assert model.status == "candidate" and not model.accepted
    assert model.checks == REFUSED.plain() and model.note == REFUSED.reason
    assert model.lineage["parent"] == first.version
    assert model.lineage["trained_by"] == "anna" and model.lineage["seed"] == 2
    counts = [model.lineage[name] for name in ("drinks", "people", "events")]
    assert counts == [DRINKS, 30, 240]
    assert model.lineage["training"]["hidden"] == 10 and "+" in model.lineage["code"]
    active = await lifecycle.active_model(filled)
    assert active and active.version == first.version and active.promoted_by == "anna"
    assert lifecycle.as_active(active).counts and "parent" not in active.lineage


async def test_promoted_despite_the_gate_keeps_the_reason_and_rollback_goes_back(
    filled: Graph, store: ModelStore
) -> None:
    first, second = await put_model(filled, store, 1), await put_model(filled, store, 2, REFUSED)
    await lifecycle.activate(filled, first, "anna")
    with pytest.raises(ModelRefused, match="does not beat popularity"):
        lifecycle.check_promotion((await by_version(filled))[second.version], None)
    await lifecycle.activate(filled, second, "ben", "a holiday")
    models = await by_version(filled)
    assert models[second.version].despite == "a holiday"
    assert models[second.version].promoted_by == "ben"
    assert await statuses(filled) == {first.version: "retired", second.version: "active"}
    assert await lifecycle.previous_version(filled) == first.version
    await lifecycle.activate(filled, first)
    assert await lifecycle.previous_version(filled) == second.version


async def test_promoting_what_the_graph_does_not_know_changes_nothing(
    filled: Graph, store: ModelStore
) -> None:
    first = await put_model(filled, store, 1)
    await lifecycle.activate(filled, first)
    before = await vectors(filled)
    stranger = dataclasses.replace(first, version="20261130T080000Z-ffffffff")
    with pytest.raises(ModelRefused, match="knows no model"):
        await lifecycle.activate(filled, stranger)
    assert await statuses(filled) == {first.version: "active"}
    assert await vectors(filled) == before and len(before) == DRINKS


async def test_promotions_at_once_leave_one_active_model(
    filled: Graph, store: ModelStore, address: Address
) -> None:
    artefacts = [await put_model(filled, store, seed) for seed in (1, 2, 3)]
    await lifecycle.activate(filled, artefacts[0])
    async with connect(address, deadline=30.0) as other:
        for _ in range(5):
            await asyncio.gather(
                lifecycle.activate(filled, artefacts[1]), lifecycle.activate(other, artefacts[2])
            )
            kept = sorted((await statuses(filled)).values())
            assert kept == ["active", "retired", "retired"]
    active = await active_version(filled)
    assert {version for version, _ in (await vectors(filled)).values()} == {active}
