"""Experiments on means, simulated: false alarms and coverage of money and of hours, known truth.

.venv/bin/python -m benchmarks.experiment_means [--tests 10000] [--seed 0]

Everything here is simulated. Few people buy, what they pay is lognormal (a few pay very much), and
some pay what they paid before. Every day is looked at.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.experiments import DAYS, HALF, Seen
from learning.statistics.sequences import Information, difference, of_mean, of_mean_up_to
from learning.statistics.sums import Floats, Sums

WINDOW_HOURS = 24.0
OF_WAITS = of_mean_up_to(WINDOW_HOURS)


@dataclass(frozen=True)
class Purses:
    """So many people a day, a share of whom buy, for amounts that `spread` apart (sigma of logs).

    `steady` of them pay what they paid before; `lift` is how much more the arm pays.
    """

    name: str
    daily: int
    buyers: float
    spread: float
    lift: float = 0.0
    share: float = HALF
    steady: float = 0.0
    information: Information = of_mean

    @property
    def effect(self) -> float:
        """The true difference."""
        return self.lift * self.buyers * float(np.exp(self.spread**2 / 2))

    def values(
        self, buyers: int, lift: float, random: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """Return what some buyers paid, and what they paid before."""
        paid = random.lognormal(0.0, self.spread, buyers)
        before = np.where(random.random(buyers) < self.steady, paid, 0.0)
        return paid * (1 + lift), before

    def rest(self, people: Floats) -> tuple[Floats, Floats, Floats]:
        """Return people, total and squares of those who did not buy."""
        return people, np.zeros_like(people), np.zeros_like(people)


@dataclass(frozen=True)
class Waits(Purses):
    """The same of the hours until somebody buys, at most 24; the arm's are `lift` longer."""

    information: Information = OF_WAITS

    @property
    def effect(self) -> float:
        """The true difference: of buyers' hours, which are even over half of the window."""
        return self.lift * self.buyers * WINDOW_HOURS / 4

    def values(
        self, buyers: int, lift: float, random: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """Return after how many hours some buyers bought."""
        hours = random.uniform(0, WINDOW_HOURS / 2, buyers)
        return hours * (1 + lift), np.where(random.random(buyers) < self.steady, hours, 0.0)

    def rest(self, people: Floats) -> tuple[Floats, Floats, Floats]:
        """Return people, total and squares of those who did not buy."""
        return people, people * WINDOW_HOURS, people * WINDOW_HOURS**2


WORLDS = (
    Purses("few buy, much alike", daily=500, buyers=0.05, spread=0.5),
    Purses("few buy, some much more", daily=1_000, buyers=0.05, spread=1.0),
    Purses("few buy, very few pay most", daily=1_000, buyers=0.03, spread=1.5),
    Purses("many buy, as before", daily=300, buyers=0.4, spread=0.7, steady=0.7),
    Purses("one in ten in the arm", daily=1_000, buyers=0.1, spread=1.0, share=0.1),
    Purses("many buy, 20 % more", daily=1_000, buyers=0.3, spread=0.7, lift=0.2, steady=0.3),
    Waits("few buy, hours until they do", daily=500, buyers=0.03, spread=0.0),
    Waits("half buy, hours, 20 % longer", daily=1_000, buyers=0.5, spread=0.0, lift=0.2),
)


def simulate(world: Purses, tests: int, random: np.random.Generator) -> tuple[Sums, Sums]:
    """Return the sums of an arm and of the control at the end of each day, [tests, days]."""
    in_arm = random.binomial(world.daily, world.share, (tests, DAYS))
    arm = _people(world, in_arm, world.lift, random)
    return arm, _people(world, world.daily - in_arm, 0.0, random)


def _people(world: Purses, counts: np.ndarray, lift: float, random: np.random.Generator) -> Sums:
    buyers = random.binomial(counts, world.buyers)
    cells = np.repeat(np.arange(buyers.size), buyers.ravel())
    values, before = world.values(int(buyers.sum()), lift, random)

    def summed(of: Floats) -> Floats:
        return np.bincount(cells, of, buyers.size).reshape(buyers.shape)

    others, total, squares = world.rest((counts - buyers).astype(np.float64))
    columns = (
        others + buyers,
        total + summed(values),
        squares + summed(values**2),
        summed(before),
        summed(before**2),
        summed(values * before),
    )
    return Sums(*(np.cumsum(column, axis=1) for column in columns))


def look_daily(world: Purses, tests: int, random: np.random.Generator) -> Seen:
    """Look at each of the tests every day, at 95 %."""
    arm, control = simulate(world, tests, random)
    return Seen.of(
        difference(arm, control, world.daily * DAYS, information=world.information), world.effect
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    random = np.random.default_rng(chosen.seed)
    print(f"Simulated, {chosen.tests:,} tests of {DAYS} days each, looked at every day, 95 %:")
    for world in WORLDS:
        seen = look_daily(world, chosen.tests, random)
        print(
            f"  {world.name:30} zero excluded on any day {seen.alarms:7.2%}, on the last "
            f"{seen.at_end:7.2%}; truth covered on all days {1 - seen.missed:7.2%}"
        )


if __name__ == "__main__":
    main()
