"""How well a recommender ranks: full ranking over all drinks, seen drinks masked.

Recall@k is hits / |held out|. NDCG@k has gain 1 for a hit, discount 1 / log2(rank + 1), and the
ideal list over min(k, |held out|). Both are means over people with something held out.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from embeddings.data.dataset import BoolArray, FloatArray, IntArray
from embeddings.data.matrices import shape_of
from embeddings.data.sampling import at_even_steps, batches
from embeddings.serving.top_k import best

# Scores [b, drinks] for user indices [b].
Scorer = Callable[[IntArray], FloatArray]
FloatColumn = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class ByPerson:
    """Of each of `people`: recall and ndcg; `shown` [drinks] marks what was in anybody's list."""

    people: IntArray
    recall: FloatColumn
    ndcg: FloatColumn
    shown: BoolArray


@dataclass(frozen=True)
class Metrics:
    """Means over `users` people; `coverage` is the share of drinks in anybody's first k."""

    recall: float
    ndcg: float
    users: int
    k: int
    recall_standard_error: float
    ndcg_standard_error: float
    coverage: float


def evaluate(
    scorer: Scorer,
    train_seen: sparse.csr_array,
    holdout: sparse.csr_array,
    k: int = 20,
    most_users: int | None = None,
) -> Metrics:
    """Rank every drink for every person with something held out; memory is bounded.

    `train_seen` and `holdout` are [users, drinks]. `most_users` caps the number of people by
    taking them at even steps, for a quick look.
    """
    people = by_person(scorer, train_seen, holdout, k, most_users)
    return Metrics(
        recall=_mean(people.recall),
        ndcg=_mean(people.ndcg),
        users=int(people.people.size),
        k=k,
        recall_standard_error=_standard_error(people.recall),
        ndcg_standard_error=_standard_error(people.ndcg),
        coverage=float(people.shown.mean()) if people.shown.size else 0.0,
    )


def by_person(
    scorer: Scorer,
    train_seen: sparse.csr_array,
    holdout: sparse.csr_array,
    k: int = 20,
    most_users: int | None = None,
) -> ByPerson:
    """Return each person's own metrics, for slices and for paired comparisons; see `evaluate`."""
    people = np.flatnonzero(np.diff(holdout.indptr))
    if most_users is not None:
        people = at_even_steps(people, most_users)
    recall, ndcg = np.zeros(people.size), np.zeros(people.size)
    shown = np.zeros(shape_of(holdout)[1], dtype=np.bool_)
    for place, (ranked, wanted) in enumerate(_ranked(scorer, train_seen, holdout, people, k)):
        shown[ranked] = True
        recall[place], ndcg[place] = recall_at(ranked, wanted), ndcg_at(ranked, wanted, k)
    return ByPerson(people, recall, ndcg, shown)


def recall_at(ranked: IntArray, wanted: IntArray) -> float:
    """Recall: of `wanted`, which must not be empty, the share that is in `ranked`; 0 to 1."""
    return float(_hits(ranked, wanted).sum() / wanted.size)


def ndcg_at(ranked: IntArray, wanted: IntArray, k: int) -> float:
    """Return the discounted gain of `ranked` (at most k, best first) over the best possible."""
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    hits = _hits(ranked[:k], wanted)
    return float(discounts[: hits.size][hits].sum() / discounts[: min(k, wanted.size)].sum())


def _hits(ranked: IntArray, wanted: IntArray) -> BoolArray:
    # of so few, several times as fast as numpy's isin, which sorts
    return (ranked[:, None] == wanted).any(axis=1)


def _ranked(
    scorer: Scorer,
    train_seen: sparse.csr_array,
    holdout: sparse.csr_array,
    people: IntArray,
    k: int,
) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield (ranked rows, held-out rows) per person."""
    for part in batches(people.size, shape_of(holdout)[1]):
        batch = people[part]
        for user, scores in zip(batch, scorer(batch).astype(np.float32), strict=True):
            scores[_row(train_seen, int(user))] = -np.inf
            yield best(scores, k), _row(holdout, int(user))


def _row(matrix: sparse.csr_array, row: int) -> IntArray:
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].astype(np.int64)


def _mean(values: FloatColumn) -> float:
    return float(values.mean()) if values.size else 0.0


def _standard_error(values: FloatColumn) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else 0.0
