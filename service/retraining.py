"""Retrain: from the graph to a model that ranks, or to a refusal that says why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from embeddings import lifecycle
from embeddings.artefact import ModelArtefact
from embeddings.export import export_graph
from embeddings.registry import ModelStore
from graph.connection import Graph

Show = Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class Outcome:
    """A trained model, whether it became active, and why."""

    artefact: ModelArtefact
    promoted: bool
    reason: str


async def retrain(graph: Graph, store: ModelStore, seed: int, show: Show) -> Outcome:
    """Train on all that the graph knows; make the model active if it passes the gate.

    Raises TrainingFailed where there is nothing to learn from.
    """
    # torch is loaded here only: the serving process never comes this way
    from embeddings.retraining import retrain as train
    from embeddings.training import Progress, TrainingConfig, TrainingFailed

    stopped = Event()

    def report(progress: Progress) -> None:
        if stopped.is_set():
            raise TrainingFailed("It was stopped.")
        loss = "" if progress.loss is None else f"loss {progress.loss:.3f}"
        note = loss if progress.ndcg is None else f"NDCG {progress.ndcg:.4f}"
        show(progress.stage, progress.epoch, progress.epochs, note)

    show("export", 0, 1, "")
    data = await export_graph(graph)
    show("export", 1, 1, f"{len(data.drinks)} drinks, {len(data.users)} people")
    try:
        result = await asyncio.to_thread(train, data, TrainingConfig(seed=seed), report)
    finally:
        stopped.set()  # a thread cannot be cancelled: it ends itself at its next report
    artefact = result.artefact
    store.write(artefact)
    promoted, reason = lifecycle.verdict(artefact.metrics, await _active_metrics(graph))
    await lifecycle.register(graph, artefact, reason)
    if promoted:
        await lifecycle.activate(graph, artefact)
    return Outcome(artefact, promoted, reason)


async def _active_metrics(graph: Graph) -> Mapping[str, Any] | None:
    active = [one for one in await lifecycle.models(graph) if one.status == "active"]
    return active[0].metrics if active else None
