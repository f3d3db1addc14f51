"""EASE (Steck 2019): each drink by a ridge regression on all others, without itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import linalg, sparse

from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage, by_recency
from embeddings.data.dataset import FloatArray, IntArray
from embeddings.evaluation.baselines import MOST_DRINKS_FOR_EASE, Ease


def _ease(histories: Histories, settings: Settings) -> Iterator[Stage]:
    people, drinks = histories.shape
    if min(people, drinks) > MOST_DRINKS_FOR_EASE:
        return
    form = EaseByPeople if people < drinks else Ease
    model = form(histories.had, float(settings["regularization"]))
    yield from by_recency("EASE", histories, model.score_users)


class EaseByPeople:
    """The same scores where people are fewer than drinks: a matrix of people is inverted.

    With X [people, drinks] and K = (X Xᵀ + regularization)⁻¹ the inverse of the regularised Gram
    matrix of drinks is (1 - Xᵀ K X) / regularization.
    """

    def __init__(self, had: sparse.csr_array, regularization: float) -> None:
        """Invert the matrix of people."""
        gram = (had @ had.T).astype(np.float64).toarray()
        gram[np.diag_indices(gram.shape[0])] += regularization
        self.had, self.regularization = had, regularization
        self.projected = (linalg.inv(gram, assume_a="pos") @ had).astype(np.float32)
        explained = np.asarray(had.multiply(self.projected).sum(axis=0)).ravel()
        self.diagonal = ((1.0 - explained) / regularization).astype(np.float32)

    def score_users(self, shown: sparse.csr_array, people: IntArray) -> FloatArray:
        """Return the people's drinks, as `shown` weighs them, times the item weights."""
        rows = shown[people]
        inverse = rows.toarray() - (rows @ self.had.T) @ self.projected
        return rows.toarray() - inverse / (self.regularization * self.diagonal)


EASE = Rival("EASE", {"regularization": (100.0, 10.0, 30.0, 300.0, 1000.0)}, _ease)
