"""What a model must beat: popularity, item neighbours, and EASE; each scores users by batch."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import itertools
from typing import Protocol

import numpy as np
from scipy import linalg, sparse

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.data.matrices import shape_of

MOST_DRINKS_FOR_EASE = 20_000
_DRINKS_AT_ONCE = 512


class Baseline(Protocol):
    """A recommender that scores all drinks from the training matrix alone."""

    name: str

    def score_users(self, train: sparse.csr_array, users: IntArray) -> FloatArray:
        """Return scores [len(users), drinks] from `train` [all users, drinks]."""
        ...


class Popularity:
    """Everybody gets what most people chose."""

    name = "popularity"

    def __init__(self, train: sparse.csr_array) -> None:
        """Count the people per drink."""
        self._counts = np.asarray(train.sum(axis=0), dtype=np.float32).ravel()

    def score_users(self, train: sparse.csr_array, users: IntArray) -> FloatArray:
        """Counts of people [users, drinks], the same in each row."""
        return np.tile(self._counts, (users.size, 1))


class ItemKNN:
    """Cosine on co-occurrence with shrinkage, the nearest `neighbours` of each drink."""

    name = "ItemKNN"

    def __init__(
        self, train: sparse.csr_array, neighbours: int = 100, shrinkage: float = 10.0
    ) -> None:
        """Compute the neighbours in blocks of drinks; memory is drinks x neighbours."""
        self._similarity = _nearest(sparse.csr_array(train), neighbours, shrinkage)

    def score_users(self, train: sparse.csr_array, users: IntArray) -> FloatArray:
        """Sums of similarities to the user's drinks [users, drinks]."""
        return (train[users] @ self._similarity).toarray().astype(np.float32)


def _nearest(train: sparse.csr_array, neighbours: int, shrinkage: float) -> sparse.csr_array:
    """Return [drinks, drinks]: in each column the similarity of its drink's nearest ones."""
    by_drink = sparse.csr_array(train.T)
    norms = np.sqrt(np.asarray(train.sum(axis=0), dtype=np.float64).ravel())
    parts: list[sparse.csr_array] = []
    for start in range(0, norms.size, _DRINKS_AT_ONCE):
        rows = np.arange(start, min(start + _DRINKS_AT_ONCE, norms.size))
        together = sparse.coo_array(by_drink[rows] @ train)
        row, column = together.row + start, together.col
        similarity = together.data / (norms[row] * norms[column] + shrinkage)
        similarity[row == column] = 0.0
        block = sparse.csr_array((similarity, (row - start, column)), shape=together.shape)
        _keep_largest(block, neighbours)
        parts.append(block)
    return sparse.csr_array(sparse.vstack(parts, format="csr").T, dtype=np.float32)


def _keep_largest(matrix: sparse.csr_array, count: int) -> None:
    """Drop all but the `count` largest entries of each row, in place; ties may keep more."""
    for start, end in itertools.pairwise(matrix.indptr):
        if end - start > count:
            row = matrix.data[start:end]
            row[row < np.partition(row, row.size - count)[row.size - count]] = 0.0
    matrix.eliminate_zeros()


class Ease:
    """A linear model of each drink by all others, in closed form (Steck 2019).

    Raises ValueError above `MOST_DRINKS_FOR_EASE` drinks: it inverts a dense matrix.
    """

    name = "EASE"

    def __init__(self, train: sparse.csr_array, regularization: float = 100.0) -> None:
        """Invert the regularised Gram matrix."""
        drinks = shape_of(train)[1]
        if drinks > MOST_DRINKS_FOR_EASE:
            raise ValueError(f"EASE needs at most {MOST_DRINKS_FOR_EASE} drinks, not {drinks}")
        weights = _regularized_inverse(sparse.csr_array(train, dtype=np.float32), regularization)
        weights /= -np.diag(weights).copy()
        weights[np.diag_indices(drinks)] = 0.0
        self.weights: FloatArray = weights

    def score_users(self, train: sparse.csr_array, users: IntArray) -> FloatArray:
        """The user's drinks times the item weights [users, drinks]."""
        return np.asarray(train[users] @ self.weights, dtype=np.float32)


def _regularized_inverse(train: sparse.csr_array, regularization: float) -> FloatArray:
    """Return the inverse of the Gram matrix [drinks, drinks], from the smaller side (Woodbury)."""
    people, drinks = shape_of(train)
    if drinks <= people:
        return _inverse(train.T @ train, regularization)
    of_people = _inverse(train @ train.T, regularization)
    inverse = (train.T @ of_people) @ train
    inverse /= -np.float32(regularization)
    inverse[np.diag_indices(drinks)] += np.float32(1 / regularization)
    return inverse


def _inverse(gram: sparse.csr_array, regularization: float) -> FloatArray:
    dense = gram.astype(np.float32).toarray(order="F")
    dense[np.diag_indices(len(dense))] += regularization
    return linalg.inv(dense, overwrite_a=True, check_finite=False, assume_a="pos")


def baselines(train: sparse.csr_array) -> list[Baseline]:
    """Return every baseline that fits this many drinks."""
    fitting: list[Baseline] = [Popularity(train), ItemKNN(train)]
    if shape_of(train)[1] <= MOST_DRINKS_FOR_EASE:
        fitting.append(Ease(train))
    return fitting
