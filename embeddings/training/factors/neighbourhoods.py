"""A ridge regression of every drink on its neighbourhood: the drinks most often had with it.

Each drink's column of the inverse is solved for on its own few rows: a sparse approximate inverse
with a given pattern (Grote and Huckle 1997), the pattern chosen as fsSLIM does (Ning and Karypis
2011). A full inverse is dense: at 60,000 drinks it needs 14 GB; this needs what its answer does.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.training.factors.co_occurrences import Doubles

# benchmarks/transitions.md; time grows with the third power, memory with drinks times neighbours
NEIGHBOURHOOD = 400
_LEAST_NEIGHBOURHOOD = 200
_SOLVED_IN_TIME = 24_000_000
_HELD_IN_MEMORY = 100_000_000


def neighbourhood(drinks: int) -> int:
    """Return how many neighbours a drink has at most: fewer in a catalogue beyond 60,000."""
    drinks = max(drinks, 1)
    in_time = max(_SOLVED_IN_TIME // drinks, _LEAST_NEIGHBOURHOOD)
    return min(NEIGHBOURHOOD, in_time, _HELD_IN_MEMORY // drinks + 1)


def regressed(
    together: sparse.csr_array, onward: sparse.csc_array, ridge: float, favour: Doubles
) -> sparse.csr_array:
    """Return (together + ridge)^-1 onward [drinks, drinks], column by column.

    `together` [drinks, drinks] is symmetric. The diagonal is held at zero, as in EASE (Steck 2019);
    columns are multiplied by `favour` [drinks].
    """
    grams = _Grams(together, onward, ridge)
    sizes = np.minimum(np.diff(together.indptr), grams.most)
    ends = np.append(0, np.cumsum(sizes, dtype=np.int64))
    rows = np.empty(ends[-1], dtype=np.int32)
    weights = np.empty(ends[-1], dtype=np.float32)
    for drink, (start, end) in enumerate(itertools.pairwise(ends.tolist())):
        rows[start:end], column = grams.column(drink)
        weights[start:end] = column * np.float32(favour[drink])
    return sparse.csr_array(sparse.csc_array((weights, rows, ends), shape=together.shape))


def _upward(together: sparse.csr_array) -> sparse.csr_array:
    """Return each pair of drinks once: in the row of the one that was had with fewer others.

    Rows are short so, those of popular drinks too (the orientation by degree of triangle counting:
    Chiba and Nishizeki 1985), and a neighbourhood is read several times as fast.
    """
    others = np.diff(together.indptr)
    rows = np.repeat(np.arange(others.size, dtype=together.indices.dtype), others)
    columns = together.indices
    fewer = (others[rows] < others[columns]) | (
        (others[rows] == others[columns]) & (rows < columns)
    )
    ends = np.append(0, np.cumsum(fewer))[together.indptr]
    return sparse.csr_array((together.data[fewer], columns[fewer], ends), shape=together.shape)


def _solved(gram: FloatArray, wanted: FloatArray, ridge: np.float32) -> FloatArray:
    """Return gram^-1 wanted.

    Weighing by nearness in time may leave a Gram matrix indefinite: the ridge is doubled until not.
    """
    while True:
        try:
            factor = linalg.cho_factor(gram, check_finite=False)
            return linalg.cho_solve(factor, wanted, check_finite=False)
        except linalg.LinAlgError:
            gram[np.diag_indices(len(gram))] += ridge
            ridge = ridge * np.float32(2.0)


@dataclass(frozen=True)
class _Neighbourhood:
    """The `rows` of some drinks, ascending, and the `place` among them of the drink itself."""

    rows: IntArray
    place: int


class _Grams:
    """Both matrices, cut to one neighbourhood at a time."""

    def __init__(self, together: sparse.csr_array, onward: sparse.csc_array, ridge: float) -> None:
        self.together, self.onward = together, onward
        self.upward = _upward(together)
        self.ridge = np.float32(ridge)
        self.lengths = np.sqrt(self.together.diagonal() + self.ridge)
        self.place_of = np.full(self.lengths.size, -1, dtype=np.int64)
        self.most = neighbourhood(self.lengths.size)

    def column(self, drink: int) -> tuple[IntArray, FloatArray]:
        """Return the rows of a drink's column, and what they are."""
        near = self._neighbourhood(drink)
        self.place_of[near.rows] = np.arange(near.rows.size)
        gram, wanted = self._gram(near.rows), self._wanted(drink, near.rows.size)
        self.place_of[near.rows] = -1
        itself = np.zeros_like(wanted)
        itself[near.place] = 1.0
        solved = _solved(gram, np.stack([wanted, itself], axis=1), self.ridge)
        weights = solved[:, 0] - solved[:, 1] * (solved[near.place, 0] / solved[near.place, 1])
        weights[near.place] = 0.0
        return near.rows, weights

    def _neighbourhood(self, drink: int) -> _Neighbourhood:
        """Return the drink and those most alike it by the people who had both."""
        start, end = self.together.indptr[drink], self.together.indptr[drink + 1]
        rows = self.together.indices[start:end].astype(np.int64)
        if rows.size > self.most:
            alike = self.together.data[start:end] / self.lengths[rows]
            alike[rows == drink] = np.inf
            rows = rows[np.argpartition(-alike, self.most)[: self.most]]
        rows = np.sort(rows)
        return _Neighbourhood(rows, int(np.searchsorted(rows, drink)))

    def _gram(self, rows: IntArray) -> FloatArray:
        """Return the dense part [rows, rows] of `together`, with the ridge."""
        starts = self.upward.indptr[rows].astype(np.int64)
        counts = self.upward.indptr[rows + 1] - starts
        before = np.cumsum(counts) - counts
        entries = np.arange(counts.sum()) + np.repeat(starts - before, counts)
        columns = self.place_of[self.upward.indices[entries]]
        inside = np.flatnonzero(columns >= 0)
        gram = np.zeros((rows.size, rows.size), dtype=np.float32)
        places = np.repeat(np.arange(rows.size), counts)[inside], columns[inside]
        gram[places] = self.upward.data[entries[inside]]
        gram += gram.T
        gram[np.diag_indices(rows.size)] = self.lengths[rows] ** 2
        return gram

    def _wanted(self, drink: int, size: int) -> FloatArray:
        start, end = self.onward.indptr[drink], self.onward.indptr[drink + 1]
        places = self.place_of[self.onward.indices[start:end]]
        wanted = np.zeros(size, dtype=np.float32)
        wanted[places[places >= 0]] = self.onward.data[start:end][places >= 0]
        return wanted
