"""SANSA (Spišák and others 2023): EASE by a sparse approximate inverse, for many drinks.

As there, the inverse Gram matrix of drinks is kept as Wᵀ D⁻¹ W with W sparse and triangular. The
paper factorises first and then inverts the factor approximately; here each row of W is the exact
least squares of a drink on its nearest among those that more people had.
"""

from __future__ import annotations

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
)
from embeddings.data.dataset import FloatArray, IntArray


def _sparse_inverse(histories: Histories, settings: Settings) -> Iterator[Stage]:
    model = SparseInverse(
        histories.had, float(settings["regularization"]), int(settings["neighbours"])
    )
    yield from by_recency("SANSA", histories, model.score_users)


class SparseInverse:
    """W [drinks, drinks] with ones on the diagonal, and D: what each row leaves unexplained."""

    def __init__(self, had: sparse.csr_array, regularization: float, neighbours: int) -> None:
        """Solve each row among so many neighbours; ties may add some."""
        count = np.asarray(had.sum(axis=0)).ravel()
        gram = sparse.csr_array(had.T @ had, dtype=np.float32)
        near = _earlier(gram, count, neighbours)
        gram = sparse.csr_array(gram + regularization * sparse.eye_array(gram.shape[0]))
        weights = np.zeros(near.nnz, dtype=np.float32)
        left = count + regularization
        for drink in np.flatnonzero(np.diff(near.indptr)):
            start, end = near.indptr[drink : drink + 2]
            others = near.indices[start:end]
            block = gram[others].toarray()[:, np.append(others, drink)]
            weights[start:end] = np.linalg.solve(block[:, :-1], block[:, -1])
            left[drink] -= weights[start:end] @ block[:, -1]
        rows = sparse.csr_array((-weights, near.indices, near.indptr), shape=gram.shape)
        self.weights = sparse.csr_array(rows + sparse.eye_array(gram.shape[0], dtype=np.float32))
        self.scaled = sparse.csr_array(sparse.diags_array(1.0 / left) @ self.weights)
        self.diagonal = np.asarray(self.weights.multiply(self.scaled).sum(axis=0)).ravel()

    def score_users(self, shown: sparse.csr_array, people: IntArray) -> FloatArray:
        """Return the people's drinks, as `shown` weighs them, times the item weights."""
        inverse = sparse.csr_array(shown[people] @ self.weights.T) @ self.scaled
        return shown[people].toarray() - inverse.toarray() / self.diagonal


def _earlier(gram: sparse.csr_array, count: FloatArray, most: int) -> sparse.csr_array:
    """By cosine, the nearest of each drink among those before it in order of people who had it."""
    place = np.empty(count.size, dtype=np.int64)
    place[np.lexsort((np.arange(count.size), -count))] = np.arange(count.size)
    pairs = sparse.coo_array(gram)
    keep = place[pairs.col] < place[pairs.row]
    row, column = pairs.row[keep], pairs.col[keep]
    alike = pairs.data[keep] / np.sqrt(count[row] * count[column])
    return largest(sparse.csr_array((alike, (row, column)), shape=gram.shape), most)


SPARSE_INVERSE = Rival(
    "SANSA",
    {"regularization": (100.0, 20.0, 300.0, 5.0), "neighbours": (100, 400)},
    _sparse_inverse,
)
