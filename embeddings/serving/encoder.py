"""Vectors at request time, in numpy: the same arithmetic as the trained model, without torch.

A person's vector comes from what they did and like; a new drink's from its attributes. The score
of a drink is the dot product of the two vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from embeddings.data.dataset import (
    ATTRIBUTE_TYPES,
    OPINION_TYPES,
    UNKNOWN_TIME,
    FloatArray,
    IntArray,
)
from embeddings.data.recency import fewness, recency_weights
from embeddings.serving.artefact import Int32Array, ModelArtefact
from embeddings.serving.blocks import Blocks

# How far the mean of the drinks a person dislikes pushes, against 1 for the mean of their history.
PUSH = 0.25
# How many drinks are summed over in the time in which one row of transitions is sorted.
_SORTED_COSTS = 16


@dataclass(frozen=True)
class DrinkAttributes:
    """A drink by its attributes' ids; ids that the model does not know are passed over."""

    id: str
    ingredients: Sequence[str] = ()
    flavors: Sequence[str] = ()
    styles: Sequence[str] = ()
    producers: Sequence[str] = ()
    kinds: Sequence[str] = ()

    def of(self, node_type: str) -> Sequence[str]:
        """Ids by a name of `ATTRIBUTE_TYPES`, which is singular; AttributeError for any other."""
        ids: Sequence[str] = getattr(self, f"{node_type}s")
        return ids


@dataclass(frozen=True)
class Taste:
    """What a person did and likes.

    `weights` (default 1) and `at` (epoch milliseconds, default unknown) go with `drinks`; weigh an
    event with `embeddings.data.positives.EVENT_WEIGHTS`. `likes` and `dislikes` map a type of
    `OPINION_TYPES` to ids. `disliked` drinks push away; they do not belong in `drinks`.
    """

    drinks: Sequence[str] = ()
    weights: Sequence[float] = ()
    at: Sequence[int] = ()
    disliked: Sequence[str] = ()
    likes: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    dislikes: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))


class Shares(NamedTuple):
    """The rows of a history, and how much each counts."""

    rows: IntArray
    values: FloatArray


class TransitionScores(NamedTuple):
    """Distinct rows, and what the transitions from a history add to the score of each."""

    rows: IntArray
    values: FloatArray


