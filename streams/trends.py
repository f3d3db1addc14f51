"""From people in windows to trends: which drinks more people wanted lately than they usually do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.crowds import SMALLEST_GROUP

UNSEEN_PEOPLE = SMALLEST_GROUP - 1
"""As many as may have wanted what trending.sql says nothing of: that is its floor."""
USUAL_WINDOWS = 24
"""How many windows before the current one say what is usual: a day's, without overlap."""

Windows = Mapping[int, Iterable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Trend:
    """A drink at a place: how many people wanted it in the current window, and usually do."""

    drink_id: str
    people: int
    usual: float

    @property
    def score(self) -> float:
        """Return by how many standard deviations of chance more people wanted it than usual."""
        return (self.people - self.usual) / math.sqrt(self.usual + 1)


def trends_of(windows: Windows, end: int, span: int, people: int) -> dict[str, list[Trend]]:
    """Return what rises in the window that ends at `end`, by place, most first, ties by id.

    `windows` are rows of trending.sql by the end of their window; `people` is how many must have
    wanted a drink at a place. What was below the floor earlier counts as the most that it can have
    been: else whatever just reached the floor would seem to have come from nothing.
    """
    more: dict[tuple[str, str], float] = {}
    for back in range(1, USUAL_WINDOWS + 1):
        for drink_id, place, _, count in windows.get(end - back * span, ()):
            more[drink_id, place] = more.get((drink_id, place), 0.0) + count - UNSEEN_PEOPLE
    places: dict[str, list[Trend]] = {}
    for drink_id, place, _, count in windows.get(end, ()):
        usual = UNSEEN_PEOPLE + more.get((drink_id, place), 0.0) / USUAL_WINDOWS
        trend = Trend(drink_id, count, usual)
        if count >= max(people, SMALLEST_GROUP) and trend.score > 0:
            places.setdefault(place, []).append(trend)
    for found in places.values():
        found.sort(key=lambda trend: (-trend.score, trend.drink_id))
    return places
