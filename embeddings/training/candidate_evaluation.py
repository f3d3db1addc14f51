"""Measuring what the gate asks, on one split: slices, coverage, popularity bias, sanity.

The active model is not measured itself: it was trained on everything, so it knows the choices that
are held out now, and would win against any model that does not. Its settings are trained again on
the same training part instead, and both are compared person by person.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import sparse

from embeddings.data.dataset import BoolArray, FloatArray, IntArray, TrainingGraph
from embeddings.data.matrices import shape_of
from embeddings.data.positives import positives
from embeddings.data.sampling import at_even_steps
from embeddings.data.splitting import Split, seen
from embeddings.evaluation.baselines import Popularity
from embeddings.evaluation.metrics import Scorer
from embeddings.evaluation.promotion import Assessment, Bounds, Counts, CoverageAndBias, Slice
from embeddings.evaluation.sanity import sanity_checks, variance_by_person
from embeddings.evaluation.slices import (
    Allowed,
    compare,
    coverage_of,
    first_lists,
    mean_percentile,
    ndcg_of,
    of_drinks,
    percentiles,
    safely_wanted,
    wanted_percentile,
)
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.older_formats import present_names
from embeddings.training.config import TrainingConfig
from embeddings.training.progress import Report, ignore
from embeddings.training.trainer import fit

# For the ids of people: which drinks each may have, bool [drinks]; people without limits are left
# out.
SafeDrinks = Mapping[str, BoolArray]

COLD, SHORT, ALLERGIC = "cold drinks", "short histories", "many allergies"
_NOT_OF_THE_MODEL = {"seed", "threads", "choice", "validation_people", "findings"}


class Evaluator:
    """Looks at a model while it is measured, and afterwards answers what the gate asks.

    Give `examine` to `embeddings.training.pipeline.retrain`; `safe` says for whom few drinks are
    safe.
    """

    def __init__(
        self,
        active_training: Mapping[str, Any] | None = None,
        safe: SafeDrinks | None = None,
        bounds: Bounds | None = None,
        report: Report = ignore,
    ) -> None:
        """Remember whom to compare with; `active_training` are the active model's settings."""
        self._active_training = active_training
        self._safe = dict(safe or {})
        self._bounds = bounds or Bounds()
        self._report = report
        self._found: dict[str, Any] = {}
        self._by_person: float | None = None

    def examine(self, parts: Split, config: TrainingConfig, scorer: Scorer) -> None:
        """Measure a model that was trained with `config` on the training part."""
        masked, bounds = seen(parts.train), self._bounds
        train = positives(parts.train).matrix(*shape_of(parts.holdout))
        popularity = Popularity(train)
        rivals: dict[str, Scorer] = {
            "popularity": lambda people: popularity.score_users(train, people)
        }
        other = reference_config(self._active_training, config)
        if other is not None:
            rivals["active"] = fit(parts.train, other, self._report).scorer()
        people = at_even_steps(np.flatnonzero(np.diff(parts.holdout.indptr)), bounds.most_people)
        measuring = _Measuring(masked, parts.holdout, bounds, scorer, rivals)
        self._by_person = variance_by_person(scorer, people, shape_of(train)[1])
        self._found = measuring.found(people, train) | {
            "same_settings": self._active_training is not None and other is None
        }
        self._found["slices"] |= measuring.safely(self._limited(parts.train))

    def assessment(self, artefact: ModelArtefact, graph: TrainingGraph) -> Assessment:
        """Return all that was measured, with the finished model's own numbers."""
        row = artefact.metrics.get("model", {})
        return Assessment(
            sanity_checks=sanity_checks(
                artefact, _people_by_drink(artefact, graph), self._by_person
            ),
            counts=Counts(len(graph.drinks), len(graph.users), len(graph.events)),
            recorded=(row.get("ndcg", 0.0), row.get("ndcg_standard_error", 0.0)),
            **self._found,
        )

    def _limited(self, graph: TrainingGraph) -> dict[int, BoolArray]:
        row_of = {user: row for row, user in enumerate(graph.users)}
        return {row_of[user]: safe for user, safe in self._safe.items() if user in row_of}


