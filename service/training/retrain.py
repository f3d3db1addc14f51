"""Retrain: from the graph to a model that ranks, or to a refusal that says why."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from embeddings.data.dataset import TrainingGraph
from embeddings.data.export import export_graph
from embeddings.evaluation.promotion import Bounds, PromotionDecision, judge
from embeddings.registry import lifecycle
from embeddings.registry.lineage import Lineage
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.history import Recorder, save_curve
from graph.connection import Graph
from graph.counting import counted
from graph.models import records
from graph.models.records import RegisteredModel
from service.training.safe_drinks import safe_drinks

if TYPE_CHECKING:
    from embeddings.training.runtime import TrainingRuntime
    from embeddings.training.trainer import TrainingConfig
    from embeddings.training.workers.worker_group import WorkerGroup

Show = Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class Outcome:
    """A trained model, the gate's decision, and whether it became active."""

    artefact: ModelArtefact
    decision: PromotionDecision

    @property
    def promoted(self) -> bool:
        """Whether it became active."""
        return self.decision.passed

    @property
    def reason(self) -> str:
        """Why it became active, or why not."""
        return self.decision.reason


async def retrain(
    graph: Graph,
    store: ModelStore,
    seed: int,
    show: Show,
    by: str = lifecycle.UNKNOWN,
    workers: WorkerGroup | None = None,
    from_scratch: bool = False,
) -> Outcome:
    """Train on all that the graph knows; make the model active if it passes the gate.

    `workers` is who trains, this process alone by default. Training begins with the active model's
    vectors, unless `from_scratch`. Raises TrainingFailed if there is nothing to learn from.
    """
    began = time.monotonic()
    show("export", 0, 1, "")
    data = await export_graph(graph)
    drinks = counted(len(data.drinks), "drink")
    people = counted(len(data.users), "person", "people")
    show("export", 1, 1, f"{drinks}, {people}")
    active = await lifecycle.active_model(graph)
    recorder = Recorder()
    config, runtime = await asyncio.to_thread(
        _runtime, store, data, seed, workers, None if from_scratch or not active else active.version
    )
    artefact, decision = await _trained(graph, data, active, config, runtime, show, recorder)
    lineage = Lineage.of(
        artefact, data, active.version if active else None, time.monotonic() - began, by
    )
    artefact = _with_lineage(artefact, lineage)
    if _is_finite(decision):
        save_curve(store.write(artefact), recorder.steps)
    await lifecycle.register(graph, artefact, decision.reason, lineage, decision)
    if decision.passed:
        await lifecycle.activate(graph, artefact, by)
    runtime.checkpoints.remove()
    return Outcome(artefact, decision)


def _runtime(
    store: ModelStore, data: TrainingGraph, seed: int, workers: WorkerGroup | None, last: str | None
) -> tuple[TrainingConfig, TrainingRuntime]:
    # these load torch: the serving process never comes this way
    from embeddings.training.trainer import TrainingConfig
    from embeddings.training.workers.worker_group import WorkerGroup
    from service.training.runtime import open_runtime

    config = TrainingConfig(seed=seed)
    return config, open_runtime(workers or WorkerGroup(), store, data, config, last)


async def _trained(
    graph: Graph,
    data: TrainingGraph,
    active: RegisteredModel | None,
    config: TrainingConfig,
    runtime: TrainingRuntime,
    show: Show,
    recorder: Recorder,
) -> tuple[ModelArtefact, PromotionDecision]:
    from embeddings.training.candidate_evaluation import Evaluator
    from embeddings.training.pipeline import retrain as train
    from embeddings.training.trainer import Progress, TrainingFailed

    stopped = Event()

    def report(progress: Progress) -> None:
        if stopped.is_set():
            raise TrainingFailed("It was stopped.")
        recorder.note(progress)
        loss = "" if progress.loss is None else f"loss {progress.loss:.3f}"
        note = loss if progress.ndcg is None else f"NDCG {progress.ndcg:.4f}"
        show(progress.stage, progress.epoch, progress.epochs, note)

    bounds = Bounds()
    safe = await safe_drinks(graph, data.drinks, bounds.many_allergies)
    before = active.lineage.get("training") if active else None
    evaluator = Evaluator(before, safe, bounds, report)

    def work() -> tuple[ModelArtefact, PromotionDecision]:
        trained = train(data, config, report, examine=evaluator.examine, runtime=runtime)
        runtime.workers.shutdown()
        artefact = trained.artefact
        assessment = evaluator.assessment(artefact, data)
        against = lifecycle.as_active(active) if active else None
        return artefact, judge(assessment, against, artefact.fingerprint, bounds)

    try:
        return await asyncio.to_thread(work)
    finally:
        stopped.set()  # a thread cannot be cancelled: it ends itself at its next report


async def prune(graph: Graph, store: ModelStore, keep: int) -> Sequence[str]:
    """Remove the files of all but the newest `keep` models and those in use; return which."""
    known = await records.models(graph)
    superfluous = lifecycle.superfluous(known, store.versions(), keep)
    # first the record: a model without files must never be taken for one that can be promoted
    await records.mark_pruned(graph, superfluous)
    return await asyncio.to_thread(store.remove, superfluous)


def _with_lineage(artefact: ModelArtefact, lineage: Lineage) -> ModelArtefact:
    told = {name: value for name, value in lineage.plain().items() if name != "training"}
    return dataclasses.replace(artefact, settings={**artefact.settings, "lineage": told})


def _is_finite(decision: PromotionDecision) -> bool:
    return all(check.passed is not False for check in decision.checks if check.name == "finite")
