"""Choose a model's settings, one group of them after the other, by NDCG@20 on a part set aside."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

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
from embeddings.training.recent_popularity import chosen_weight
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.selection import FEWEST_PEOPLE, clearly_best
from embeddings.training.stages import graph_part, graph_spectrum, graph_transitions
from embeddings.training.trainer import Trained, fit

K = 20
Change = Mapping[str, float]


def _each(name: str, *values: float) -> tuple[Change, ...]:
    return tuple({name: value} for value in values)


# The weights of the parts depend on each other: tuned one after the other, the GraphSAGE was left
# out on citeulike and amazon_grocery, where it gains with heavier transitions.
_PARTS: tuple[Change, ...] = (
    *_each("transitions_weight", 0.0, 4.0, 20.0),
    *(
        {"graph": graph, "graph_halved_at": 20.0, "transitions_weight": transitions}
        for graph in (0.35, 0.65, 0.8)
        for transitions in (1.0, 4.0, 20.0)
    ),
)
_HALVED: tuple[Change, ...] = (
    *({"graph_halved_at": 0.0, "transitions_weight": weight} for weight in (1.0, 4.0, 20.0)),
    *_each("graph_halved_at", 20.0, 60.0),
)
# What validation tries, group by group. How the past fades comes only where times are known.
_GROUPS: tuple[Sequence[Change], ...] = (
    _PARTS,
    _HALVED,
    _each("transitions_by_degree", False),
    _PARTS,
    _HALVED,
    (
        *_each("half_life", 1.0, 3.0),
        *({"recency": recency, "half_life": 0.0} for recency in (0.5, 1.5, 2.0)),
    ),
    _each("ridge", 3.0, 6.0, 24.0),
    _each("popularity_exponent", 0.15, 0.4),
    _each("prior_weight", 1.0),
)
_NAMES = sorted({name for group in _GROUPS for change in group for name in change})
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
    if not config.choice or people < FEWEST_PEOPLE:
        return dataclasses.replace(config, choice=False)
    with threadpool_limits(config.threads):
        choice = _Choice(parts, config, report, runtime or TrainingRuntime())
        chosen = choice.made()
        recent = choice.recent_popularity(chosen, graph)
        return dataclasses.replace(chosen, recent_popularity=recent)


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
        self.groups = [group for group in _GROUPS if timed or "half_life" not in group[0]]
        self.tried = 0
        self.known: dict[tuple[float, ...], FloatColumn] = {}
        self.best = dataclasses.replace(config, choice=False)
        self.ndcg = self._measured(self.best)

    def made(self) -> TrainingConfig:
        """Return the best settings, without the parts that hurt a slice."""
        for group in self.groups:
            if group is _HALVED and not self.best.graph:
                self.tried += len(group)
                continue
            self._choose([dataclasses.replace(self.best, **change) for change in group])
        return without_harm(self.best, self.parts, self._scorer, self.report)

    def recent_popularity(self, config: TrainingConfig, whole: TrainingGraph) -> float:
        """Return the weight of what people had lately."""
        people = config.validation_people
        return chosen_weight(whole, self.parts, self._scorer(config), people)

    def _choose(self, configs: Sequence[TrainingConfig]) -> None:
        """Keep the best of some settings if it is better by more than two standard errors."""
        measured = [self._measured(config) for config in configs]
        best = clearly_best(measured, self.ndcg)
        if best is not None:
            self.best, self.ndcg = configs[best], measured[best]

    def _measured(self, config: TrainingConfig) -> FloatColumn:
        key = tuple(float(getattr(config, name)) for name in _NAMES)
        if key not in self.known:
            scorer, people = self._scorer(config), config.validation_people
            self.known[key] = by_person(scorer, self.masked, self.parts.holdout, K, people).ndcg
        self.tried += 1
        ndcg, steps = self.known[key], 1 + sum(map(len, self.groups))
        self.report(Progress("choose", self.tried, steps, ndcg=float(ndcg.mean())))
        return ndcg

    def _scorer(self, config: TrainingConfig) -> Scorer:
        without = dataclasses.replace(config, content_steps=0)  # attributes are the same for all
        transitions = self.transitions[config.transitions_by_degree]
        return Trained(
            self.parts.train, without, self.spectrum, transitions=transitions, part=self.part
        ).scorer()
