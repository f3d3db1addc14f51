"""Drift: whether what comes in over time has another mean than it had.

ADWIN (Bifet and Gavaldà, Learning from time-changing data with adaptive windowing, SDM 2007), as
river has it: a window that drops its older part once two parts of it differ beyond doubt. It bounds
how often a stream that does not change is said to, whenever one looks. It needs river, which only
an installation that trains has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from river.drift import ADWIN

ALPHA = 0.002

Moment = tuple[int, float]
"""When something was seen (epoch ms), and a number from 0 to 1."""


@dataclass(frozen=True)
class Drift:
    """A change of a mean: when it was beyond doubt (epoch ms), and the mean before and now."""

    at: int
    before: float
    after: float


def drift_in(moments: Sequence[Moment], since: int, alpha: float = ALPHA) -> Drift | None:
    """Return the first change that was beyond doubt only after a moment (epoch ms), if any.

    Moments are in order. `alpha` bounds how often a mean that stays is said to change.
    """
    detector, begin = ADWIN(delta=alpha), 0
    changed: tuple[int, float] | None = None
    for place, (at, number) in enumerate(moments):
        detector.update(number)
        if not detector.drift_detected:
            continue
        cut = max(begin + 1, place + 1 - int(detector.width))
        if at >= since and changed is None:
            changed = at, float(np.mean([number for _, number in moments[begin:cut]]))
        begin = cut
    return Drift(*changed, float(detector.estimation)) if changed else None


def by_person_and_day(seen: Iterable[tuple[str, int, float]]) -> list[Moment]:
    """Return one number for each person and day, their mean: what one person does is alike.

    Of each is given whose it is, when it was (epoch ms), and the number.
    """
    sums: dict[tuple[str, int], tuple[int, float, int]] = {}
    for person, at, number in seen:
        key = person, at // 86_400_000
        latest, total, count = sums.get(key, (at, 0.0, 0))
        sums[key] = max(latest, at), total + number, count + 1
    # by time alone: numbers in order of size would drift
    ordered = sorted(sums.values(), key=lambda each: each[0])
    return [(latest, total / count) for latest, total, count in ordered]
