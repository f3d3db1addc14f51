"""Popularity; drinks that the same people had (ItemKNN); people who had the same (UserKNN)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from scipy import sparse

from benchmarks.recommenders.histories import (
    Histories,
    Rival,
    Settings,
    Stage,
    by_recency,
    largest,
    row_name,
)
from embeddings.data.dataset import FloatArray, IntArray
from embeddings.evaluation.baselines import ItemKNN, Popularity

_NEIGHBOURS = (20, 50, 150, 500, 1500)


def _popularity(histories: Histories, _: Settings) -> Iterator[Stage]:
    model = Popularity(histories.had)
    yield Stage("popularity", {}, lambda people: model.score_users(histories.had, people))


def _item_neighbours(histories: Histories, settings: Settings) -> Iterator[Stage]:
    model = ItemKNN(histories.had, int(settings["neighbours"]), float(settings["shrinkage"]))
    yield from by_recency("ItemKNN", histories, model.score_users)


def _person_neighbours(histories: Histories, settings: Settings) -> Iterator[Stage]:
    """With recency both the person's and the neighbours' histories are weighted."""
    for recency in histories.recencies:
        alike = Alike(histories, recency, float(settings["shrinkage"]))
        for count, power in itertools.product(_NEIGHBOURS, (1.0, 2.0)):

            def score(
                people: IntArray, alike: Alike = alike, count: int = count, power: float = power
            ) -> FloatArray:
                return (alike.near(people, count, power) @ alike.shown).toarray()

            new: Settings = {"neighbours": count, "power": power}
            new = {**new, "recency": recency} if recency else new
            yield Stage(row_name("UserKNN", recency), new, score)


class Alike:
    """People by the cosine of their histories; remembers the nearest of those asked for."""

    def __init__(self, histories: Histories, recency: float, shrinkage: float) -> None:
        """Take the histories at this recency."""
        self.shown, self.shrinkage = histories.weighted(recency), shrinkage
        self.length = np.sqrt(np.asarray(self.shown.multiply(self.shown).sum(axis=1)).ravel())
        self.by_drink = sparse.csr_array(self.shown.T)
        self.known: dict[tuple[int, int, int], sparse.csr_array] = {}

    def near(self, people: IntArray, count: int, power: float) -> sparse.csr_array:
        """Return likeness ** `power` [people, everybody] of the `count` people most alike."""
        near = largest(self._nearest(people), count)
        near.data **= power
        return near

    def _nearest(self, people: IntArray) -> sparse.csr_array:
        key = int(people[0]), int(people[-1]), people.size
        if key not in self.known:
            together = sparse.coo_array(self.shown[people] @ self.by_drink)
            row, column = together.row, together.col
            lengths = self.length[people][row] * self.length[column]
            alike = together.data / (lengths + self.shrinkage + 1e-9)
            alike[people[row] == column] = 0.0
            matrix = sparse.csr_array((alike, (row, column)), shape=together.shape)
            self.known[key] = largest(matrix, _NEIGHBOURS[-1])
        return self.known[key]


POPULARITY = Rival("popularity", {}, _popularity)
ITEM_NEIGHBOURS = Rival(
    "ItemKNN",
    {"neighbours": (300, 30, 100, 1000), "shrinkage": (10.0, 0.0, 100.0)},
    _item_neighbours,
)
PERSON_NEIGHBOURS = Rival("UserKNN", {"shrinkage": (0.0, 1.0, 5.0, 20.0)}, _person_neighbours)
