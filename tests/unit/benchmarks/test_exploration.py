"""The short form of the simulation of policies, estimates and interleaving."""

from __future__ import annotations

from benchmarks.exploration import coverage, interleaving, regret


def test_policies_that_learn_lose_less_than_those_that_do_not() -> None:
    lost = regret(1500, 0)
    assert lost["linucb"] < lost["thompson"] < min(lost["none"], lost["epsilon"])
    assert lost["epsilon"] < lost["none"] + 4  # what exploring costs who learns nothing of it


def test_intervals_cover_the_truth() -> None:
    found = coverage(40, 2000, "epsilon", "none", 7)
    assert min(found.values()) >= 0.88, found  # of so few runs; the long form says 93 % or more


def test_interleaving_takes_a_tenth_of_the_people() -> None:
    sizes = interleaving(1500, 5, 14)
    assert sizes.ratio < 0.1, sizes
