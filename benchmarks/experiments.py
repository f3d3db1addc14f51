"""Experiments, simulated: false alarms, coverage, power and sample ratios, under a known truth.

.venv/bin/python -m benchmarks.experiments [--tests 10000] [--seed 0]

Everything here is simulated. Each world draws its people day by day; a person does something with a
probability of their own, which also drove what they did before, so that the adjustment (CUPED) has
something to adjust. Every day is looked at.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from learning.assignment.allocation import Allocation
from learning.statistics.power import needed
from learning.statistics.sample_ratio import ALPHA, evidence
from learning.statistics.sequences import Difference, difference
from learning.statistics.sums import Floats, Sums

DAYS = 28
# The arm's share of people: halves, and one in ten.
HALF, TENTH = 0.5, 0.1


@dataclass(frozen=True)
class World:
    """So many people a day, a share of whom do it; `likely` is how far people differ in that."""

    name: str
    daily: int
    baseline: float
    lift: float = 0.0
    share: float = HALF
    likely: float = 0.0
    days: int = DAYS

    @property
    def effect(self) -> float:
        """The true difference."""
        return self.baseline * self.lift


WORLDS = (
    World("rare, few people", daily=200, baseline=0.02),
    World("rare, many people", daily=5_000, baseline=0.02),
    World("common", daily=500, baseline=0.3),
    World("nearly all", daily=300, baseline=0.97),
    World("one in ten in the arm", daily=1_000, baseline=0.05, share=TENTH),
    World("people differ", daily=500, baseline=0.2, likely=0.8),
    World("common, 10 % more", daily=500, baseline=0.3, lift=0.1),
    World("people differ, 10 % fewer", daily=500, baseline=0.2, lift=-0.1, likely=0.8),
)


def simulate(world: World, tests: int, random: np.random.Generator) -> tuple[Sums, Sums]:
    """Return the sums of an arm and of the control at the end of each day, [tests, days]."""
    shape = (tests, world.days)
    in_arm = random.binomial(world.daily, world.share, shape)
    arm = _people(world, in_arm, world.lift, random)
    return arm, _people(world, world.daily - in_arm, 0.0, random)


def _people(world: World, counts: np.ndarray, lift: float, random: np.random.Generator) -> Sums:
    """Draw who did it before (x) and who does it (y).

    A share `likely` of people does what they did before, but for what the lift changes; the others
    do it by chance.
    """
    baseline = world.baseline
    steady = random.binomial(counts, world.likely)
    before = random.binomial(steady, baseline)
    both = random.binomial(before, min(1 + lift, 1.0))
    won = random.binomial(steady - before, max(lift, 0.0) * baseline / (1 - baseline))
    others = counts - steady
    done, earlier = (
        random.binomial(others, baseline * (1 + lift)),
        random.binomial(others, baseline),
    )
    products = both + random.hypergeometric(earlier, others - earlier, done)
    people, total, x, shared = (
        np.cumsum(drawn, axis=1).astype(np.float64)
        for drawn in (counts, both + won + done, before + earlier, products)
    )
    return Sums(people, total, total, x, x, shared)


@dataclass(frozen=True)
class Seen:
    """Shares of tests: `alarms` ever excluded zero, `missed` ever excluded the truth."""

    alarms: float
    missed: float
    at_end: float

    @staticmethod
    def of(found: Difference, effect: float) -> Seen:
        """Return what was seen of tests, [tests, days], of which the truth is known."""
        low, high = np.asarray(found.low), np.asarray(found.high)
        outside = (low > effect) | (high < effect)
        excludes = (low > 0) | (high < 0)
        return Seen(
            float(excludes.any(axis=1).mean()),
            float(outside.any(axis=1).mean()),
            float(excludes[:, -1].mean()),
        )


def look_daily(world: World, tests: int, random: np.random.Generator) -> Seen:
    """Look at each of the tests every day, at 95 %."""
    arm, control = simulate(world, tests, random)
    return Seen.of(difference(arm, control, world.daily * world.days), world.effect)


def look_naively(world: World, tests: int, random: np.random.Generator) -> float:
    """Return how many of the tests a z-test of 95 % would call significant on any day."""
    arm, control = simulate(world, tests, random)
    spread = np.sqrt(arm.variance / arm.people + control.variance / control.people)
    score = np.abs(arm.mean - control.mean) / np.where(spread > 0, spread, np.inf)
    return float((score > 1.96).any(axis=1).mean())


def mismatches(share: float, people: int, tests: int, random: np.random.Generator) -> float:
    """Return how many splits of people, planned as halves and looked at daily, are flagged."""
    daily = np.full((tests, DAYS), people // DAYS)
    daily[:, -1] += people - daily[0].sum()
    arm = np.cumsum(random.binomial(daily, share), axis=1)
    counts = np.stack([arm, np.cumsum(daily, axis=1) - arm], axis=-1).astype(np.float64)
    against: Floats = evidence(counts, np.array([HALF, HALF]))
    return float((against >= -np.log(ALPHA)).any(axis=1).mean())


def found_by_plan(tests: int, random: np.random.Generator) -> float:
    """Return how many planned experiments find what they were planned to find, by their end."""
    baseline, lift = 0.1, 0.1
    plan = needed(baseline, lift)
    world = World("planned", plan.people // DAYS + 1, baseline, lift)
    return look_daily(world, tests, random).alarms


def seconds_each(people: int = 2_000, repeats: int = 10) -> float:
    """Return the seconds that assigning a person takes, the best of some repeats."""
    allocation = Allocation("diverse-home", "ranking", 0, 10_000, 1.0, (5_000, 5_000))
    units = [f"5b3f7a90-1111-2222-3333-{number:012}" for number in range(people)]
    seconds: list[float] = []
    for _ in range(repeats):
        began = time.perf_counter()
        for unit in units:
            allocation.arm_of(unit)
        seconds.append(time.perf_counter() - began)
    return min(seconds) / people


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
            f"  {world.name:28} zero excluded on any day {seen.alarms:7.2%}, on the last "
            f"{seen.at_end:7.2%}; truth covered on all days {1 - seen.missed:7.2%}"
        )
    naive = look_naively(WORLDS[2], chosen.tests, random)
    print(f"  a z-test, looked at daily, no effect: {naive:.1%} false alarms")
    print(f"  planned for 80 %: {found_by_plan(chosen.tests, random):.1%} found it by the end")
    for share in (0.51, 0.5):
        flagged = mismatches(share, 100_000, chosen.tests, random)
        print(f"  a split of {share:.0%} among 100,000: {flagged:.3%} flagged")
    print(f"Assigning a person with an id of 36 characters: {seconds_each() * 1e6:.1f} µs")


if __name__ == "__main__":
    main()
