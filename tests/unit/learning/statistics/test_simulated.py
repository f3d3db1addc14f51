"""What is promised of verdicts holds in simulated worlds whose truth is known (short form).

`benchmarks/experiments.py` does the same with as many tests as you like.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.experiment_means import WORLDS as PURSES
from benchmarks.experiment_means import Purses
from benchmarks.experiment_means import look_daily as look_at_means
from benchmarks.experiments import (
    WORLDS,
    World,
    found_by_plan,
    look_daily,
    look_naively,
    mismatches,
)
from learning.statistics.sequences import difference, of_mean
from learning.statistics.sums import Sums

TESTS = 1_500


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(20261130)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_looking_daily_raises_few_false_alarms_and_covers_the_truth(
    world: World, random: np.random.Generator
) -> None:
    seen = look_daily(world, TESTS, random)
    assert seen.missed <= 0.05
    if not world.effect:
        assert seen.alarms <= 0.05
    else:
        assert seen.alarms >= 0.7


def test_ten_thousand_tests_without_an_effect(random: np.random.Generator) -> None:
    world = World("no effect", daily=400, baseline=0.1, likely=0.3)
    assert look_daily(world, 10_000, random).alarms <= 0.05
    assert look_naively(world, TESTS, random) > 0.2  # what looking daily costs otherwise


def test_a_wrong_split_is_found_and_a_fair_one_is_not(random: np.random.Generator) -> None:
    assert mismatches(0.51, 100_000, 10_000, random) >= 0.99
    assert mismatches(0.5, 100_000, 10_000, random) <= 0.001


def test_a_planned_experiment_finds_what_it_was_planned_for(random: np.random.Generator) -> None:
    assert found_by_plan(TESTS, random) >= 0.8


@pytest.mark.parametrize("purses", PURSES, ids=lambda purses: purses.name)
def test_the_same_of_money_and_of_hours(purses: Purses, random: np.random.Generator) -> None:
    seen = look_at_means(purses, TESTS, random)
    assert seen.missed <= 0.05
    assert seen.alarms <= 0.05 if not purses.effect else seen.alarms >= 0.7


def test_money_of_very_few_buyers_is_not_judged() -> None:
    few = Sums(people=5_000, total=1_000.0, squares=90_000.0)  # one paid 300
    many = Sums(people=5_000, total=1_000.0, squares=5_000.0)
    assert difference(few, many, 10_000, information=of_mean).low == -np.inf
    assert difference(many, many, 10_000, information=of_mean).low > -np.inf
