"""Retrain: measure a model and the baselines on one split, then train it on everything."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from embeddings.data.dataset import TrainingGraph
from embeddings.data.matrices import shape_of
from embeddings.data.positives import positives
from embeddings.data.splitting import Split, seen, split
from embeddings.evaluation.baselines import baselines
from embeddings.evaluation.metrics import Metrics, Scorer, evaluate
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.config import TrainingConfig
from embeddings.training.progress import Report, ignore
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.trainer import fit
from embeddings.training.tuning import choose

MODEL = "model"

# Called with the split, the chosen settings, and the scorer of what they were trained to.
Examine = Callable[[Split, TrainingConfig, Scorer], None]


def unexamined(parts: Split, config: TrainingConfig, scorer: Scorer) -> None:
    """Look at nothing."""


@dataclass(frozen=True)
class Retraining:
    """A model trained on everything, and what it and the baselines reached on the held-out part.

    `table` maps "model", "popularity", "ItemKNN" and, where it fits, "EASE" to metrics; the
    artefact's own `metrics` hold the same as plain values. Empty where nobody has enough drinks to
    hold any out.
    """

    artefact: ModelArtefact
    table: Mapping[str, Metrics]


def retrain(
    graph: TrainingGraph,
    config: TrainingConfig | None = None,
    report: Report = ignore,
    k: int = 20,
    most_users: int | None = 20_000,
    examine: Examine = unexamined,
    runtime: TrainingRuntime | None = None,
) -> Retraining:
    """Split, choose and train on the training part, measure, then train the same on everything.

    `examine` sees what was trained on the training part; not called where nothing is held out.
    Only the last training begins with the last model, which knows what is held out here. Raises
    TrainingFailed where there is nothing to learn from.
    """
    config, runtime = config or TrainingConfig(), runtime or TrainingRuntime()
    fresh = dataclasses.replace(runtime, last=None)
    parts = split(graph, config.seed)
    chosen = _chosen(parts, config, report, fresh)
    table: dict[str, Metrics] = {}
    if parts.holdout.nnz:
        table = measure(parts, chosen, report, k, most_users, examine, fresh)
    metrics = {name: dataclasses.asdict(row) for name, row in table.items()}
    artefact = fit(graph, chosen, report, runtime).artefact()
    return Retraining(dataclasses.replace(artefact, metrics=metrics), table)


def _chosen(
    parts: Split, config: TrainingConfig, report: Report, runtime: TrainingRuntime
) -> TrainingConfig:
    """Choose the settings, unless an earlier run did."""
    kept = runtime.checkpoints.get_values("settings")
    if kept is not None:
        return TrainingConfig(**kept)
    chosen = choose(parts.train, config, report, runtime)
    runtime.checkpoints.put_values("settings", dataclasses.asdict(chosen))
    return chosen


def measure(
    parts: Split,
    config: TrainingConfig,
    report: Report,
    k: int,
    most_users: int | None,
    examine: Examine = unexamined,
    runtime: TrainingRuntime | None = None,
) -> dict[str, Metrics]:
    """Return the metrics of the model and of every baseline that fits, on one split."""
    masked = seen(parts.train)
    scorer = fit(parts.train, config, report, runtime).scorer()
    examine(parts, config, scorer)
    table = {MODEL: evaluate(scorer, masked, parts.holdout, k, most_users)}
    train = positives(parts.train).matrix(*shape_of(parts.holdout))
    for baseline in baselines(train):
        table[baseline.name] = evaluate(
            lambda people, baseline=baseline: baseline.score_users(train, people),
            masked,
            parts.holdout,
            k,
            most_users,
        )
    return table