class Encoder:
    """The request-time half of a model.

    `ids` and `vectors` [n, dim] cover the drinks of the model and then those of `cold`, drinks it
    was not trained on; give both to `DrinkIndex`. `directions` [n, dim] are unit rows whose dot
    product says how alike two drinks are.
    """

    def __init__(self, artefact: ModelArtefact, cold: Sequence[DrinkAttributes] = ()) -> None:
        """Read the arrays and encode the cold drinks; drinks the model knows are passed over."""
        self.artefact = artefact
        self.blocks = Blocks.of(artefact.settings, artefact.dim)
        self._rows = {
            kind: {identifier: row for row, identifier in enumerate(ids)}
            for kind, ids in artefact.ids.items()
        }
        new = [drink for drink in cold if drink.id not in self._rows["drink"]]
        self.ids, self._drink_rows = artefact.drinks, self._rows["drink"]
        self._sources, self.vectors = artefact.arrays["drink_sources"], artefact.drink_vectors
        if new:  # else all stays where the artefact has it, which may be a mapped file
            sources = self._cold_sources(new)
            self.ids += tuple(drink.id for drink in new)
            self._drink_rows = {identifier: row for row, identifier in enumerate(self.ids)}
            self._sources = np.concatenate([self._sources, sources])
            self.vectors = np.concatenate([self.vectors, self.blocks.cold_drinks(sources)])

    @property
    def dim(self) -> int:
        """The length of every vector."""
        return self.artefact.dim

    @property
    def directions(self) -> FloatArray:
        """Unit rows [n, dim] for likeness between drinks."""
        known = self.artefact.arrays.get("drink_directions", self.vectors[:0])
        if len(known) == len(self.vectors):
            return known
        return np.concatenate([known, self.blocks.directions(self.vectors[len(known) :])])

    def attribute_directions(self, node_type: str) -> FloatArray:
        """Return unit rows [nodes, dim] of one of `ATTRIBUTE_TYPES`, in the order of its ids.

        Their products with each other and with `directions` say how alike two are; zero for what
        the model knows nothing of.
        """
        arrays = self.artefact.arrays
        return self.blocks.directions(
            arrays[f"state.{node_type}"] @ arrays[f"attribute.{node_type}"]
        )

    def drink_vectors(self, drinks: Sequence[DrinkAttributes]) -> FloatArray:
        """Return vectors [len(drinks), dim] from attributes alone."""
        return self.blocks.cold_drinks(self._cold_sources(drinks))

    def user_vector(self, taste: Taste) -> FloatArray:
        """Return the vector [dim] of one person; without any taste, the one that suits most."""
        return self.user_vectors([taste])[0]

    def user_vectors(self, tastes: Sequence[Taste]) -> FloatArray:
        """Return vectors [len(tastes), dim]."""
        histories = [self._shares(taste) for taste in tastes]
        return self.blocks.people(self._summed(tastes, histories), _had(histories))

    def transition_scores(self, taste: Taste) -> TransitionScores:
        """Return what the transitions from a history add to scores; see `person`."""
        return self.person(taste)[1]

    def person(self, taste: Taste) -> tuple[FloatArray, TransitionScores]:
        """Return a person's vector [dim], and what to add to scores by it.

        That is distinct rows and a value for each, by the transitions; some are below zero.
        """
        vectors, added = self._people([taste])
        return vectors[0], added[0]

    def _people(self, tastes: Sequence[Taste]) -> tuple[FloatArray, list[TransitionScores]]:
        histories = [self._shares(taste) for taste in tastes]
        summed = self._summed(tastes, histories)
        return self.blocks.people(summed, _had(histories)), [
            self._transition_scores(history.rows, history.values * gain)
            for history, gain in zip(histories, self.blocks.transitions(summed), strict=True)
        ]

    def _transition_scores(self, rows: IntArray, shares: FloatArray) -> TransitionScores:
        known = self.artefact.transitions
        parts = [known.after(row) for row in rows.tolist()]
        targets = [known.rows[part] for part in parts]
        weights = [known.weights[part] * share for part, share in zip(parts, shares, strict=True)]
        if not targets:
            return TransitionScores(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
        return summed_by_row(np.concatenate(targets), np.concatenate(weights), len(self.ids))

    def scores(self, tastes: Sequence[Taste], drinks: Sequence[str] | None = None) -> FloatArray:
        """Return the scores [len(tastes), drinks] of these drinks, or of all in the order of ids.

        Raises KeyError for a drink that it does not know.
        """
        wanted = slice(None) if drinks is None else [self._drink_rows[id_] for id_ in drinks]
        vectors, transition_scores = self._people(tastes)
        scores: FloatArray = vectors @ self.vectors[wanted].T
        added = np.zeros(len(self.vectors), dtype=np.float32)
        for row, own in zip(scores, transition_scores, strict=True):
            added[own.rows] = own.values
            row += added[wanted]
            added[own.rows] = 0.0
        return scores

    def _summed(self, tastes: Sequence[Taste], histories: Sequence[Shares]) -> FloatArray:
        """Return what the vectors [len(tastes), dim] are the directions of."""
        arrays = self.artefact.arrays
        summed = self._pooled(histories) + self._default(histories) - self._pushed(tastes)
        for kind in OPINION_TYPES:
            opinions = self._mean(kind, [taste.likes.get(kind, ()) for taste in tastes])
            opinions -= self._mean(kind, [taste.dislikes.get(kind, ()) for taste in tastes])
            summed += opinions @ arrays[f"opinion.{kind}"]
        return summed

    def _default(self, histories: Sequence[Shares]) -> FloatArray:
        """Return what of the average person is in each person [histories, hidden]."""
        return self.blocks.prior(fewness(_had(histories))) * self.artefact.arrays["default"]

    def _pooled(self, histories: Sequence[Shares]) -> FloatArray:
        """Return the weighted mean source [histories, hidden] of each history."""
        pooled = np.zeros((len(histories), self._sources.shape[1]), dtype=np.float32)
        for number, history in enumerate(histories):
            pooled[number] = history.values @ self._sources[history.rows]
        return pooled

    def _shares(self, taste: Taste) -> Shares:
        rows, weights, at = self._history(taste)
        group = np.zeros(rows.size, dtype=np.int64)
        settings = self.artefact.settings
        recency, half_life = float(settings["recency"]), float(settings.get("half_life", 0.0))
        return Shares(rows, recency_weights(group, weights, at, recency, half_life))

    def _pushed(self, tastes: Sequence[Taste]) -> FloatArray:
        """Return a share of the mean source [tastes, hidden] of what each person dislikes."""
        pushed = np.zeros((len(tastes), self._sources.shape[1]), dtype=np.float32)
        for number, taste in enumerate(tastes):
            rows = [self._drink_rows[id_] for id_ in taste.disliked if id_ in self._drink_rows]
            if rows:
                pushed[number] = self._sources[rows].mean(axis=0)
        return pushed * np.float32(self.artefact.settings.get("push", PUSH))

    def _history(self, taste: Taste) -> tuple[IntArray, FloatArray, IntArray]:
        """Return rows, weights and times of the drinks that are known here."""
        weights = taste.weights or [1.0] * len(taste.drinks)
        times = taste.at or [UNKNOWN_TIME] * len(taste.drinks)
        known = [
            (self._drink_rows[drink], weight, at)
            for drink, weight, at in zip(taste.drinks, weights, times, strict=True)
            if drink in self._drink_rows
        ]
        return (
            np.array([row for row, _, _ in known], dtype=np.int64),
            np.array([weight for _, weight, _ in known], dtype=np.float32),
            np.array([at for _, _, at in known], dtype=np.int64),
        )

    def _cold_sources(self, drinks: Sequence[DrinkAttributes]) -> FloatArray:
        arrays = self.artefact.arrays
        sources = np.zeros((len(drinks), arrays["drink_sources"].shape[1]), dtype=np.float32)
        for kind in ATTRIBUTE_TYPES:
            mean = self._mean(kind, [drink.of(kind) for drink in drinks])
            sources += mean @ arrays[f"attribute.{kind}"]
        return sources

    def _mean(self, kind: str, groups: Sequence[Sequence[str]]) -> FloatArray:
        """Return the mean state [groups, hidden] of the nodes that the model knows."""
        states, rows = self.artefact.arrays[f"state.{kind}"], self._rows[kind]
        means = np.zeros((len(groups), states.shape[1]), dtype=np.float32)
        for number, group in enumerate(groups):
            known = [rows[identifier] for identifier in group if identifier in rows]
            if known:
                means[number] = states[known].mean(axis=0)
        return means


def summed_by_row(rows: Int32Array, values: FloatArray, drinks: int) -> TransitionScores:
    """Return the sum of the values of each row; `drinks` is how many rows there are."""
    if drinks < _SORTED_COSTS * rows.size:
        summed = np.bincount(rows, values, minlength=drinks)
        distinct = np.flatnonzero(summed != 0)  # of booleans: several times as fast
        return TransitionScores(distinct, summed[distinct].astype(np.float32))
    distinct, place = np.unique(rows, return_inverse=True)
    summed = np.bincount(place, values, minlength=distinct.size)
    return TransitionScores(distinct.astype(np.int64), summed.astype(np.float32))


def _had(histories: Sequence[Shares]) -> FloatArray:
    return np.array([history.rows.size for history in histories], dtype=np.float32)
