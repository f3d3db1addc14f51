"""A ridge regression of every drink on all others, where nobody's order is known.

The exact form of `factors.neighbourhoods`: EASE (Steck 2019), whose weights are the inverse of the
Gram matrix, each column divided by its diagonal. The inverse is made on the smaller side: of few
people and many drinks from the matrix of people (Woodbury), some rows at a time, so that no matrix
of all drinks is ever held.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import linalg, sparse

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.data.matrices import shape_of
from embeddings.training.factors.co_occurrences import Doubles

# on the smaller side: some seconds, and 150 MB; neighbourhoods take as long there
LARGEST = 6_000
_MOST_NUMBERS = 150_000_000
_ROWS_TOGETHER = 1_000

# Rows [n, drinks] of an inverse by their places [n].
_Rows = Callable[[IntArray], FloatArray]


def is_small(histories: sparse.csr_array) -> bool:
    """Return whether the inverse of these histories [people, drinks] fits time and memory."""
    people, drinks = _people_with_drinks(histories), shape_of(histories)[1]
    return drinks <= LARGEST or (people <= LARGEST and people * drinks <= _MOST_NUMBERS)


def regressed_on_all(
    histories: sparse.csr_array, ridge: float, favour: Doubles, kept: int
) -> sparse.csr_array:
    """Return the weights [drinks, drinks], of each row the `kept` farthest from zero.

    The diagonal is held at zero; columns are multiplied by `favour` [drinks].
    """
    drinks = shape_of(histories)[1]
    rows_of, diagonal = (_by_drinks if drinks <= LARGEST else _by_people)(histories, ridge)
    scale = (-favour / diagonal).astype(np.float32)
    blocks: list[sparse.csr_array] = []
    for start in range(0, drinks, _ROWS_TOGETHER):
        rows = np.arange(start, min(start + _ROWS_TOGETHER, drinks))
        weights = rows_of(rows) * scale
        weights[np.arange(rows.size), rows] = 0.0
        blocks.append(_farthest_from_zero(weights, kept))
    return sparse.csr_array(sparse.vstack(blocks, format="csr"))


def _by_drinks(histories: sparse.csr_array, ridge: float) -> tuple[_Rows, Doubles]:
    """Return (histories' histories + ridge)^-1 [drinks, drinks] by rows, and its diagonal."""
    gram = (histories.T @ histories).toarray().astype(np.float32)
    inverse = _inverse(gram, ridge)
    return inverse.__getitem__, inverse.diagonal().astype(np.float64)


def _by_people(histories: sparse.csr_array, ridge: float) -> tuple[_Rows, Doubles]:
    """Return the same from the matrix of people, which is smaller."""
    histories = sparse.csr_array(histories[np.diff(histories.indptr) > 0])
    inverse = _inverse((histories @ histories.T).toarray().astype(np.float32), ridge)
    turned = sparse.csr_array(histories.T)
    explained = np.ascontiguousarray((turned @ inverse).T)  # [people, drinks]
    diagonal = (1.0 - np.asarray(histories.multiply(explained).sum(axis=0)).ravel()) / ridge

    def rows_of(rows: IntArray) -> FloatArray:
        block: FloatArray = turned[rows] @ explained / np.float32(-ridge)
        block[np.arange(rows.size), rows] += np.float32(1.0 / ridge)
        return block

    return rows_of, diagonal


def _inverse(gram: FloatArray, ridge: float) -> FloatArray:
    """Return (gram + ridge)^-1, in place of `gram`, which is symmetric and not below zero."""
    gram[np.diag_indices(len(gram))] += np.float32(ridge)
    factor, lower = linalg.cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    (potri,) = linalg.get_lapack_funcs(("potri",), (factor,))
    inverse, _ = potri(factor, lower=lower, overwrite_c=True)
    return np.tril(inverse) + np.tril(inverse, -1).T


def _farthest_from_zero(weights: FloatArray, kept: int) -> sparse.csr_array:
    """Return the `kept` entries of each row [n, drinks] that are farthest from zero."""
    rows, drinks = weights.shape
    if kept >= drinks:
        return sparse.csr_array(weights)
    places = np.sort(np.argpartition(-np.abs(weights), kept, axis=1)[:, :kept], axis=1)
    data = np.take_along_axis(weights, places, axis=1).ravel()
    starts = np.arange(0, data.size + 1, kept)
    return sparse.csr_array((data, places.ravel(), starts), shape=(rows, drinks))


def _people_with_drinks(histories: sparse.csr_array) -> int:
    return int((np.diff(histories.indptr) > 0).sum())
