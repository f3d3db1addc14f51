"""What another policy would have earned is found from lists that one drew, or refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from events.impressions import ShownDrink
from learning.attribution.joining import JoinedList
from learning.errors import ExperimentRefused
from learning.policies.simple import EpsilonGreedy
from learning.results.off_policy import decisions_of, replayed
from recommend.ranking.drawing import Pool, drawn
from tests.support.impressions import offer
from tests.unit.recommend.catalogues import drink

DRINKS = [drink(f"d{number}") for number in range(8)]
# simulated: how often each drink is opened, the ranker's best first, and it is wrong
OPENED = np.array([0.1, 0.3, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2])
PLACES = 2


def logged(lists: int, seed: int, epsilon: float = 0.3) -> list[JoinedList]:
    """Lists that epsilon drew, and what simulated people opened in them."""
    draw = np.random.default_rng(seed)
    pool = Pool(DRINKS, np.zeros(8, dtype=np.float32))
    chances = EpsilonGreedy(epsilon).begin(pool)
    joined: list[JoinedList] = []
    for number in range(lists):
        left, shown, opened = np.ones(8, dtype=bool), list[ShownDrink](), set[str]()
        for place in range(1, PLACES + 1):
            own = chances(left)
            chosen = drawn(own, draw.random())
            under = {"none": float(chosen == left.argmax())}
            shown.append(ShownDrink(f"d{chosen}", place, float(own[chosen]), under))
            if draw.random() < OPENED[chosen]:
                opened.add(f"d{chosen}")
            left[chosen] = False
        person = f"person-{number // 2}"
        impression = offer(person, [], policy="epsilon", drinks=shown)
        joined.append(JoinedList(impression, opened))
    return joined


def test_the_estimates_cover_what_the_policy_would_have_earned() -> None:
    truth, covered, runs = OPENED[0] + OPENED[1], np.zeros(3), 60
    for seed in range(runs):
        lists = logged(900, seed)
        decisions = decisions_of(lists, "none", "recommendations", "opened", PLACES)
        found = replayed(decisions, "none")
        assert found.people == 450 and 300 < found.effective < 580
        assert found.mean_weight == pytest.approx(1, abs=0.2)
        estimates = (found.ips, found.snips, found.dr)
        covered += [estimate.low <= truth <= estimate.high for estimate in estimates]
        assert found.snips.high - found.snips.low < found.ips.high - found.ips.low
    assert (covered >= 0.88 * runs).all(), covered  # 95 % are 57 of 60


def test_a_policy_that_drew_the_lists_is_seen_as_it_was() -> None:
    lists = logged(600, 1)
    found = replayed(decisions_of(lists, "epsilon", "recommendations", "opened", 2), "epsilon")
    assert found.ips.value == pytest.approx(found.earned.value)
    assert found.snips.value == pytest.approx(found.earned.value)
    assert found.effective == 600


def test_too_little_is_refused() -> None:
    decisions = decisions_of(logged(100, 3), "none", "recommendations", "opened", PLACES)
    with pytest.raises(ExperimentRefused, match="too little for an answer"):
        replayed(decisions, "none")
    elsewhere = decisions_of(logged(300, 3), "none", "popular", "opened", PLACES)
    with pytest.raises(ExperimentRefused, match="no list that says"):
        replayed(elsewhere, "none")


def test_lists_that_were_never_made_are_noticed() -> None:
    """Lists as ranked say nothing of others; nor do lists without those that another would make."""
    asis = [
        JoinedList(replace(joined.shown, policy="none"), joined.opened)
        for joined in logged(2000, 5)
    ]
    assert not decisions_of(asis, "none", "recommendations", "opened", 2).people.size
    best = [joined for joined in logged(2000, 6) if joined.shown.drinks[0].under["none"]]
    decisions = decisions_of(best, "none", "recommendations", "opened", PLACES)
    with pytest.raises(ExperimentRefused, match="never made"):
        replayed(decisions, "none")
