"""How drinks are put in order for one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.serving import top_k as ranking
from embeddings.serving.index import DrinkIndex
from recommend.safety.masks import Bools


class Ranking(Protocol):
    """An order of all drinks, of which only the best are computed."""

    def best(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        """Return up to `count` allowed rows with their scores, best first, ties by row."""
        ...


@dataclass(frozen=True)
class ByScores:
    """Precomputed scores [drinks]; a drink at -inf is left out."""

    scores: FloatArray

    @classmethod
    def adjusted(cls, scores: FloatArray, adjustment: FloatArray | None) -> ByScores:
        """Return the order with `adjustment` [drinks] added, in standard deviations of scores."""
        added = scaled(adjustment, float(scores.std())) if scores.size else None
        return cls(scores if added is None else scores + added)

    def best(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        """Pick the best by scores that are already there."""
        rows = ranking.best(np.where(allowed, self.scores, np.float32(-np.inf)), count)
        return rows, self.scores[rows]


@dataclass(frozen=True)
class ByVector:
    """The products with a vector [dim], plus what is `added` [drinks] to each."""

    index: DrinkIndex
    vector: FloatArray
    added: FloatArray | None = None

    def best(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        """Pick the best without scoring drinks that cannot be among them."""
        return self.index.best(self.vector, allowed, count, self.added)


class InOrder:
    """Rows in a given order; scores mean nothing, and are 0."""

    def __init__(self, rows: IntArray) -> None:
        """Order by `rows`, the best first."""
        self._rows = rows

    def best(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        """Pick the first allowed rows, in order."""
        rows = self._rows[allowed[self._rows]][:count]
        return rows, np.zeros(rows.size, dtype=np.float32)


def scaled(adjustment: FloatArray | None, spread: float) -> FloatArray | None:
    """Scale an adjustment from standard deviations to what is added to scores."""
    return None if adjustment is None else adjustment * np.float32(spread or 1.0)
