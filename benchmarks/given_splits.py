"""Sets that others have split into train, valid and test, to be used as they are.

Settings are chosen on valid by fits on train. What is measured is fitted on train and valid
together; both are masked, and test is looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from embeddings.data.dataset import Events, IntArray, TrainingGraph
from embeddings.data.splitting import Split

GIVEN = ("citeulike", "amazon_beauty")
_PARTS = ("train", "valid", "test")


@dataclass(frozen=True)
class GivenSplit:
    """`train` has all people and drinks of the set; `valid` and `test` are [users, drinks]."""

    train: TrainingGraph
    valid: sparse.csr_array
    test: sparse.csr_array

    @property
    def choosing(self) -> Split:
        """Train to fit, valid to choose settings by."""
        return Split(self.train, self.valid)

    @property
    def measuring(self) -> Split:
        """Train and valid to fit, test to measure on."""
        events, more = self.train.events, sparse.coo_array(self.valid)
        both = Events.of(
            np.concatenate((events.user, more.row)), np.concatenate((events.drink, more.col))
        )
        return Split(self.train.with_events(both), self.test)


def given_split(data: Path, name: str) -> GivenSplit:
    """Read DATA/NAME/{train,valid,test}.csv: rows `user,item`, numbered from 0."""
    parts = [_pairs(data / name / f"{part}.csv") for part in _PARTS]
    users, drinks = np.max([pairs.max(axis=0) for pairs in parts], axis=0) + 1
    train, valid, test = parts
    graph = TrainingGraph(
        tuple(str(number) for number in range(drinks)),
        tuple(str(number) for number in range(users)),
        Events.of(train[:, 0], train[:, 1]),
    )
    return GivenSplit(graph, _matrix(valid, users, drinks), _matrix(test, users, drinks))


def _pairs(path: Path) -> IntArray:
    return np.unique(np.loadtxt(path, np.int64, delimiter=",", skiprows=1, ndmin=2), axis=0)


def _matrix(pairs: IntArray, users: int, drinks: int) -> sparse.csr_array:
    ones = np.ones(len(pairs), dtype=np.float32)
    return sparse.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(users, drinks))
