"""How many people an experiment needs before it starts.

Looked at once, it is the formula of statsmodels' NormalIndPower and of tea-tasting; neither plans
for confidence sequences, which take more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from learning.statistics.sequences import ALPHA, radius

POWER = 0.8


@dataclass(frozen=True)
class Needed:
    """People in both arms: `people` if one may look at any time, `at_once` if only once."""

    people: int
    at_once: int


def needed(
    baseline: float,
    lift: float,
    shares: tuple[float, float] = (0.5, 0.5),
    *,
    alpha: float = ALPHA,
    power: float = POWER,
) -> Needed:
    """Return how many people show a change of a share with a probability of at least `power`.

    `baseline` is the control's share of people who do it, `lift` its relative change (0.05: five
    percent of it more), `shares` how the two arms split people. Raises ValueError for a share that
    would not be between 0 and 1.
    """
    changed = baseline * (1 + lift)
    if not (0 < baseline < 1 and 0 < changed < 1 and lift):
        raise ValueError(f"{baseline:g} changed by {lift:+.1%} is no share of people")
    own, other = (share / sum(shares) for share in shares)
    variance = baseline * (1 - baseline) / own + changed * (1 - changed) / other
    return _needed(variance / (baseline * lift) ** 2, alpha, power)


def needed_for_mean(
    mean: float,
    deviation: float,
    lift: float,
    shares: tuple[float, float] = (0.5, 0.5),
    *,
    alpha: float = ALPHA,
    power: float = POWER,
) -> Needed:
    """Return the same for a mean, such as what people pay: those who pay nothing count too.

    `mean` is the control's, `deviation` how much its people differ (the standard deviation), which
    grows with the mean. Raises ValueError for a mean or a deviation that is not positive, and for a
    lift that is no change or leaves nothing.
    """
    if not (mean > 0 and deviation > 0 and lift and lift > -1):
        raise ValueError(f"a mean of {mean:g} (deviation {deviation:g}) changed by {lift:+.1%}")
    own, other = (share / sum(shares) for share in shares)
    variance = deviation**2 / own + (deviation * (1 + lift)) ** 2 / other
    return _needed(variance / (mean * lift) ** 2, alpha, power)


def _needed(each: float, alpha: float, power: float) -> Needed:
    """Return how many people, given the variance of the difference by one, in changes squared."""
    certain = NormalDist().inv_cdf(power)
    # tuned to what it needs, the sequence is as wide there as at any other number
    sequential = float(radius(1.0, 1.0, alpha))
    fixed = NormalDist().inv_cdf(1 - alpha / 2)
    return Needed(
        people=math.ceil(each * (sequential + certain) ** 2),
        at_once=math.ceil(each * (fixed + certain) ** 2),
    )
