"""The nearest drinks of every drink, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.serving.top_k import best

# scores that are in memory at once
_SCORES = 16_000_000


@dataclass(frozen=True)
class Neighbours:
    """Of each drink asked for its nearest others, best first: both arrays are [drinks, k]."""

    rows: IntArray
    likeness: FloatArray


def neighbours(directions: FloatArray, k: int) -> Neighbours:
    """Return the k nearest of every drink, by the cosine of unit rows [drinks, dim]."""
    return nearest_to(directions, range(directions.shape[0]), k)


def nearest_to(directions: FloatArray, drinks: Sequence[int], k: int) -> Neighbours:
    """Return the k nearest others of these drinks, fewer where there are fewer.

    Equally near drinks keep the order of their rows.
    """
    count = directions.shape[0]
    asked = np.asarray(drinks, dtype=np.int64)
    k = max(0, min(k, count - 1))
    rows = np.zeros((asked.size, k), dtype=np.int64)
    likeness = np.zeros((asked.size, k), dtype=np.float32)
    step = max(1, _SCORES // max(1, count))
    for start in range(0, asked.size if k else 0, step):
        mine = asked[start : start + step]
        for place, scores in enumerate(directions[mine] @ directions.T, start=start):
            scores[asked[place]] = -np.inf
            rows[place] = best(scores, k)
            likeness[place] = scores[rows[place]]
    return Neighbours(rows, likeness)
