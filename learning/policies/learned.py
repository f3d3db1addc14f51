"""Policies that learn which drinks are opened: Thompson sampling and LinUCB."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from learning.policies.rewards import BEFORE, Floats, Rewards, features_of, with_relevance
from learning.policies.simple import even, greedy, mixed
from recommend.ranking.drawing import Chances, Pool
from recommend.safety.masks import Bools

FLOOR = 0.02
"""The share drawn at random: without it nothing could be said of other policies afterwards."""
ALPHA = 1.0
# of Gauss and Legendre, where the highest of the drinks may lie
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_REACH = 5.0


@dataclass(frozen=True)
class Thompson:
    """Thompson sampling (Thompson 1933; Agrawal and Goyal 2013) of what each drink earns.

    What a drink earns is its place's share, plus a slope times its relevance, plus an effect of its
    own, normal around what was seen of it. Each place draws all effects anew, so that the chance of
    a drink is exactly that of being the highest of those that are left.
    """

    rewards: Rewards
    floor: float = FLOOR
    name: str = "thompson"

    def wants(self, row_of: Mapping[str, int]) -> Bools | None:
        """Want no drink that is not among the best."""
        return None

    def begin(self, pool: Pool) -> Callable[[Bools], Chances]:
        """Return the chances of the pool."""
        effects, shown = self.rewards.effects(pool.drinks)
        means = effects + self.rewards.slope * pool.relevance
        spreads = np.sqrt(self.rewards.noise / (shown + BEFORE))

        def chances(left: Bools) -> Chances:
            highest = np.zeros(left.size)
            highest[left] = highest_of(means[left], spreads[left])
            return mixed(highest, even(left), self.floor)

        return chances


@dataclass(frozen=True)
class LinUcb:
    """LinUCB (Li, Chu, Langford and Schapire 2010) with one linear model for all drinks.

    Its features are the drink's relevance, kind, styles and flavors. What is taken is the drink
    that may earn most: the mean plus `alpha` standard errors.
    """

    rewards: Rewards
    alpha: float = ALPHA
    floor: float = FLOOR
    name: str = "linucb"

    def wants(self, row_of: Mapping[str, int]) -> Bools | None:
        """Want no drink that is not among the best."""
        return None

    def begin(self, pool: Pool) -> Callable[[Bools], Chances]:
        """Return the chances of the pool."""
        weights, inverse = self.rewards.linear()
        pairs = zip(pool.drinks, pool.relevance.tolist(), strict=True)
        x = np.array([with_relevance(features_of(drink), relevance) for drink, relevance in pairs])
        errors = np.sqrt(self.rewards.noise * ((x @ inverse) * x).sum(axis=1))
        bounds = x @ weights + self.alpha * errors

        def chances(left: Bools) -> Chances:
            best = np.zeros(left.size)
            best[int(np.where(left, bounds, -np.inf).argmax())] = 1.0
            return mixed(best, even(left), self.floor)

        return chances


def highest_of(means: Floats, spreads: Floats) -> Floats:
    """Return how likely each of some normal numbers is to be the highest, adding up to 1.

    The integral of its density times the chance that all others are below, by Gauss and Legendre
    from the lowest to the highest place that matters.
    """
    if means.size == 1:
        return np.ones(1)
    low = float((means - _REACH * spreads).max())
    high = float((means + _REACH * spreads).max())
    points = (low + high) / 2 + (high - low) / 2 * _NODES
    standard = (points[:, None] - means) / spreads
    below: Floats = special.log_ndtr(standard)
    density = np.exp(-(standard**2) / 2 + below.sum(axis=1)[:, None] - below) / spreads
    chances = np.maximum(_WEIGHTS @ density, 0.0)
    total = float(chances.sum())
    return chances / total if total > 0 else greedy(means == means.max())
