"""Policies that have learned nothing: as ranked, one of ten at random, and a trial for new drinks.

Their chances are exact, so that what happened under one tells what would have under another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from events.impressions import AS_RANKED
from learning.policies.rewards import Rewards
from recommend.ranking.drawing import Chances, Pool
from recommend.safety.masks import Bools

EPSILON = 0.1
TRIAL_SHOWN = 100
"""A drink is on trial until it was shown so often."""


@dataclass(frozen=True)
class AsRanked:
    """The best drink that is left, always."""

    name: str = AS_RANKED

    def wants(self, row_of: Mapping[str, int]) -> Bools | None:
        """Want no drink that is not among the best."""
        return None

    def begin(self, pool: Pool) -> Callable[[Bools], Chances]:
        """Return what takes the first that is left."""
        return greedy


@dataclass(frozen=True)
class EpsilonGreedy:
    """The best drink that is left, but with a chance of `epsilon` any of those that are left."""

    epsilon: float = EPSILON
    name: str = "epsilon"

    def wants(self, row_of: Mapping[str, int]) -> Bools | None:
        """Want no drink that is not among the best."""
        return None

    def begin(self, pool: Pool) -> Callable[[Bools], Chances]:
        """Return the chances of the pool."""
        return lambda left: mixed(greedy(left), even(left), self.epsilon)


@dataclass(frozen=True)
class NewDrinks:
    """The best drink that is left, but with a chance of `epsilon` one that is on trial.

    A drink is on trial until it was shown a hundred times, in any list; however low a model that
    knows nothing of it ranks it. All on trial in the pool are as likely.
    """

    rewards: Rewards
    epsilon: float = EPSILON
    name: str = "new-drinks"

    def wants(self, row_of: Mapping[str, int]) -> Bools | None:
        """Want those on trial in the pool."""
        return self.rewards.shown_by_row(row_of) < TRIAL_SHOWN

    def begin(self, pool: Pool) -> Callable[[Bools], Chances]:
        """Return the chances of the pool."""
        on_trial = self.rewards.shown(pool.drinks) < TRIAL_SHOWN

        def chances(left: Bools) -> Chances:
            new = left & on_trial
            return mixed(greedy(left), even(new), self.epsilon) if new.any() else greedy(left)

        return chances


def greedy(left: Bools) -> Chances:
    """Return certainty for the first drink that is left."""
    chances = np.zeros(left.size)
    chances[int(left.argmax())] = 1.0
    return chances


def even(left: Bools) -> Chances:
    """Return the same chance for each that is left."""
    return left / left.sum()


def mixed(chances: Chances, others: Chances, share: float) -> Chances:
    """Return the chances of whoever draws by `others` with a chance of `share`."""
    return (1 - share) * chances + share * others
