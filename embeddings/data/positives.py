"""Which drinks a person wants, told from their events.

A pair is positive if the person purchased, liked, saved, viewed or rated the drink well. A rating
is good at 3.5 of 5 or more, or above the person's own mean and at least 3. The latest opinion
(like, dislike, rating) decides: a pair whose latest opinion is bad is a dislike, whatever else
happened, never a positive, and never recommended. At the same instant the worse opinion counts.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

from embeddings.data.dataset import (
    BoolArray,
    EventKind,
    Events,
    FloatArray,
    IntArray,
    TrainingGraph,
)

# How much one event of a kind says about taste, relative to a purchase.
EVENT_WEIGHTS = {
    EventKind.VIEW: 0.2,
    EventKind.SAVE: 0.7,
    EventKind.LIKE: 1.0,
    EventKind.DISLIKE: 0.0,
    EventKind.RATING: 1.0,
    EventKind.PURCHASE: 1.0,
    EventKind.CLICK: 0.2,
    EventKind.CART: 0.7,
}
GOOD_RATING = 3.5
FAIR_RATING = 3.0
BAD_RATING = 2.0


@dataclass(frozen=True)
class Pairs:
    """Distinct (user, drink) pairs, sorted by user, then drink.

    `weight` is that of the strongest event; `first_at` and `last_at` are epoch milliseconds, -1
    where unknown.
    """

    user: IntArray
    drink: IntArray
    weight: FloatArray
    first_at: IntArray
    last_at: IntArray

    def __len__(self) -> int:
        return int(self.user.size)

    def take(self, keep: BoolArray) -> Pairs:
        """Return the pairs where `keep` is true, in the same order."""
        return Pairs(
            self.user[keep],
            self.drink[keep],
            self.weight[keep],
            self.first_at[keep],
            self.last_at[keep],
        )

    def matrix(self, users: int, drinks: int) -> sparse.csr_array:
        """Return the pairs as a sparse matrix [users, drinks] of ones (float32)."""
        ones = np.ones(len(self), dtype=np.float32)
        return sparse.csr_array((ones, (self.user, self.drink)), shape=(users, drinks))


_NO_INTEGERS = np.zeros(0, dtype=np.int64)
_NO_PAIRS = Pairs(
    _NO_INTEGERS, _NO_INTEGERS, np.zeros(0, dtype=np.float32), _NO_INTEGERS, _NO_INTEGERS
)


def positives(graph: TrainingGraph) -> Pairs:
    """Return what each person wants: every positive pair that is not disliked."""
    return _judge(graph)[0]


def dislikes(graph: TrainingGraph) -> Pairs:
    """Pairs whose latest opinion is bad, whatever was bought besides; cached by graph."""
    return _judge(graph)[1]


# A graph never changes, and one training run asks about each a dozen times.
_JUDGED: WeakKeyDictionary[TrainingGraph, tuple[Pairs, Pairs]] = WeakKeyDictionary()


def _judge(graph: TrainingGraph) -> tuple[Pairs, Pairs]:
    if graph not in _JUDGED:
        pairs, disliked = _judged(graph)
        wanted = pairs.take(~disliked & (pairs.weight > 0))
        _JUDGED[graph] = wanted, pairs.take(disliked)
    return _JUDGED[graph]


def _judged(graph: TrainingGraph) -> tuple[Pairs, BoolArray]:
    """Return all pairs and which of them are disliked."""
    events, drinks = graph.events, len(graph.drinks)
    if not len(events):
        return _NO_PAIRS, np.zeros(0, dtype=np.bool_)
    key = events.user.astype(np.int64) * drinks + events.drink
    opinion = _opinions(events, len(graph.users))
    order = np.lexsort((-opinion, events.at, key))
    keys, starts = np.unique(key[order], return_index=True)
    ends = np.append(starts[1:], key.size) - 1
    at, weight = events.at[order], _weights(events, opinion)[order]
    spoken = np.where(opinion[order] != 0, np.arange(key.size), -1)
    latest = np.maximum.reduceat(spoken, starts)
    disliked = (latest >= 0) & (opinion[order][latest] < 0)
    pairs = Pairs(
        user=keys // drinks,
        drink=keys % drinks,
        weight=np.maximum.reduceat(weight, starts),
        first_at=at[starts],
        last_at=at[ends],
    )
    return pairs, disliked


def _opinions(events: Events, users: int) -> IntArray:
    """Return each event's opinion: 1 good, -1 bad, 0 none."""
    rated = (events.kind == EventKind.RATING) & np.isfinite(events.value)
    value = np.where(rated, events.value, 0.0).astype(np.float64)
    count = np.bincount(events.user[rated], minlength=users)
    mean = np.bincount(events.user, weights=value, minlength=users) / np.maximum(count, 1)
    good = (value >= GOOD_RATING) | ((value >= FAIR_RATING) & (value > mean[events.user]))
    opinion = np.zeros(len(events), dtype=np.int64)
    opinion[(events.kind == EventKind.LIKE) | (rated & good)] = 1
    opinion[(events.kind == EventKind.DISLIKE) | (rated & (value <= BAD_RATING))] = -1
    return opinion


def _weights(events: Events, opinion: IntArray) -> FloatArray:
    table = np.array([EVENT_WEIGHTS[kind] for kind in EventKind], dtype=np.float32)
    lukewarm = (events.kind == EventKind.RATING) & (opinion <= 0)
    return np.where(lukewarm, np.float32(0), table[events.kind])
