"""Sums, differences and their intervals are what their definitions say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from learning.statistics.power import needed, needed_for_mean
from learning.statistics.sequences import LEAST_PEOPLE, difference, of_mean, radius, tuning
from learning.statistics.sums import NOBODY, Sums

RANDOM = np.random.default_rng(7)


def sums_of(values: np.ndarray, before: np.ndarray) -> Sums:
    return Sums(
        len(values), values.sum(), (values**2).sum(),
        before.sum(), (before**2).sum(), (values * before).sum(),
    )  # fmt: skip


def drawn(people: int, mean: float) -> tuple[np.ndarray, np.ndarray]:
    before = RANDOM.normal(2.0, 1.0, people)
    return mean + 0.9 * (before - 2.0) + RANDOM.normal(0.0, 0.3, people), before


def test_sums_have_the_moments_of_their_numbers() -> None:
    values, before = drawn(500, 1.0)
    sums = sums_of(values, before)
    covariance = np.cov(values, before)
    assert np.allclose([sums.mean, sums.mean_before], [values.mean(), before.mean()])
    assert np.allclose(sums.variance, covariance[0, 0])
    assert np.allclose([sums.covariance, sums.variance_before], covariance[:, 1])
    both = sums_of(values[:200], before[:200]) + sums_of(values[200:], before[200:])
    assert np.allclose([both.variance, both.covariance], [sums.variance, sums.covariance])
    assert (NOBODY.mean, NOBODY.variance) == (0.0, 0.0)


def test_what_people_did_before_is_taken_out_by_regression() -> None:
    (one, one_before), (other, other_before) = drawn(400, 1.3), drawn(600, 1.0)
    seen = difference(sums_of(one, one_before), sums_of(other, other_before), 1_000)
    design = np.column_stack(
        [np.r_[np.ones(400), np.zeros(600)], np.ones(1_000), np.r_[one_before, other_before]]
    )
    coefficients, *_ = np.linalg.lstsq(design, np.r_[one, other], rcond=None)
    assert np.isclose(seen.effect, coefficients[0])
    plain = difference(
        Sums(400, one.sum(), (one**2).sum()), Sums(600, other.sum(), (other**2).sum()), 1_000
    )
    assert np.isclose(plain.effect, one.mean() - other.mean())
    narrower = (seen.high - seen.low) / (plain.high - plain.low)
    assert np.isclose(narrower, 0.3 / math.sqrt(0.9**2 + 0.3**2), atol=0.03)


def test_the_radius_is_that_of_the_theorem() -> None:
    people, rho, alpha, deviation = 4_000, math.sqrt(tuning(10_000, 0.05)), 0.05, 1.7
    theorem = deviation * math.sqrt(
        2 * (people * rho**2 + 1) / (people**2 * rho**2)
        * math.log(math.sqrt(people * rho**2 + 1) / alpha)
    )  # fmt: skip
    standard_error = deviation / math.sqrt(people)
    assert np.isclose(radius(people, 10_000, alpha) * standard_error, theorem)


def test_it_is_narrowest_about_where_it_is_tuned_and_wider_for_less_doubt() -> None:
    assert radius(10_000, 10_000) < min(radius(10_000, 1_000), radius(10_000, 100_000))
    assert radius(10_000, 10_000, 0.01) > radius(10_000, 10_000, 0.05) > 1.96


@pytest.mark.parametrize("people", [1, LEAST_PEOPLE - 1])
def test_too_few_people_give_no_interval(people: int) -> None:
    few, many = Sums(people, people / 2, people / 2), Sums(5_000, 2_500.0, 2_500.0)
    for arm, control in ((few, many), (many, few)):
        seen = difference(arm, control, 1_000)
        assert (seen.low, seen.high) == (-np.inf, np.inf)


def test_nobody_who_did_it_gives_no_interval() -> None:
    nothing = Sums(5_000, 0.0, 0.0)
    for other in (nothing, Sums(5_000, 3.0, 3.0), Sums(5_000, 5_000.0, 5_000.0)):
        assert difference(other, nothing, 1_000).high == np.inf
        assert difference(nothing, other, 1_000).low == -np.inf


def test_how_many_are_needed() -> None:
    plan = needed(0.1, 0.1)
    # the textbook: (1.96 + 0.84)^2 (p q + p' q') / (p' - p)^2 in each arm
    each = (1.95996 + 0.84162) ** 2 * (0.1 * 0.9 + 0.11 * 0.89) / 0.01**2
    assert abs(plan.at_once - 2 * each) <= 2
    assert 1.7 < plan.people / plan.at_once < 2.1
    assert needed(0.1, 0.2).people < plan.people < needed(0.1, 0.1, (0.9, 0.1)).people
    assert needed(0.1, -0.1).people < plan.people < needed(0.1, 0.1, power=0.9).people
    for baseline, lift in ((0.0, 0.1), (0.6, 1.0), (0.1, 0.0), (1.2, 0.1)):
        with pytest.raises(ValueError, match="no share of people"):
            needed(baseline, lift)


def test_how_many_are_needed_for_a_mean() -> None:
    plan = needed_for_mean(10.0, 20.0, 0.2)
    # (1.96 + 0.84)^2 of a change of 2 among 2 x 20^2 and 2 x 24^2
    assert plan.at_once == pytest.approx(7.849 * (2 * 20**2 + 2 * 24**2) / 2**2, rel=0.001)
    assert plan.people > plan.at_once
    assert needed_for_mean(10.0, 40.0, 0.2).people == pytest.approx(4 * plan.people, rel=0.001)
    for mean, deviation, lift in ((0.0, 1.0, 0.1), (1.0, 0.0, 0.1), (1.0, 1.0, 0.0), (1, 1, -1)):
        with pytest.raises(ValueError, match="changed by"):
            needed_for_mean(mean, deviation, lift)


def test_a_change_of_a_mean_is_found_by_the_planned_number_4_times_of_5() -> None:
    """Simulated: a third pays, gamma-distributed."""
    draw = np.random.default_rng(15)

    def paid(scale: float, people: int) -> Sums:
        each = (draw.random((300, people)) < 1 / 3) * draw.gamma(2.0, scale, (300, people))
        return Sums(np.full(300, float(people)), each.sum(axis=1), (each**2).sum(axis=1))

    mean, deviation = 2 / 3, math.sqrt(6 / 3 - (2 / 3) ** 2)
    plan = needed_for_mean(mean, deviation, 0.25)
    half = plan.people // 2
    seen = difference(paid(1.25, half), paid(1.0, half), plan.people, information=of_mean)
    assert 0.74 < float(np.mean(np.asarray(seen.low) > 0)) < 0.88
