"""Retrain: from the graph to a model that ranks, or to a refusal that says why.

Read `retrain` first: it names each step once, in order. It loads torch; only the command `retrain`
imports it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from embeddings.data.dataset import BoolArray, TrainingGraph
from embeddings.data.export import export_graph
from embeddings.evaluation.promotion import Bounds, PromotionDecision, judge
from embeddings.registry import lifecycle
from embeddings.registry.lineage import Lineage
from embeddings.registry.retention import prune
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.candidate_evaluation import Evaluator
from embeddings.training.config import TrainingConfig
from embeddings.training.content.trainer import TrainingFailed
from embeddings.training.history import Recorder, save_curve
from embeddings.training.pipeline import retrain as train
from embeddings.training.progress import Progress, Report
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.workers.worker_group import WorkerGroup
from graph.catalogue.entities import Catalogue, load_catalogue
from graph.connection import Graph
from graph.counting import counted
from graph.models.records import RegisteredModel
from service.training.runtime import open_runtime
from service.training.safe_drinks import safe_drinks

# Called with a stage, how far it is, of how much, and a note.
Show = Callable[[str, int, int, str], None]

_BOUNDS = Bounds()


@dataclass(frozen=True)
class RetrainOptions:
    """How to retrain: from which seed, for whom, by which workers, and what is kept.

    `from_scratch` does not begin with the active model's vectors; `keep` is how many models keep
    their files. Without `activate` the model stays a candidate, whatever the gate says.
    """

    seed: int
    operator: str
    workers: WorkerGroup
    from_scratch: bool
    keep: int
    activate: bool = True


@dataclass(frozen=True)
class Retrained:
    """A new model, and the gate's decision."""

    artefact: ModelArtefact
    decision: PromotionDecision


async def retrain(
    graph: Graph, store: ModelStore, options: RetrainOptions, show: Show
) -> Retrained:
    """Train on all that the graph knows; make the model active if it passes the gate and is to be.

    Raises TrainingFailed if there is nothing to learn from.
    """
    began = time.monotonic()
    catalogue, data = await _read(graph, show)
    active = await lifecycle.active_model(graph)
    safe = await safe_drinks(graph, catalogue, _BOUNDS.many_allergies)

    config = TrainingConfig(seed=options.seed)
    start = None if options.from_scratch or active is None else active.version
    runtime = await asyncio.to_thread(open_runtime, options.workers, store, data, config, start)
    recorder = Recorder()
    with _reports(recorder, show) as report:
        artefact, decision = await asyncio.to_thread(
            _train_and_judge, data, config, runtime, active, safe, report
        )

    parent, seconds = active.version if active else None, time.monotonic() - began
    lineage = Lineage.of(artefact, data, parent, seconds, options.operator)
    artefact = _with_lineage(artefact, lineage)
    if _is_finite(decision):
        save_curve(store.write(artefact), recorder.steps)
    await lifecycle.register(graph, artefact, decision.reason, lineage, decision)
    if decision.passed and options.activate:
        await lifecycle.activate(graph, artefact, options.operator)
    runtime.checkpoints.remove()
    await prune(graph, store, options.keep)
    return Retrained(artefact, decision)


async def _read(graph: Graph, show: Show) -> tuple[Catalogue, TrainingGraph]:
    show("export", 0, 1, "")
    catalogue = await load_catalogue(graph)
    data = await export_graph(graph, catalogue)
    drinks = counted(len(data.drinks), "drink")
    people = counted(len(data.users), "person", "people")
    show("export", 1, 1, f"{drinks}, {people}")
    return catalogue, data


@contextmanager
def _reports(recorder: Recorder, show: Show) -> Generator[Report]:
    """Yield what records and shows each report of a thread, and stops it once nobody waits."""
    stopped = Event()

    def report(progress: Progress) -> None:
        if stopped.is_set():
            raise TrainingFailed("It was stopped.")
        recorder.note(progress)
        loss = "" if progress.loss is None else f"loss {progress.loss:.3f}"
        note = loss if progress.ndcg is None else f"NDCG {progress.ndcg:.4f}"
        show(progress.stage, progress.epoch, progress.epochs, note)

    try:
        yield report
    finally:
        stopped.set()  # a thread cannot be cancelled: it ends itself at its next report


def _train_and_judge(
    data: TrainingGraph,
    config: TrainingConfig,
    runtime: TrainingRuntime,
    active: RegisteredModel | None,
    safe: Mapping[str, BoolArray],
    report: Report,
) -> tuple[ModelArtefact, PromotionDecision]:
    active_settings = active.lineage.get("training") if active else None
    evaluator = Evaluator(active_settings, safe, _BOUNDS, report)
    artefact = train(data, config, report, examine=evaluator.examine, runtime=runtime).artefact
    runtime.workers.shutdown()
    assessment = evaluator.assessment(artefact, data)
    against = lifecycle.as_active(active) if active else None
    return artefact, judge(assessment, against, artefact.fingerprint, _BOUNDS)


def _with_lineage(artefact: ModelArtefact, lineage: Lineage) -> ModelArtefact:
    kept = {name: value for name, value in lineage.plain().items() if name != "training"}
    return dataclasses.replace(artefact, settings={**artefact.settings, "lineage": kept})


def _is_finite(decision: PromotionDecision) -> bool:
    return all(check.passed is not False for check in decision.checks if check.name == "finite")
