"""Who is ranked well: first lists of several models for the same people, compared person by person.

A slice narrows whom or what is looked at: people with short histories, drinks that few people had,
people for whom few drinks are safe. What is safe comes from outside, as masks: models know nothing
of it.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from embeddings.data.dataset import BoolArray, FloatArray, IntArray
from embeddings.data.matrices import shape_of
from embeddings.data.sampling import batches
from embeddings.evaluation.metrics import FloatColumn, Scorer, ndcg_at
from embeddings.serving.top_k import best

_NOBODY = -1

# Which drinks one person may have, bool [drinks].
Allowed = Callable[[int], BoolArray]


@dataclass(frozen=True)
class Comparison:
    """Mean NDCG of a model and a rival over the same `people`, and how sure the difference is."""

    people: int
    ndcg: float
    rival: float
    standard_error: float

    @property
    def difference(self) -> float:
        """How much better the model is; negative where it is worse."""
        return self.ndcg - self.rival


def compare(mine: FloatColumn, rivals: FloatColumn) -> Comparison:
    """Return the comparison of two columns of NDCG, one value a person; NaN people are left out."""
    known = np.isfinite(mine) & np.isfinite(rivals)
    mine, rivals = mine[known], rivals[known]
    if not mine.size:
        return Comparison(0, 0.0, 0.0, 0.0)
    gain = mine - rivals
    error = float(gain.std(ddof=1) / np.sqrt(gain.size)) if gain.size > 1 else 0.0
    return Comparison(int(gain.size), float(mine.mean()), float(rivals.mean()), error)


def first_lists(
    scorer: Scorer,
    masked: sparse.csr_array,
    people: IntArray,
    k: int,
    allowed: Allowed | None = None,
) -> IntArray:
    """Return each person's first k drinks [people, k], best first; -1 where there are fewer.

    `masked` [users, drinks] is never ranked, nor what `allowed` says no to.
    """
    lists = np.full((people.size, k), _NOBODY, dtype=np.int64)
    for part in batches(people.size, shape_of(masked)[1]):
        scored = scorer(people[part]).astype(np.float32)
        for place, scores in enumerate(scored, start=part.start):
            scores[row_of(masked, int(people[place]))] = -np.inf
            if allowed is not None:
                np.putmask(scores, ~allowed(int(people[place])), -np.inf)
            rows = best(scores, k)
            lists[place, : rows.size] = rows
    return lists


def ndcg_of(lists: IntArray, people: IntArray, wanted: sparse.csr_array) -> FloatColumn:
    """Return each person's NDCG; NaN for whom nothing is wanted."""
    ndcg = np.full(people.size, np.nan)
    for place, person in enumerate(people.tolist()):
        theirs = row_of(wanted, person)
        if theirs.size:
            ndcg[place] = ndcg_at(listed(lists[place]), theirs, lists.shape[1])
    return ndcg


def of_drinks(wanted: sparse.csr_array, drinks: BoolArray) -> sparse.csr_array:
    """Return what is wanted [users, drinks] among these drinks only."""
    kept = sparse.csr_array(wanted @ sparse.diags_array(drinks.astype(np.float32)))
    kept.eliminate_zeros()
    return kept


def safely_wanted(
    wanted: sparse.csr_array, safe: Mapping[int, BoolArray], people: IntArray
) -> sparse.csr_array:
    """Return what these people want of what is safe for them; nobody else wants anything."""
    rows, columns = list[int](), list[int]()
    for person in people.tolist():
        theirs = row_of(wanted, person)
        kept = theirs[safe[person][theirs]]
        rows += [person] * kept.size
        columns += kept.tolist()
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_array((ones, (rows, columns)), shape=wanted.shape)


def coverage_of(lists: IntArray, drinks: int) -> float:
    """Return the share of drinks that are in anybody's list."""
    shown = np.unique(lists[lists != _NOBODY])
    return float(shown.size / drinks) if drinks else 0.0


def percentiles(counts: FloatArray) -> FloatArray:
    """Return each drink's place by popularity, 0 the least and 1 the most popular."""
    return ((average_ranks(counts) - 1.0) / max(counts.size - 1, 1)).astype(np.float32)


def average_ranks(values: FloatArray) -> FloatColumn:
    """Return the rank of each value, 1 for the least; equal values share their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2.0)[place].astype(np.float64)


def mean_percentile(lists: IntArray, places: FloatArray) -> float:
    """Return the mean place by popularity of what is in the lists."""
    shown = lists[lists != _NOBODY]
    return float(places[shown].mean()) if shown.size else 0.0


def wanted_percentile(wanted: sparse.csr_array, people: IntArray, places: FloatArray) -> float:
    """Return the mean place by popularity of what these people chose themselves."""
    chosen = wanted[people].indices
    return float(places[chosen].mean()) if chosen.size else 0.0


def listed(row: IntArray) -> IntArray:
    """Return a list without its empty places."""
    return row[row != _NOBODY]


def row_of(matrix: sparse.csr_array, row: int) -> IntArray:
    """Columns of the entries of a row, int64, in the matrix's own order."""
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].astype(np.int64)
