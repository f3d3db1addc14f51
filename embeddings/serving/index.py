"""The exact best drinks for a vector, mostly without looking at all of them.

Drinks lie in blocks, the longest vectors first. No drink scores more than the length of its vector
times that of the person's (Cauchy-Schwarz), so the search ends at the first block in which nobody
can reach the k-th best found so far. A block is scored at once in float32; what comes within the
error of that is scored again in float64, so that the answer does not depend on blocks, and equal
vectors have equal scores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings.data.dataset import BoolArray, FloatArray, IntArray

FIRST_BLOCK = 4096
LARGEST_BLOCK = 32_768
# Below this share of the drinks, theirs are gathered instead of scoring whole blocks.
FEW = 1 / 16
# More than products of float32 lose below their smallest number.
_UNDERFLOW = 1e-30

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Block:
    """Rows ascending, their vectors as columns [dim, rows], and the length of the longest."""

    rows: IntArray
    columns: FloatArray
    longest: float


@dataclass(frozen=True)
class _Wanted:
    """A vector, its length, and what is added to each drink's score."""

    vector: FloatArray
    length: float
    added: FloatArray | None = None
    most_added: float = 0.0
    largest_added: float = 0.0

    @classmethod
    def of(cls, vector: FloatArray, added: FloatArray | None) -> _Wanted:
        vector = vector.astype(np.float32, copy=False)
        length = float(np.linalg.norm(vector.astype(np.float64)))
        if added is None or not added.size:
            return cls(vector, length)
        return cls(vector, length, added, float(added.max()), float(np.abs(added).max()))

    def bound(self, longest: float) -> float:
        """Return what no drink exceeds whose vector is not longer."""
        return self.length * longest + self.most_added + self.slack(longest)

    def slack(self, longest: float) -> float:
        """Return how far a score in float32 may be from the true one: twice what sums can lose."""
        error = (self.vector.size + 16) * 2.0**-23
        return error * (self.length * longest + self.largest_added) + _UNDERFLOW

    def scores(self, columns: FloatArray, rows: IntArray) -> FloatArray:
        """Return the scores of the drinks in `rows`, whose vectors are columns [dim, rows]."""
        products = self.vector @ columns
        return products if self.added is None else products + self.added[rows]


class DrinkIndex:
    """Drinks by row: `vectors` float32 [n, dim].

    Raises ValueError if vectors are no such array or hold a number that is not finite.
    """

    def __init__(self, vectors: FloatArray) -> None:
        """Order the drinks; the vectors are kept twice, by row and in blocks."""
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if vectors.ndim != 2 or not np.isfinite(self.vectors).all():
            raise ValueError(f"vectors of shape {vectors.shape} must be [n, dim] and finite")
        self._blocks = list(_blocks(self.vectors))
        self._longest = max((block.longest for block in self._blocks), default=0.0)
        self._covariance = _covariance(self.vectors)

    def best(
        self, vector: FloatArray, allowed: BoolArray, k: int, added: FloatArray | None = None
    ) -> tuple[IntArray, FloatArray]:
        """Return up to k allowed rows and their scores, best first, ties by row.

        A score is the dot product of `vector` [dim] and the drink's, plus `added` [n]; all finite.
        """
        wanted = _Wanted.of(vector, added)
        rows, scores = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        if k < 1:
            return rows, scores
        raised = np.zeros(0, np.int64) if added is None else np.flatnonzero(added != 0)
        if added is not None and raised.size < FEW * added.size:
            # those first, and the bound of all others needs no room for what is added
            near = self._gathered(raised[allowed[raised]], wanted, self._longest, -np.inf, k)
            rows, scores = _merged(rows, scores, near, self._exact(near, wanted), k)
            allowed = allowed.copy()
            allowed[raised] = False
            wanted = _Wanted.of(vector, None)
        few = np.count_nonzero(allowed) < FEW * allowed.size
        for block in self._blocks:
            floor = float(scores[-1]) if rows.size == k else -np.inf
            if wanted.bound(block.longest) < floor:
                break
            if few:
                possible = block.rows[allowed[block.rows]]
                near = self._gathered(possible, wanted, block.longest, floor, k)
            else:
                near = _scanned(block, wanted, allowed, floor, k)
            rows, scores = _merged(rows, scores, near, self._exact(near, wanted), k)
        return rows, scores

    def scores(self, vector: FloatArray) -> FloatArray:
        """Return the score of every drink [n], as one product of matrices rounds it."""
        return self.vectors @ vector.astype(np.float32, copy=False)

    def spread(self, vector: FloatArray) -> float:
        """Return the standard deviation of the scores of all drinks."""
        wide = vector.astype(np.float64)
        return float(np.sqrt(max(wide @ self._covariance @ wide, 0.0)))

    def _gathered(
        self, rows: IntArray, wanted: _Wanted, longest: float, floor: float, k: int
    ) -> IntArray:
        """Return those of the rows that may be among the k best, and few others."""
        scores = wanted.scores(self.vectors[rows].T, rows)
        near = scores >= floor - wanted.slack(longest)
        rows, scores = rows[near], scores[near]
        return rows[_nearly_best(scores, wanted.slack(longest), k)]

    def _exact(self, rows: IntArray, wanted: _Wanted) -> FloatArray:
        scores = (self.vectors[rows] * wanted.vector.astype(np.float64)).sum(axis=1)
        if wanted.added is not None:
            scores += wanted.added[rows]
        return scores.astype(np.float32)


def _blocks(vectors: FloatArray) -> Iterator[_Block]:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    order = np.argsort(-lengths, kind="stable")
    start, size = 0, FIRST_BLOCK
    while start < order.size:
        rows = np.sort(order[start : start + size])
        columns = np.ascontiguousarray(vectors[rows].T)
        yield _Block(rows, columns, float(lengths[order[start]]))
        start, size = start + size, min(2 * size, LARGEST_BLOCK)


def _scanned(block: _Block, wanted: _Wanted, allowed: BoolArray, floor: float, k: int) -> IntArray:
    """Return the block's allowed rows that may be among the k best, and few others."""
    slack = wanted.slack(block.longest)
    scores = wanted.scores(block.columns, block.rows)
    places = np.flatnonzero(scores >= floor - slack)
    places = places[allowed[block.rows[places]]]
    return block.rows[places[_nearly_best(scores[places], slack, k)]]


def _nearly_best(scores: FloatArray, slack: float, k: int) -> BoolArray:
    """Return which of the scores may truly be among the k best, each wrong by `slack` at most."""
    if scores.size <= k:
        return np.ones(scores.size, dtype=bool)
    least = np.partition(scores, scores.size - k)[scores.size - k]
    return scores >= least - 2 * slack


def _merged(
    rows: IntArray, scores: FloatArray, more: IntArray, their_scores: FloatArray, k: int
) -> tuple[IntArray, FloatArray]:
    rows, scores = np.concatenate([rows, more]), np.concatenate([scores, their_scores])
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def _covariance(vectors: FloatArray) -> Doubles:
    """Return the covariance [dim, dim] of the vectors' numbers over all drinks."""
    if not len(vectors):
        return np.zeros((vectors.shape[1], vectors.shape[1]))
    mean = vectors.mean(axis=0, dtype=np.float64)
    squares = (vectors.T @ vectors).astype(np.float64) / len(vectors)
    covariance: Doubles = squares - np.outer(mean, mean)
    return covariance
