"""What rivals learn from, and how each of them shows what it can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from embeddings.data.dataset import FloatArray, IntArray, TrainingGraph
from embeddings.data.matrices import history_matrix
from embeddings.data.positives import positives

Score = Callable[[IntArray], FloatArray]
Settings = Mapping[str, float | str]
RECENCIES = (0.0, 0.5, 1.0, 1.5, 2.0)
WITH_RECENCY = " with recency"


class Histories:
    """Who had what in the training part of a split, as [people, drinks]."""

    def __init__(self, train: TrainingGraph) -> None:
        """Read the positives of the graph."""
        self.pairs = positives(train)
        self.shape = len(train.users), len(train.drinks)

    @cached_property
    def had(self) -> sparse.csr_array:
        """Ones where a person had a drink."""
        return self.pairs.matrix(*self.shape)

    @property
    def recencies(self) -> Sequence[float]:
        """The recencies worth a try: none where no time is known."""
        return RECENCIES if (self.pairs.first_at >= 0).any() else RECENCIES[:1]

    def weighted(self, recency: float) -> sparse.csr_array:
        """The histories that the model pools, in numbers of drinks; at 0 the same as `had`."""
        if not recency:
            return self.had
        shares = history_matrix(self.pairs, self.shape, recency)
        counts = np.diff(shares.indptr).astype(np.float32)
        return sparse.csr_array(sparse.diags_array(counts) @ shares)


class Stage(NamedTuple):
    """One more thing that validation may choose: `row` of the table, what is new, the scores."""

    row: str
    new: Settings
    score: Score


@dataclass(frozen=True)
class Rival:
    """`stages` yields from one fit with settings that take a value of each of `axes`.

    Of each axis the first value is where a search begins. Where `patience` is set, stages are
    later and later rounds of one training, which ends when so many in a row have brought nothing.
    """

    name: str
    axes: Mapping[str, Sequence[float | str]]
    stages: Callable[[Histories, Settings], Iterator[Stage]]
    patience: int | None = None

    def narrow(self, values: int | None, fixed: Settings) -> Rival:
        """Keep the first `values` of each axis, and of those in `fixed` that one alone."""
        axes = {name: axis[:values] for name, axis in self.axes.items()}
        return replace(self, axes=axes | {name: (fixed[name],) for name in axes if name in fixed})


def row_name(name: str, recency: float) -> str:
    """The row that a recommender with this recency belongs to."""
    return name + WITH_RECENCY if recency else name


def by_recency(
    name: str, histories: Histories, score: Callable[[sparse.csr_array, IntArray], FloatArray]
) -> Iterator[Stage]:
    """One stage for each recency of the histories that the same model scores people by."""
    for recency in histories.recencies:
        shown = histories.weighted(recency)
        yield Stage(
            row_name(name, recency),
            {"recency": recency} if recency else {},
            lambda people, shown=shown: score(shown, people),
        )


def largest(matrix: sparse.csr_array, count: int) -> sparse.csr_array:
    """The `count` largest entries of each row; ties may keep more."""
    kept = matrix.copy()
    for start, end in zip(kept.indptr[:-1], kept.indptr[1:], strict=True):
        if end - start > count:
            row = kept.data[start:end]
            row[row < np.partition(row, row.size - count)[row.size - count]] = 0.0
    kept.eliminate_zeros()
    return kept
