"""Whether a model is out of date: people choose otherwise, or open its lists otherwise.

What is seen later is compared with the oldest third of what is read. Nothing of a person is in an
answer, and nothing that anybody declared is looked at.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from learning.attribution.joining import JoinedList, OutcomeEvent
from learning.policies.rewards import PLACES, Reward, Rewards
from learning.statistics.drift import ALPHA, by_person_and_day, drift_in

Each = TypeVar("Each")

FEWEST = 300
"""Of fewer choices or lists nothing is said."""


def drift_of_choices(
    outcomes: Sequence[OutcomeEvent], kinds: Mapping[str, str], since: int
) -> str | None:
    """Return how choices have changed, seen after a moment (epoch ms); None: they have not.

    Two things are followed: how surprising the drinks are by how often each was chosen before, and
    the share of each kind; `kinds` has that of each drink.
    """
    chosen = sorted((each for each in outcomes if each.drink_id in kinds), key=lambda each: each.at)
    earlier, later = _apart(chosen)
    if not earlier:
        return None
    known = sorted({kinds[each.drink_id] for each in chosen})
    alpha = ALPHA / (len(known) + 1)
    for kind in known:
        moments = by_person_and_day(
            (each.user_id, each.at, float(kinds[each.drink_id] == kind)) for each in later
        )
        if found := drift_in(moments, since, alpha):
            return f"{kind} is {found.after:.0%} of what people choose, and was {found.before:.0%}"
    surprise = _surprise(earlier, len(kinds))
    moments = by_person_and_day(
        (each.user_id, each.at, surprise.get(each.drink_id, 1.0)) for each in later
    )
    if found := drift_in(moments, since, alpha):
        more = "seldom" if found.after > found.before else "often"
        return f"people choose more of what was {more} chosen before"
    return None


def drift_of_calibration(lists: Sequence[JoinedList], model: str, since: int) -> str | None:
    """Return how a model's lists are opened otherwise than its first ones; None: they are not.

    What is followed is how much more of a list is opened than its places and the relevance of its
    drinks let expect, by the oldest lists of the same model.
    """
    ranked = [joined for joined in lists if joined.shown.model == model and joined.shown.drinks]
    earlier, later = _apart(sorted(ranked, key=lambda joined: joined.shown.at))
    if not earlier:
        return None
    rewards = Rewards()
    for joined in earlier:
        rewards.add(_rewards(joined))
    baseline, slope = rewards.baseline, rewards.slope

    def residual(joined: JoinedList) -> float:
        left = [
            each.value - baseline[min(each.place, PLACES) - 1] - slope * each.relevance
            for each in _rewards(joined)
        ]
        return min(max(sum(left) / len(left) / 2 + 0.5, 0.0), 1.0)

    moments = by_person_and_day(
        (joined.shown.user_id, joined.shown.at, residual(joined)) for joined in later
    )
    found = drift_in(moments, since)
    if found is None:
        return None
    more = "more" if found.after > found.before else "less"
    points = abs(found.after - found.before) * 200
    return f"of its lists {points:.1f} points {more} is opened than their relevance lets expect"


def _apart(ordered: Sequence[Each]) -> tuple[Sequence[Each], Sequence[Each]]:
    """Return the oldest third, and the rest; nothing of too few."""
    third = len(ordered) // 3
    return (ordered[:third], ordered[third:]) if len(ordered) >= FEWEST else ((), ())


def _surprise(earlier: Sequence[OutcomeEvent], drinks: int) -> dict[str, float]:
    """Return how surprising each drink is, 0 to 1 (bits, of as many as one never chosen has)."""
    counts, total = Counter(each.drink_id for each in earlier), len(earlier) + drinks
    return {
        drink: 1 - math.log(count + 1) / math.log(total) if total > 1 else 1.0
        for drink, count in counts.items()
    }


def _rewards(joined: JoinedList) -> Iterator[Reward]:
    for drink in joined.shown.drinks:
        opened = float(drink.drink_id in joined.opened)
        yield Reward(drink.drink_id, drink.place, drink.relevance or 0.0, opened)
