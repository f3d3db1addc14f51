"""What is trending: which drinks more people wanted lately than usual, by place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from embeddings.data.dataset import FloatArray
from graph.clock import Clock, milliseconds, utc_now
from recommend.state.snapshot import Snapshot

OLDEST_SECONDS = 600.0
"""What nobody has computed for so long is trending no more."""


@dataclass(frozen=True)
class Trends:
    """By place and drink, by how many standard deviations more people wanted it than usual.

    A place is `everywhere`, `store:ID` or `place:WORD`. `as_of` is the moment up to which events
    count, in milliseconds since 1970. Nothing of fewer than five people is in it.
    """

    as_of: int = 0
    by_place: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict[str, Mapping[str, float]]
    )

    def scores(self, snapshot: Snapshot, place: str) -> FloatArray:
        """Return the score of each drink, float32 [drinks]; -inf for what is not trending."""
        scores = np.full(len(snapshot.catalogue.drinks), -np.inf, dtype=np.float32)
        for drink_id, score in self.by_place.get(place, {}).items():
            row = snapshot.catalogue.row_of.get(drink_id)
            if row is not None:
                scores[row] = score
        return scores


class TrendStore:
    """The current trends of this process; trends themselves never change."""

    def __init__(self, clock: Clock = utc_now) -> None:
        """Start with none."""
        self._clock = clock
        self._trends = Trends()

    @property
    def current(self) -> Trends:
        """The trends to answer with: none if they are too old to be of now."""
        return self._trends if self.age <= OLDEST_SECONDS else Trends()

    @property
    def age(self) -> float:
        """How many seconds ago the moment is up to which events count; -1 if there was none."""
        if not self._trends.as_of:
            return -1.0
        return (milliseconds(self._clock()) - self._trends.as_of) / 1000

    def replace(self, trends: Trends) -> None:
        """Answer with other trends from the next request on."""
        self._trends = trends
