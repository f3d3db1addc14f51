"""Drift of what people choose and of how lists are opened, in simulated worlds."""

from __future__ import annotations

import numpy as np
import pytest

from events.impressions import Impression, ShownDrink
from learning.attribution.joining import JoinedList, OutcomeEvent
from learning.results.drifting import drift_of_calibration, drift_of_choices
from learning.statistics.drift import by_person_and_day, drift_in

HOUR = 3_600_000
KINDS = {f"coffee-{n}": "coffee" for n in range(10)} | {f"tea-{n}": "tea" for n in range(10)}
DRINKS = sorted(KINDS)
COUNT, CHANGE = 4_000, 2_500


def choices(seed: int, before: list[float], after: list[float]) -> list[OutcomeEvent]:
    """An hour apart, by people who each choose once; the chances change at `CHANGE`."""
    random = np.random.default_rng(seed)
    chosen = np.r_[
        random.choice(20, CHANGE, p=np.divide(before, sum(before))),
        random.choice(20, COUNT - CHANGE, p=np.divide(after, sum(after))),
    ]
    return [
        OutcomeEvent(f"person-{number}", DRINKS[drink], "purchase", number * HOUR)
        for number, drink in enumerate(chosen)
    ]


COFFEE = [3.0] * 10 + [1.0] * 10
HALF = [1.0] * 10 + [1.0] * 10
OTHER_COFFEES = [5.0] * 2 + [1.0] * 6 + [5.0] * 2 + [2.0] * 10
TURNED = [1.0] * 2 + [4.0] * 2 + [1.0] * 2 + [4.0] * 2 + [1.0] * 2 + [2.0] * 10


def test_choices_that_stay_are_never_said_to_change() -> None:
    assert all(
        drift_of_choices(choices(seed, COFFEE, COFFEE), KINDS, 0) is None for seed in range(20)
    )


def test_another_kind_is_chosen() -> None:
    found = [drift_of_choices(choices(seed, COFFEE, HALF), KINDS, 0) for seed in range(5)]
    assert all(said and "coffee is" in said and "and was" in said for said in found)


def test_other_drinks_of_the_same_kinds_are_chosen() -> None:
    said = drift_of_choices(choices(1, OTHER_COFFEES, TURNED), KINDS, 0)
    assert said == "people choose more of what was seldom chosen before"


def test_what_a_model_has_learned_from_is_no_drift() -> None:
    assert drift_of_choices(choices(1, COFFEE, HALF), KINDS, (COUNT + 1) * HOUR) is None


def test_of_few_nothing_is_said() -> None:
    turned = [*choices(1, COFFEE, COFFEE)[:100], *choices(1, HALF, [0.0] * 10 + [1.0] * 10)[-190:]]
    assert drift_of_choices(turned, KINDS, 0) is None


def lists(seed: int, after: float) -> list[JoinedList]:
    """Lists of five drinks, opened by relevance; later by `after` times as much of it."""
    random = np.random.default_rng(seed)
    made: list[JoinedList] = []
    for number in range(COUNT):
        relevance = random.normal(size=5)
        worth = 1.0 if number < CHANGE else after
        shown = Impression(
            f"list-{number}", f"person-{number % 500}", "recommendations", "m1", "none", 20, 1, 1,
            [ShownDrink(DRINKS[n], n + 1, relevance=float(relevance[n])) for n in range(5)],
            at=number * HOUR,
        )  # fmt: skip
        chances = np.clip(0.3 + 0.1 * worth * (relevance + 1), 0, 1)
        opened = {DRINKS[n] for n in np.flatnonzero(random.random(5) < chances)}
        made.append(JoinedList(shown, opened))
    return made


@pytest.mark.parametrize(("after", "drifts"), [(1.0, False), (0.0, True)])
def test_lists_are_opened_as_their_first_ones_or_not(after: float, drifts: bool) -> None:
    said = drift_of_calibration(lists(2, after), "m1", 0)
    assert (said is not None) is drifts
    assert not said or "less is opened" in said
    assert drift_of_calibration(lists(2, after), "m2", 0) is None


def test_a_person_counts_once_a_day() -> None:
    seen = [("anna", 0, 1.0), ("anna", HOUR, 0.0), ("bert", HOUR, 1.0), ("anna", 25 * HOUR, 1.0)]
    assert by_person_and_day(seen) == [(HOUR, 0.5), (HOUR, 1.0), (25 * HOUR, 1.0)]


def test_the_means_before_and_after_are_those_of_the_parts() -> None:
    moments = [(n, 0.2 + 0.001 * (n % 2)) for n in range(500)] + [
        (500 + n, 0.8) for n in range(500)
    ]
    found = drift_in(moments, 0)
    assert found and found.before == pytest.approx(0.2, abs=0.05)
    assert found.after == pytest.approx(0.8, abs=0.05) and 500 < found.at < 600
