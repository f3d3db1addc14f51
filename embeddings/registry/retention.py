"""Which models keep their files: the newest, and those in use."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from embeddings.registry.lifecycle import previous
from embeddings.registry.store import ModelStore
from graph.connection import Graph
from graph.experiments.records import running_experiments
from graph.models.records import ACTIVE, RegisteredModel, mark_pruned, models


async def prune(graph: Graph, store: ModelStore, keep: int) -> Sequence[str]:
    """Remove the files of all but the newest `keep` models and those in use; return which."""
    tried = set[str]().union(*(running.models for running in await running_experiments(graph)))
    versions = superfluous(await models(graph), store.versions(), keep, tried)
    # first the record: a model without files must never be taken for one that can be promoted
    await mark_pruned(graph, versions)
    return await asyncio.to_thread(store.remove, versions)


def superfluous(
    known: Sequence[RegisteredModel], stored: Sequence[str], keep: int, tried: Collection[str] = ()
) -> list[str]:
    """Return the stored versions that may go: all but the newest `keep`, and but those in use.

    In use are the active model, the one before it, a shadow, and those `tried` by experiments that
    run. Oldest first.
    """
    used = {model.version for model in known if model.status == ACTIVE or model.shadow.get("share")}
    used |= {previous(known) or "", *tried}
    oldest_first = sorted(stored)
    return [
        version for version in oldest_first[: max(0, len(stored) - keep)] if version not in used
    ]
