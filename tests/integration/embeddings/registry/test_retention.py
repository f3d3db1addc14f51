"""Pruning, on both engines."""

from __future__ import annotations

from embeddings.registry import lifecycle
from embeddings.registry.retention import prune
from embeddings.registry.store import ModelStore
from graph.connection import Graph
from graph.models import shadows
from tests.support.model_world import statuses
from tests.support.models import put_model


async def test_pruning_removes_old_files_and_keeps_what_is_in_use(
    filled: Graph, store: ModelStore
) -> None:
    artefacts = [await put_model(filled, store, seed) for seed in range(1, 7)]
    versions = [artefact.version for artefact in artefacts]
    await lifecycle.activate(filled, artefacts[0])
    await lifecycle.activate(filled, artefacts[1])
    await shadows.start_shadow(filled, versions[2], 0.1)
    assert list(await prune(filled, store, 1)) == versions[3:5]
    assert store.versions() == [*versions[:3], versions[5]]
    by_status = await statuses(filled)
    assert [by_status[version] for version in versions] == [
        *("retired", "active", "candidate", "pruned", "pruned", "candidate")
    ]
    assert await prune(filled, store, 1) == []
