"""Choose a model's settings: each against the best so far, by NDCG@20 on a part set aside."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from threadpoolctl import threadpool_limits

from embeddings.data.dataset import TrainingGraph
from embeddings.data.positives import positives
from embeddings.data.splitting import Split, seen, some_people, split
from embeddings.evaluation.metrics import FloatColumn, Scorer, by_person
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.config import TrainingConfig
from embeddings.training.part_choice import without_harm
from embeddings.training.progress import Progress, Report, ignore
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.stages import graph_part, graph_spectrum, graph_transitions
from embeddings.training.trainer import Trained, fit

K = 20
# What else validation tries, one after the other, keeping what is clearly better. How the past
# fades comes only where times are known.
_OTHERS: tuple[Mapping[str, float], ...] = (
    {"graph": 0.65},
    {"graph": 0.35},
    {"graph": 0.8},
    {"graph": 0.8, "graph_halved_at": 60.0},
    {"graph": 0.8, "graph_halved_at": 20.0},
    {"transitions_by_degree": False},
    {"transitions_weight": 0.0},
    {"transitions_weight": 3.0},
    {"half_life": 1.0},
    {"half_life": 3.0},
    {"recency": 0.5, "half_life": 0.0},
    {"recency": 1.5, "half_life": 0.0},
    {"recency": 2.0, "half_life": 0.0},
    {"ridge": 6.0},
    {"ridge": 3.0},
    {"ridge": 24.0},
    {"popularity_exponent": 0.4},
    {"popularity_exponent": 0.15},
    {"prior_weight": 1.0},
)
# with fewer people set aside, differences between settings are chance
_FEWEST_PEOPLE = 100
_STANDARD_ERRORS = 2.0
# whose histories are pooled at every try: enough for the mean of all
_MOST_PEOPLE = 20_000


def train(
    graph: TrainingGraph, config: TrainingConfig | None = None, report: Report = ignore
) -> ModelArtefact:
    """Choose the settings on a part set aside, then train on the whole graph.

    Raises TrainingFailed if there are no positives or the loss is not a finite number.
    """
    config = choose(graph, config or TrainingConfig(), report)
    return fit(graph, config, report).artefact()


def choose(
    graph: TrainingGraph,
    config: TrainingConfig,
    report: Report = ignore,
    runtime: TrainingRuntime | None = None,
) -> TrainingConfig:
    """Return the configuration with the settings that rank a part set aside best."""
    parts = split(graph, config.seed + 1)
    people = int((np.diff(parts.holdout.indptr) > 0).sum())
    if not config.choice or people < _FEWEST_PEOPLE:
        return dataclasses.replace(config, choice=False)
    with threadpool_limits(config.threads):
        return _Choice(parts, config, report, runtime or TrainingRuntime()).made()


class _Choice:
    """Settings compared on one split, each against the best so far, person by person."""

    def __init__(
        self, parts: Split, config: TrainingConfig, report: Report, runtime: TrainingRuntime
    ) -> None:
        self.report = report
        self.spectrum = graph_spectrum(parts.train, config, report, runtime)
        # by whether they are scaled by degree
        self.transitions = {
            by_degree: graph_transitions(
                parts.train, dataclasses.replace(config, transitions_by_degree=by_degree), report
            )
            for by_degree in (True, False)
        }
        with_graph = dataclasses.replace(config, graph=1.0)
        self.part = graph_part(parts.train, with_graph, self.spectrum, report, runtime)
        self.parts = some_people(parts, _MOST_PEOPLE)
        self.masked = seen(self.parts.train)
        timed = bool((positives(parts.train).last_at >= 0).any())
        self.changes = [change for change in _OTHERS if timed or "half_life" not in change]
        self.tried = 0
        self.best = dataclasses.replace(config, choice=False)
        self.ndcg = self._measured(self.best)

    def made(self) -> TrainingConfig:
        """Return the best settings, without the parts that hurt a slice."""
        for change in self.changes:
            self._try(dataclasses.replace(self.best, **change))
        return without_harm(self.best, self.parts, self._scorer, self.report)

    def _try(self, config: TrainingConfig) -> None:
        """Keep the settings if they are better by more than two standard errors."""
        ndcg = self._measured(config)
        gain = ndcg - self.ndcg
        if gain.mean() > _STANDARD_ERRORS * gain.std() / np.sqrt(gain.size):
            self.best, self.ndcg = config, ndcg

    def _measured(self, config: TrainingConfig) -> FloatColumn:
        people = by_person(
            self._scorer(config), self.masked, self.parts.holdout, K, config.validation_people
        )
        self.tried += 1
        ndcg = float(people.ndcg.mean())
        self.report(Progress("choose", self.tried, 1 + len(self.changes), ndcg=ndcg))
        return people.ndcg

    def _scorer(self, config: TrainingConfig) -> Scorer:
        without = dataclasses.replace(config, content_steps=0)  # attributes are the same for all
        transitions = self.transitions[config.transitions_by_degree]
        return Trained(
            self.parts.train, without, self.spectrum, transitions=transitions, part=self.part
        ).scorer()
