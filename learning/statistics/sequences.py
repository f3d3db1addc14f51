"""Confidence sequences: intervals for a difference that hold at all looks together.

Asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Time-uniform
central limit theory and asymptotic confidence sequences, Annals of Statistics 2024, theorem 2.2):
whoever looks after every person and stops when it pleases them is wrong as rarely as whoever looks
once. GrowthBook's and Eppo's sequential tests are of this kind. They hold from the moment on when
sums of so many numbers are as good as normal; before that there is no interval here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning.statistics.sums import Number, Sums

ALPHA = 0.05
# Before each arm has so many people, and they tell so much (of shares: so many people who did it,
# and so many who did not), there is no interval.
LEAST_PEOPLE = 100
LEAST_INFORMATION = 20.0

Information = Callable[[Sums], Number]


@dataclass(frozen=True)
class Difference:
    """How much more an arm has than the control, and from where to where that may be.

    Places that may not be looked at yet have an infinite interval. All fields have one shape.
    """

    effect: Number
    low: Number
    high: Number


def of_share(sums: Sums) -> Number:
    """Return how much the people of an arm tell of a share: of a rare one, how many did it."""
    return sums.people * sums.variance


def of_mean(sums: Sums) -> Number:
    """Return how much they tell of a mean, whatever its unit, if many have 0 and few have much.

    Kish's effective sample size: the number of people with something, if all had the same. One who
    bought a cellar does not make a sum as good as normal.
    """
    return sums.total**2 / np.where(sums.squares > 0, sums.squares, 1.0)


def of_mean_up_to(most: float) -> Information:
    """Return the same of a mean where nobody has more than `most`, and many have just that."""

    def information(sums: Sums) -> Number:
        missing = sums.people * most - sums.total
        squares = sums.people * most**2 - 2 * most * sums.total + sums.squares
        of_missing = of_mean(Sums(sums.people, missing, squares))
        return np.minimum(of_missing, of_mean(sums))

    return information


def difference(
    arm: Sums,
    control: Sums,
    expected_people: float,
    alpha: float = ALPHA,
    information: Information = of_share,
) -> Difference:
    """Return the difference of means, adjusted by what people did before (CUPED).

    The interval is narrowest where both arms together have `expected_people`, and there is none
    before each tells enough, by `information`. Deng, Xu, Kohavi and
    Walker (WSDM 2013): one slope for both arms, from within them; without anything before it is 0.
    """
    slope = _slope(arm, control)
    effect = arm.mean - control.mean - slope * (arm.mean_before - control.mean_before)
    variance = _variance(arm, slope) / np.maximum(arm.people, 1) + _variance(
        control, slope
    ) / np.maximum(control.people, 1)
    people = arm.people + control.people
    width = np.sqrt(variance) * radius(people, expected_people, alpha)
    width = np.where(_is_early(arm, control, information), np.inf, width)
    return Difference(effect, effect - width, effect + width)


def radius(people: Number, expected_people: float, alpha: float = ALPHA) -> Number:
    """Return how many standard errors wide the sequence is on each side, given how many people."""
    mixing = np.maximum(people, 1) * tuning(expected_people, alpha)
    return np.sqrt(2 * (mixing + 1) / mixing * np.log(np.sqrt(mixing + 1) / alpha))


def tuning(expected_people: float, alpha: float = ALPHA) -> float:
    """Return rho squared of the sequence that is about narrowest at so many people."""
    doubt = -2 * math.log(alpha)
    return (doubt + math.log(doubt + 1)) / expected_people


def _slope(arm: Sums, control: Sums) -> Number:
    degrees = (np.maximum(arm.people, 1) - 1, np.maximum(control.people, 1) - 1)
    covariance = degrees[0] * arm.covariance + degrees[1] * control.covariance
    variance = degrees[0] * arm.variance_before + degrees[1] * control.variance_before
    return np.where(variance > 0, covariance / np.where(variance > 0, variance, 1.0), 0.0)


def _variance(sums: Sums, slope: Number) -> Number:
    adjusted = sums.variance - 2 * slope * sums.covariance + slope**2 * sums.variance_before
    return np.maximum(adjusted, 0.0)


def _is_early(arm: Sums, control: Sums, information: Information) -> NDArray[np.bool_]:
    known = np.minimum(information(arm), information(control))
    fewest = np.minimum(arm.people, control.people)
    return np.logical_or(fewest < LEAST_PEOPLE, known < LEAST_INFORMATION)
