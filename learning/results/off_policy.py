"""What lists would have earned under another policy, from those that were shown under one.

Each place is a decision after those above it, so a place weighs by the product of the ratios of
chances down to it (RIPS, McInerney et al. KDD 2020): that holds whatever places do to each other.
Three estimates, each with an interval that takes the lists of one person together:

- IPS (Horvitz and Thompson 1952): unbiased, and wide.
- SNIPS (Swaminathan and Joachims 2015): divided by the sum of weights; narrower, hardly biased.
- DR (Dudik et al. 2011; for places Kiyohara et al. 2022): IPS of what a place earns beyond what it
  does in the mean, plus that mean. The mean is of the other half of people, so that nobody
  explains themselves. It knows places and no drinks: drinks that were not shown are in no log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from events.impressions import AS_RANKED
from learning.attribution.joining import JoinedList
from learning.errors import ExperimentRefused

Floats = NDArray[np.float64]

Z95 = 1.959963984540054
LEAST_EFFECTIVE = 200.0
LEAST_REWARDED = 40
# how far the mean weight may be from 1, in standard errors: beyond, lists that the policy would
# have made were never made
MOST_OFF = 5.0


@dataclass(frozen=True)
class LoggedDecisions:
    """Lists as decisions: whose, how much more likely under the other policy, what they earned.

    `ratios` and `rewards` are [lists, places]; places that a list does not have are ratio 1 and
    reward 0. `people` numbers the person of each list from 0.
    """

    people: NDArray[np.int64]
    ratios: Floats
    rewards: Floats


@dataclass(frozen=True)
class Estimate:
    """What a list would earn, and from where to where that may be, 95 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Replayed:
    """What a policy would have earned a list, by three estimates, and what was earned.

    `effective` is how many lists chosen by the policy itself would say as much.
    """

    policy: str
    lists: int
    people: int
    effective: float
    mean_weight: float
    earned: Estimate
    ips: Estimate
    snips: Estimate
    dr: Estimate


def decisions_of(
    lists: Iterable[JoinedList], policy: str, surface: str, reward: str, places: int
) -> LoggedDecisions:
    """Return the drawn lists of a surface as decisions; those that name no chances are left out.

    `reward` is `opened` or `bought`.
    """
    people: dict[str, int] = {}
    owners: list[int] = []
    ratios: list[list[float]] = []
    rewards: list[list[float]] = []
    for joined in lists:
        shown = joined.shown
        if shown.surface != surface or not _tells(joined, policy):
            continue
        first = sorted(shown.drinks, key=lambda drink: drink.place)
        first = [drink for drink in first if drink.place <= places]
        if not first:
            continue
        done = joined.opened if reward == "opened" else joined.bought
        empty = places - len(first)
        own = shown.policy == policy
        owners.append(people.setdefault(shown.user_id, len(people)))
        ratios.append(
            [1.0 if own else drink.under.get(policy, 1.0) / drink.propensity for drink in first]
            + [1.0] * empty
        )
        rewards.append([float(drink.drink_id in done) for drink in first] + [0.0] * empty)
    shape = (len(owners), places)
    return LoggedDecisions(
        np.array(owners, dtype=np.int64),
        np.array(ratios, dtype=np.float64).reshape(shape),
        np.array(rewards, dtype=np.float64).reshape(shape),
    )


def replayed(decisions: LoggedDecisions, policy: str) -> Replayed:
    """Return what the policy would have earned.

    Raises ExperimentRefused where the lists say too little about it.
    """
    people = decisions.people
    if not people.size:
        raise ExperimentRefused(
            f"There is no list that says how likely it was under '{policy}'.",
            "Let a policy draw lists: set TASTEGRAPH_POLICY, or an experiment's arm with policy.",
        )
    weights = np.cumprod(decisions.ratios, axis=1, dtype=np.float64)
    last = weights[:, -1]
    effective = _effective(last)
    rewarded = int((decisions.rewards * (weights > 0)).sum())
    if effective < LEAST_EFFECTIVE or rewarded < LEAST_REWARDED:
        raise ExperimentRefused(
            f"{people.size:,} lists say as much about '{policy}' as {effective:,.0f} of its own "
            f"would, with {rewarded:,} rewards: too little for an answer.",
            f"It takes {LEAST_EFFECTIVE:,.0f}, and {LEAST_REWARDED} rewards. Wait, ask about fewer "
            "places (--places), or let a policy draw that is more like it.",
        )
    mean = _mean(last, people)
    spread = (mean.high - mean.low) / 2 / Z95
    if abs(mean.value - 1) > MOST_OFF * spread + 1e-9:
        raise ExperimentRefused(
            f"The weights of '{policy}' have a mean of {mean.value:.3f}, where 1 is expected: it "
            "would make lists that were never made.",
            "Let a policy draw that makes all lists now and then, such as epsilon.",
        )
    return Replayed(
        policy=policy,
        lists=int(people.size),
        people=int(people.max()) + 1,
        effective=effective,
        mean_weight=mean.value,
        earned=_mean(decisions.rewards.sum(axis=1), people),
        ips=_mean((weights * decisions.rewards).sum(axis=1), people),
        snips=_snips(weights, decisions.rewards, people),
        dr=_doubly_robust(decisions, weights),
    )


def _tells(joined: JoinedList, policy: str) -> bool:
    """Return whether a list was drawn and says how likely it was under a policy."""
    shown = joined.shown
    if shown.policy in (AS_RANKED, policy):
        return shown.policy != AS_RANKED
    return all(policy in drink.under for drink in shown.drinks if drink.under)


def _effective(weights: Floats) -> float:
    """Return Kish's effective size (1965)."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def _by_person(values: Floats, people: NDArray[np.int64]) -> Floats:
    return np.bincount(people, weights=values).astype(np.float64)


def _mean(values: Floats, people: NDArray[np.int64]) -> Estimate:
    """Return the mean of lists, with the lists of a person taken together."""
    mean = float(values.mean())
    return _estimate(mean, values - mean, people)


def _estimate(value: float, influence: Floats, people: NDArray[np.int64]) -> Estimate:
    """Return an estimate, given what each list moves it by (its mean is 0)."""
    sums = _by_person(influence, people)
    count = sums.size
    error = float(np.sqrt((sums**2).sum() * count / max(count - 1, 1))) / influence.size
    return Estimate(value, value - Z95 * error, value + Z95 * error)


def _snips(weights: Floats, rewards: Floats, people: NDArray[np.int64]) -> Estimate:
    totals = weights.mean(axis=0)
    values = (weights * rewards).mean(axis=0) / np.where(totals > 0, totals, 1.0)
    influence = (weights * (rewards - values) / np.where(totals > 0, totals, 1.0)).sum(axis=1)
    return _estimate(float(values.sum()), influence, people)


def _doubly_robust(decisions: LoggedDecisions, weights: Floats) -> Estimate:
    """Return DR, with what places earn from the half of people that a list is not of."""
    people, rewards = decisions.people, decisions.rewards
    before = np.hstack([np.ones((people.size, 1)), weights[:, :-1]])
    values = np.zeros(people.size)
    for half in (0, 1):
        own, other = people % 2 == half, people % 2 != half
        expected = _place_means(weights[other], rewards[other])
        values[own] = (weights[own] * (rewards[own] - expected) + before[own] * expected).sum(
            axis=1
        )
    return _mean(values, people)


def _place_means(weights: Floats, rewards: Floats) -> Floats:
    totals = weights.sum(axis=0)
    return (weights * rewards).sum(axis=0) / np.where(totals > 0, totals, 1.0)
