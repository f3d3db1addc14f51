"""How many people had each drink lately, at any moment of the past.

Popularity of a window before a moment instead of all time, as in Ji et al., "A Re-visit of the
Popularity Baseline in Recommender Systems" (SIGIR 2020).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from embeddings.data.dataset import (
    BoolArray,
    EventKind,
    Events,
    FloatArray,
    IntArray,
    TrainingGraph,
)
from embeddings.data.positives import GOOD_RATING
from graph.catalogue.popularity import RECENT

_WINDOW = RECENT // timedelta(milliseconds=1)


class RecentPopularity:
    """What people purchased, saved and liked, in order of time; events without a time are left out.

    What counts is what `cypher/catalogue/popularity.cypher` counts at a request.
    """

    def __init__(self, graph: TrainingGraph) -> None:
        events, self._drinks = graph.events.take(_counts(graph.events)), len(graph.drinks)
        order = np.argsort(events.at, kind="stable")
        self._at, self._drink = events.at[order], events.drink[order]
        self._next_at = _next_of_pair(events, self._drinks)[order]

    def before(self, moment: int) -> FloatArray:
        """Return the logarithm of one more than the people within the window, [drinks]."""
        first, last = np.searchsorted(self._at, (moment - _WINDOW, moment))
        latest = self._next_at[first:last] >= moment  # of each person, who counts once
        people = np.bincount(self._drink[first:last][latest], minlength=self._drinks)
        return np.log1p(people.astype(np.float32))


def _counts(events: Events) -> BoolArray:
    good: BoolArray = (events.kind == EventKind.RATING) & (events.value >= GOOD_RATING)
    wanted = np.isin(events.kind, (EventKind.PURCHASE, EventKind.SAVE, EventKind.LIKE))
    return (good | wanted) & (events.at >= 0)


def _next_of_pair(events: Events, drinks: int) -> IntArray:
    """Return when the same person had the same drink again; the largest integer for never."""
    pair = events.user.astype(np.int64) * drinks + events.drink
    order = np.lexsort((events.at, pair))
    again = pair[order][1:] == pair[order][:-1]
    next_at = np.full(len(events), np.iinfo(np.int64).max)
    next_at[order[:-1][again]] = events.at[order[1:][again]]
    return next_at
