"""Outcomes find their lists by id, else the last list within the window, and nothing else."""

from __future__ import annotations

from learning.attribution.joining import JoinedList, Joiner, OutcomeEvent
from tests.support.impressions import offer

HOUR = 3_600_000
START = 1_793_000_000_000


def shown(id_: str, at: int, *drinks: str, person: str = "ann") -> JoinedList:
    return JoinedList(offer(person, drinks, recommendation_id=id_, at=at))


def click(drink: str, at: int, id_: str | None = None, person: str = "ann") -> OutcomeEvent:
    return OutcomeEvent(person, drink, "click", at, id_)


def all_joined(
    joiner: Joiner, *lists: JoinedList, outcomes: list[OutcomeEvent]
) -> dict[str, set[str]]:
    given = [each.shown for each in lists]
    done = [*joiner.joined(given, outcomes, START + HOUR), *joiner.closed(START + 9 * HOUR)]
    return {each.shown.recommendation_id: each.opened for each in done}


def test_an_outcome_that_names_its_list_is_of_that_list() -> None:
    joiner = Joiner(HOUR)
    lists = (shown("one", START, "chai", "mate"), shown("two", START + 1, "chai"))
    outcomes = [click("chai", START + 5, "one"), click("chai", START + 5)]
    assert all_joined(joiner, *lists, outcomes=outcomes) == {"one": {"chai"}, "two": {"chai"}}
    assert (joiner.completeness.by_id, joiner.completeness.by_window) == (1, 1)


def test_what_comes_before_its_list_waits_for_it() -> None:
    joiner = Joiner(HOUR)
    assert [*joiner.joined([], [click("chai", START + 5, "one")], START + 6)] == []
    assert all_joined(joiner, shown("one", START, "chai"), outcomes=[]) == {"one": {"chai"}}
    assert joiner.completeness.share == 1.0


def test_what_is_late_or_elsewhere_is_no_reward() -> None:
    joiner = Joiner(HOUR)
    outcomes = [
        click("chai", START + HOUR + 1, "one"),  # its list, but late
        click("chai", START + HOUR + 1),
        click("mate", START + 5),  # it was not in the list
        click("chai", START - 1),  # before the list
        click("chai", START + 5, person="ben"),
        click("chai", START + 5, "no-such-list"),
        click("chai", START + 5, "one", person="ben"),  # somebody else's list
    ]
    assert all_joined(joiner, shown("one", START, "chai"), outcomes=outcomes) == {"one": set()}
    counts = joiner.completeness
    assert (counts.by_id, counts.missing, counts.by_window, counts.without) == (1, 2, 0, 4)


def test_a_list_whose_window_is_over_is_still_known() -> None:
    joiner = Joiner(HOUR)
    all_joined(joiner, shown("one", START, "chai"), outcomes=[])
    late = [click("chai", START + 20 * HOUR, "one")]
    assert [*joiner.joined([], late, START + 20 * HOUR)] == []
    assert joiner.completeness.share == 1.0


def test_nobody_is_kept_once_windows_are_over() -> None:
    joiner = Joiner(HOUR)
    lists = [shown(f"list-{n}", START + n, "chai", person=f"p{n}") for n in range(50)]
    assert len(all_joined(joiner, *lists, outcomes=[])) == 50
    assert not joiner._open and not joiner._lists_of
