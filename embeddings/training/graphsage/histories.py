"""What people had when they chose a drink: the neighbourhoods that a person is computed from.

Where times are known, what was chosen later is not in them; else it is all but the drink itself.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import numpy as np
from scipy import sparse

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.data.positives import Pairs
from embeddings.data.recency import recency_weights

# the latest drinks that a person is computed from while training
_LATEST = 100


class Histories:
    """Pairs by person and time, `timed` if all have one; for `recency` see `embeddings.data`."""

    def __init__(self, pairs: Pairs, drinks: int, recency: float, timed: bool) -> None:
        """Put the pairs into order."""
        order = np.lexsort((pairs.last_at, pairs.user))
        self.user, self.drink = pairs.user[order], pairs.drink[order]
        self.at, self.weight = pairs.last_at[order], pairs.weight[order]
        self.drinks, self.recency, self.timed = drinks, recency, timed
        count = np.bincount(self.user) if len(pairs) else np.zeros(0, dtype=np.int64)
        self.starts = np.concatenate(([0], np.cumsum(count)))
        self.first_of_instant = self._first_of_instant()
        self.weight_ends = np.cumsum(self.weight, dtype=np.float64)

    def __len__(self) -> int:
        return int(self.user.size)

    def drawn(self, random: np.random.Generator, count: int) -> IntArray:
        """Return rows of pairs [count], each drawn as often as its weight says."""
        ends = self.weight_ends
        rows = np.searchsorted(ends, random.random(count) * (ends[-1] if ends.size else 0.0))
        return np.minimum(rows, max(len(self) - 1, 0))

    def before(
        self, chosen: IntArray, random: np.random.Generator, dropped: float
    ) -> tuple[sparse.csr_array, FloatArray]:
        """Return shares [chosen, drinks] of what was had beside each chosen pair, and how many.

        `chosen` are rows of pairs; each neighbour is left out with probability `dropped`.
        """
        row, pair = self._neighbours(chosen)
        kept = (pair != chosen[row]) & (random.random(pair.size) >= dropped)
        row, pair = row[kept], pair[kept]
        shares = recency_weights(row, self.weight[pair], self.at[pair], self.recency)
        places = row, self.drink[pair]
        matrix = sparse.csr_array((shares, places), shape=(chosen.size, self.drinks))
        return matrix, np.bincount(row, minlength=chosen.size).astype(np.float32)

    def _neighbours(self, chosen: IntArray) -> tuple[IntArray, IntArray]:
        """Return (row of `chosen`, pair) of everything in the histories, by row."""
        person = self.user[chosen]
        end = self.first_of_instant[chosen] if self.timed else self.starts[person + 1]
        start = np.maximum(self.starts[person], end - _LATEST)
        count = np.maximum(end - start, 0)
        row = np.repeat(np.arange(chosen.size), count)
        place = np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
        return row, place + np.repeat(start, count)

    def _first_of_instant(self) -> IntArray:
        """Return for each pair the first of the same person at the same time."""
        new = np.append(True, (np.diff(self.user) != 0) | (np.diff(self.at) != 0))[: len(self)]
        return np.maximum.accumulate(np.where(new, np.arange(len(self)), 0))
