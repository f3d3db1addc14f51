"""Which of two interleaved rankings people like better: credit by person, and a verdict.

A drink that was opened is a credit of the team that picked it. Of each person one number counts:
how many credits more the second team has than the first, over the lists of their window; who opened
nothing says nothing. The interval is a confidence sequence: look when you like.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning.attribution.joining import JoinedList
from learning.results.verdict import Verdict, VerdictKind
from learning.statistics.sequences import LEAST_PEOPLE, radius


@dataclass(frozen=True)
class Credit:
    """How often each team's drinks were opened, by how many people, and who is ahead.

    `lead` is how many credits more the second team has, as a share of all: -1 to 1. `low` and
    `high` are None while there are too few people.
    """

    teams: tuple[str, str]
    credits: tuple[int, int]
    people: int
    lead: float
    low: float | None
    high: float | None


def credit_of(
    lists: Iterable[JoinedList],
    experiment: str,
    teams: tuple[str, str],
    window: int,
    now: int,
    expected_people: float,
) -> Credit:
    """Return the credit of two teams by the lists of an experiment.

    Of each person the lists of the `window` (ms) after their first one, once that and the window of
    its last are over at `now` (epoch ms).
    """
    firsts: dict[str, int] = {}
    counts: dict[str, list[int]] = {}
    ordered = sorted(lists, key=lambda joined: joined.shown.at)
    for joined in ordered:
        shown = joined.shown
        if experiment not in shown.arms or not any(drink.team for drink in shown.drinks):
            continue
        first = firsts.setdefault(shown.user_id, shown.at)
        if shown.at > first + window or first + 2 * window > now:
            continue
        of_person = counts.setdefault(shown.user_id, [0, 0])
        for drink in shown.drinks:
            if drink.drink_id in joined.opened and drink.team in teams:
                of_person[teams.index(drink.team)] += 1
    by_person = np.array([count for count in counts.values() if sum(count)], dtype=np.float64)
    by_person = by_person.reshape(-1, 2)
    return credit(teams, by_person, expected_people)


def credit(
    teams: tuple[str, str], by_person: NDArray[np.float64], expected_people: float
) -> Credit:
    """Return the credit, given that of each person for each team, [people, 2]."""
    totals = by_person.sum(axis=0)
    people = len(by_person)
    said = by_person[:, 1] - by_person[:, 0]
    each = float(by_person.sum(axis=1).mean()) if people else 1.0
    lead = float(said.mean()) / each if people else 0.0
    low = high = None
    if people >= LEAST_PEOPLE:
        error = float(said.std(ddof=1)) / people**0.5 / each
        width = error * float(radius(people, expected_people))
        low, high = lead - width, lead + width
    return Credit(teams, (int(totals[0]), int(totals[1])), people, lead, low, high)


def judged(found: Credit) -> Verdict:
    """Return which ranking people like better, as far as numbers say."""
    first, second = found.teams
    if found.low is not None and found.low > 0:
        return Verdict(VerdictKind.SHIP, second, f"People open what {second} picked more often.")
    if found.high is not None and found.high < 0:
        return Verdict(VerdictKind.KEEP, first, f"People open what {first} picked more often.")
    return Verdict(VerdictKind.UNDECIDED, None, "Neither ranking is ahead beyond doubt yet.")
