"""Which parts of a model stay: one that hurts a slice is switched off, and the record says why.

It stays all the same where everybody together would lose more without it than a slice may. All of
it is found from the part set aside for validation.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from embeddings.data.dataset import IntArray
from embeddings.data.sampling import at_even_steps
from embeddings.data.splitting import Split, seen
from embeddings.evaluation.metrics import Scorer
from embeddings.evaluation.parts import (
    CLOSED_FORM,
    EVERYBODY,
    GRAPHSAGE,
    TRANSITIONS,
    compared,
    in_words,
    loss,
    part_slices,
    turned,
    worst_hurt,
)
from embeddings.evaluation.promotion import Bounds
from embeddings.evaluation.slices import Comparison, first_lists
from embeddings.training.config import TrainingConfig
from embeddings.training.progress import Progress, Report

MOST_PEOPLE = 2_000
_OFF: Mapping[str, Mapping[str, Any]] = {
    CLOSED_FORM: {"closed_form": False},
    TRANSITIONS: {"transitions_weight": 0.0},
    GRAPHSAGE: {"graph": 0.0},
}

_ONLY_VECTORS = "stays, for no other part has vectors"

# Scores by a model of these settings.
ScorerOf = Callable[[TrainingConfig], Scorer]


def without_harm(
    config: TrainingConfig,
    parts: Split,
    scorer_of: ScorerOf,
    report: Report,
    bounds: Bounds | None = None,
) -> TrainingConfig:
    """Return the settings with the parts that hurt a slice off; `findings` say what was found."""
    return _PartChoice(parts, scorer_of, report, bounds or Bounds()).made(config)


class _PartChoice:
    """The same people, ranked for by the model and by the model without each of its parts."""

    def __init__(self, parts: Split, scorer_of: ScorerOf, report: Report, bounds: Bounds) -> None:
        self.scorer_of, self.report, self.bounds = scorer_of, report, bounds
        people = np.flatnonzero(np.diff(parts.holdout.indptr))
        self.people: IntArray = at_even_steps(people, MOST_PEOPLE)
        self.masked = seen(parts.train)
        self.slices = part_slices(parts, self.people, bounds)
        self.ranked = 0

    def made(self, config: TrainingConfig) -> TrainingConfig:
        """Switch off the most harmful part, until none is harmful."""
        notes = {
            part: _ONLY_VECTORS if is_on(config, part) else "the model is no better with it"
            for part in _OFF
        }
        lists = self._lists(config, len(_removable(config)))
        while True:
            choices = _removable(config)
            without = {part: self._lists(_without(config, part), len(choices)) for part in choices}
            comparisons = {
                part: compared(self.slices, self.people, lists, without[part]) for part in choices
            }
            harmful = {part: self._harm(by_slice) for part, by_slice in comparisons.items()}
            notes |= {part: self._note(by_slice) for part, by_slice in comparisons.items()}
            worst = max(harmful, key=harmful.__getitem__, default=None)
            if worst is None or not harmful[worst]:
                return dataclasses.replace(config, findings=notes)
            config, lists = _without(config, worst), without[worst]
            staying = [part for part in choices if part not in (worst, *_removable(config))]
            notes |= dict.fromkeys(staying, _ONLY_VECTORS)

    def _harm(self, by_slice: Mapping[str, Comparison]) -> float:
        """Return how much a part hurts the slice that it hurts most; 0 if it stays."""
        hurt = worst_hurt(by_slice, self.bounds)
        return loss(by_slice[hurt], self.bounds) if hurt and not self._needed(by_slice) else 0.0

    def _needed(self, by_slice: Mapping[str, Comparison]) -> bool:
        return EVERYBODY in by_slice and loss(turned(by_slice[EVERYBODY]), self.bounds) > 0

    def _note(self, by_slice: Mapping[str, Comparison]) -> str:
        hurt = worst_hurt(by_slice, self.bounds)
        if hurt is None:
            sentences = [in_words(EVERYBODY, by_slice[EVERYBODY])] if EVERYBODY in by_slice else []
            return "; ".join([*sentences, "hurts no slice"])
        said = f"hurts {in_words(hurt, by_slice[hurt])}"
        if self._needed(by_slice):
            everybody = in_words(EVERYBODY, by_slice[EVERYBODY])
            return f"{said}; stays, for everybody loses more: {everybody}"
        return f"{said}; so it is off"

    def _lists(self, config: TrainingConfig, of: int) -> IntArray:
        self.ranked += 1
        self.report(Progress("parts", self.ranked, max(self.ranked, of + 1)))
        return first_lists(self.scorer_of(config), self.masked, self.people, self.bounds.k)


def is_on(config: TrainingConfig, part: str) -> bool:
    """Return whether a model of these settings has the part."""
    return all(getattr(config, name) != value for name, value in _OFF[part].items())


def _without(config: TrainingConfig, part: str) -> TrainingConfig:
    return dataclasses.replace(config, **_OFF[part])


def _removable(config: TrainingConfig) -> list[str]:
    """Return the parts that a model has, and without which it still has vectors."""
    vectors = {CLOSED_FORM, GRAPHSAGE}
    return [
        part
        for part in _OFF
        if is_on(config, part) and any(is_on(config, other) for other in vectors - {part})
    ]