def reference_config(
    active_training: Mapping[str, Any] | None, config: TrainingConfig
) -> TrainingConfig | None:
    """Return the configuration with the active model's settings; None if they are the same.

    Settings that this version of the code does not know, by any name, are passed over.
    """
    settings = present_names(active_training or {})
    known = {field.name for field in dataclasses.fields(TrainingConfig)} - _NOT_OF_THE_MODEL
    other = dataclasses.replace(config, **{name: settings[name] for name in known & set(settings)})
    return None if active_training is None or other == config else other


class _Measuring:
    """One model and its rivals on one held-out part."""

    def __init__(
        self,
        masked: sparse.csr_array,
        wanted: sparse.csr_array,
        bounds: Bounds,
        scorer: Scorer,
        rivals: Mapping[str, Scorer],
    ) -> None:
        self.masked, self.wanted, self.bounds = masked, wanted, bounds
        self.scorers = {"model": scorer, **rivals}

    def found(self, people: IntArray, train: sparse.csr_array) -> dict[str, Any]:
        """Return what is measured of everybody."""
        lists = self._lists(people)
        by_drink = np.asarray(train.sum(axis=0), dtype=np.float32).ravel()
        by_person = np.diff(train.indptr)[people]
        cold = of_drinks(self.wanted, by_drink <= self.bounds.cold_people)
        short = by_person <= self.bounds.short_history
        return {
            "overall": _slice(lists, people, self.wanted),
            "slices": {
                COLD: _slice(lists, people, cold),
                SHORT: _slice(
                    {name: rows[short] for name, rows in lists.items()}, people[short], self.wanted
                ),
            },
            "coverage_and_bias": self._coverage_and_bias(lists, people, by_drink),
        }

    def safely(self, safe: Mapping[int, BoolArray]) -> dict[str, Slice]:
        """Return the slice of people who may have only some drinks, ranked among these."""
        people = np.array(sorted(safe), dtype=np.int64)
        wanted = safely_wanted(self.wanted, safe, people)
        people = at_even_steps(np.flatnonzero(np.diff(wanted.indptr)), self.bounds.most_people)
        if not people.size:
            return {}
        return {ALLERGIC: _slice(self._lists(people, safe.__getitem__), people, wanted)}

    def _lists(self, people: IntArray, allowed: Allowed | None = None) -> dict[str, IntArray]:
        return {
            name: first_lists(scorer, self.masked, people, self.bounds.k, allowed)
            for name, scorer in self.scorers.items()
        }

    def _coverage_and_bias(
        self, lists: Mapping[str, IntArray], people: IntArray, by_drink: FloatArray
    ) -> CoverageAndBias:
        places, drinks = percentiles(by_drink), by_drink.size
        active = lists.get("active")
        return CoverageAndBias(
            coverage=coverage_of(lists["model"], drinks),
            popularity_coverage=coverage_of(lists["popularity"], drinks),
            active_coverage=None if active is None else coverage_of(active, drinks),
            shown_percentile=mean_percentile(lists["model"], places),
            chosen_percentile=wanted_percentile(self.wanted, people, places),
        )


def _slice(lists: Mapping[str, IntArray], people: IntArray, wanted: sparse.csr_array) -> Slice:
    ndcg = {name: ndcg_of(rows, people, wanted) for name, rows in lists.items()}
    return Slice(
        popularity=compare(ndcg["model"], ndcg["popularity"]),
        active=compare(ndcg["model"], ndcg["active"]) if "active" in ndcg else None,
    )


def _people_by_drink(artefact: ModelArtefact, graph: TrainingGraph) -> FloatArray:
    """Return how many people had each of the artefact's drinks."""
    counts = np.bincount(positives(graph).drink, minlength=len(graph.drinks))
    of = dict(zip(graph.drinks, counts.tolist(), strict=True))
    return np.array([of.get(drink, 0) for drink in artefact.drinks], dtype=np.float32)
