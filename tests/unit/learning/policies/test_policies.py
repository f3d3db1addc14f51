"""Every policy gives chances that add up to one, to drinks that are left and to no others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.policies.book import PolicyBook
from learning.policies.learned import highest_of
from learning.policies.names import POLICIES
from learning.policies.rewards import Reward, Rewards, features_of
from recommend.ranking.drawing import Explorer, Pool, drawn
from tests.unit.recommend.catalogues import drink

DRINKS = [
    drink(f"d{number}", kind="tea" if number % 3 else "soda", flavors=(f"f{number % 5}",))
    for number in range(60)
]


def learned() -> Rewards:
    """What was earned where drink 7 is opened by everybody and drink 3 by nobody."""
    rewards, draw = Rewards(), np.random.default_rng(4)
    for _ in range(300):
        for number in range(10):
            opened = {7: 1.0, 3: 0.0}.get(number, float(draw.random() < 0.2))
            shown = DRINKS[number]
            rewards.add([Reward(shown.id, 1, 0.0, opened, features_of(shown))])
    return rewards


REWARDS = learned()


def policies() -> list[Explorer]:
    exploration = PolicyBook(REWARDS).exploration("epsilon")
    assert exploration
    return [exploration.policy, *exploration.others]


def test_there_is_one_of_each_name() -> None:
    assert {policy.name for policy in policies()} == set(POLICIES)
    assert PolicyBook(REWARDS).exploration("none") is None


@pytest.mark.parametrize("policy", policies(), ids=lambda policy: policy.name)
@given(
    scores=st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=60),
    taken=st.sets(st.integers(0, 59), max_size=59),
)
def test_chances_add_up_to_one_whatever_is_left(
    policy: Explorer, scores: list[float], taken: set[int]
) -> None:
    pool = Pool(DRINKS[: len(scores)], np.array(scores, dtype=np.float32))
    left = np.array([place not in taken for place in range(len(scores))])
    left[0] |= not left.any()
    chances = policy.begin(pool)(left)
    assert chances.shape == left.shape and (chances >= 0).all()
    assert (chances[~left] == 0).all()
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    for dice in (0.0, 0.5, 1 - 1e-16, 1.0):
        assert left[drawn(chances, dice)] and chances[drawn(chances, dice)] > 0


def test_what_is_drawn_has_the_chances_that_are_noted() -> None:
    draw = np.random.default_rng(1)
    pool = Pool(DRINKS[:8], np.linspace(1, -1, 8, dtype=np.float32))
    for policy in policies():
        chances = policy.begin(pool)(np.ones(8, dtype=bool))
        counts = np.bincount([drawn(chances, dice) for dice in draw.random(20_000)], minlength=8)
        assert np.abs(counts / 20_000 - chances).max() < 0.015, policy.name


def test_thompson_draws_as_often_as_a_drink_is_the_highest() -> None:
    draw = np.random.default_rng(2)
    means, spreads = draw.normal(0, 0.05, 20), draw.uniform(0.01, 0.07, 20)
    highest = (draw.normal(size=(200_000, 20)) * spreads + means).argmax(axis=1)
    seen = np.bincount(highest, minlength=20) / 200_000
    assert np.abs(highest_of(means, spreads) - seen).max() < 0.005
    assert highest_of(np.array([0.1, 0.1]), np.array([0.01, 0.01])) == pytest.approx([0.5, 0.5])


def test_who_learned_prefers_what_was_opened() -> None:
    pool, left = Pool(DRINKS[:10], np.zeros(10, dtype=np.float32)), np.ones(10, dtype=bool)
    for policy in policies():
        chances = policy.begin(pool)(left)
        if policy.name == "thompson":
            assert chances.argmax() == 7 and chances[7] > 0.9 and chances[3] < 0.01
        if policy.name == "linucb":  # it knows attributes, and drink 7 shares all of its own
            assert DRINKS[int(chances.argmax())].flavors == DRINKS[7].flavors


def test_new_drinks_are_wanted_until_they_had_their_trial() -> None:
    exploration = PolicyBook(REWARDS).exploration("new-drinks")
    assert exploration
    wanted = exploration.policy.wants({drink.id: row for row, drink in enumerate(DRINKS)})
    assert wanted is not None and not wanted[:10].any() and wanted[10:].all()
    pool, left = Pool(DRINKS[8:12], np.zeros(4, dtype=np.float32)), np.ones(4, dtype=bool)
    assert exploration.policy.begin(pool)(left) == pytest.approx([0.9, 0, 0.05, 0.05])
