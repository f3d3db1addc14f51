"""Team draft: both rankings pick in turn, each drink once, none that is not allowed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.impressions import ShownDrink
from learning.attribution.joining import JoinedList
from learning.results.interleaving import credit, credit_of, judged
from learning.results.verdict import VerdictKind
from recommend.ranking.interleaving import TeamDraft, TeamRanking
from recommend.state.orderings import InOrder
from tests.support.impressions import offer

ALL = np.ones(8, dtype=bool)
HOUR = 3_600_000


def draft(first: list[int], second: list[int], seed: str = "a list") -> TeamDraft:
    orders = zip(("old", "new"), (first, second), strict=True)
    return TeamDraft(
        [
            TeamRanking(name, InOrder(np.array(order, dtype=np.int64)), ALL)
            for name, order in orders
        ],
        seed,
    )


@given(
    first=st.permutations(range(8)),
    second=st.permutations(range(8)),
    allowed=st.lists(st.booleans(), min_size=8, max_size=8),
    count=st.integers(1, 10),
    seed=st.text(max_size=3),
)
def test_a_list_is_a_fair_draft_of_what_is_allowed(
    first: list[int], second: list[int], allowed: list[bool], count: int, seed: str
) -> None:
    made = draft(first, second, seed)
    rows, _ = made.best(np.array(allowed), count)
    got = rows.tolist()
    assert len(set(got)) == len(got) == min(count, sum(allowed))
    assert all(allowed[row] for row in got)
    teams = Counter(made.draw_of(row).team for row in got)
    assert abs(teams["old"] - teams["new"]) <= 1
    assert all(0.5 <= made.draw_of(row).propensity <= 1 for row in got)
    assert draft(first, second, seed).best(np.array(allowed), count)[0].tolist() == got


def test_the_coin_is_fair_and_its_chance_is_noted() -> None:
    firsts: Counter[int] = Counter()
    for number in range(2000):
        made = draft([0, 1, 2, 3], [3, 2, 1, 0], f"list {number}")
        row = int(made.best(ALL, 2)[0][0])
        assert made.draw_of(row).propensity == 0.5
        firsts[row] += 1
    assert firsts.keys() == {0, 3} and 900 < firsts[0] < 1100
    same = draft([0, 1], [0, 1])
    assert same.draw_of(int(same.best(ALL, 1)[0][0])).propensity == 1.0


def test_the_verdict_follows_the_credit() -> None:
    teams = ("old", "new")
    few = credit(teams, np.tile([0.0, 1.0], (99, 1)), 1000)
    assert few.low is None and judged(few).kind is VerdictKind.UNDECIDED
    even = credit(teams, np.tile([[0.0, 1.0], [1.0, 0.0]], (200, 1)), 1000)
    assert even.lead == 0 and judged(even).kind is VerdictKind.UNDECIDED
    ahead = credit(teams, np.tile([[0.0, 2.0], [1.0, 0.0]], (200, 1)), 1000)
    assert ahead.lead == pytest.approx(1 / 3) and ahead.credits == (200, 400)
    assert (judged(ahead).kind, judged(ahead).arm) == (VerdictKind.SHIP, "new")
    behind = credit(teams, np.tile([[2.0, 0.0], [0.0, 1.0]], (200, 1)), 1000)
    assert (judged(behind).kind, judged(behind).arm) == (VerdictKind.KEEP, "old")


def test_a_person_counts_once_when_their_time_is_over() -> None:
    def shown(person: str, at: int, opened: str, experiment: str = "both") -> JoinedList:
        drinks = [ShownDrink("tea", 1, 0.5, team="old"), ShownDrink("mate", 2, team="new")]
        arms = {experiment: "old"}
        return JoinedList(offer(person, [], drinks=drinks, arms=arms, at=at), {opened})

    lists = [
        shown("ann", 0, "mate"),
        shown("ann", HOUR, "mate"),
        shown("ann", 2 * HOUR, "tea"),  # after her window
        shown("ben", 0, "tea"),
        shown("cleo", 2 * HOUR, "tea"),  # her window is open
        shown("dora", 0, "tea", "another"),
    ]
    found = credit_of(lists, "both", ("old", "new"), HOUR, 3 * HOUR, 1000)
    assert (found.people, found.credits) == (2, (1, 2))
