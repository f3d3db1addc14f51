"""Exact nearest drinks: one matrix product, then the k best allowed rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.dataset import BoolArray, FloatArray, IntArray
from embeddings.ranking import best


class DrinkIndex:
    """Drinks by vector: `ids[row]` has `vectors[row]`, float32 [n, dim].

    Raises ValueError if ids and vectors differ in number.
    """

    def __init__(self, ids: Sequence[str], vectors: FloatArray) -> None:
        """Keep the ids and a contiguous float32 copy of the vectors where needed."""
        if vectors.ndim != 2 or len(ids) != vectors.shape[0]:
            raise ValueError(f"{len(ids)} ids for vectors of shape {vectors.shape}")
        self.ids = tuple(ids)
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self.row_of = {identifier: row for row, identifier in enumerate(self.ids)}

    def scores(self, user_vector: FloatArray) -> FloatArray:
        """Return the score of every drink [n] for one user vector [dim]."""
        return self.vectors @ user_vector.astype(np.float32, copy=False)

    def top_k(
        self, user_vectors: FloatArray, allowed: BoolArray | None, k: int
    ) -> tuple[IntArray, FloatArray]:
        """Return rows int64 [b, k] and scores float32 [b, k], best first, ties by row.

        `allowed` is [n] for all users, or [b, n], or None for every drink. Where fewer than k
        drinks are allowed, the rest is row -1 with score -inf.
        """
        users = np.atleast_2d(user_vectors)
        rows = np.full((users.shape[0], k), -1, dtype=np.int64)
        scores = np.full((users.shape[0], k), -np.inf, dtype=np.float32)
        for number, user in enumerate(users):
            found = self.scores(user)
            if allowed is not None:
                mask = allowed if allowed.ndim == 1 else allowed[number]
                np.putmask(found, ~mask, -np.inf)
            chosen = best(found, k)
            rows[number, : chosen.size] = chosen
            scores[number, : chosen.size] = found[chosen]
        return rows, scores
