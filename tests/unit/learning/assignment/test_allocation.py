"""Arms have their shares, keep their people under ramps, and know nothing of other experiments."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency

from learning.assignment.allocation import (
    Allocation,
    free_range,
    is_held_out,
    weights_of,
)
from learning.assignment.hashing import BUCKETS, vectors
from learning.errors import ExperimentRefused

IMPROBABLE = 1e-7
PEOPLE = [f"user-{number}" for number in range(10_000)]
NAMES = st.text("abcdefghij-", min_size=1, max_size=12)
RAMPS = st.lists(st.floats(0, 1), min_size=2, max_size=4)
PARTS = st.lists(st.integers(1, 20), min_size=2, max_size=4)


def arms(allocation: Allocation) -> list[int | None]:
    return [allocation.arm_of(person) for person in PEOPLE]


def test_arms_are_those_of_the_vectors() -> None:
    for example in vectors()["assignments"]:
        holdout, expected = example["holdout"], example["arms"]
        fields = {name: example[name] for name in ("experiment", "layer", "first", "size", "ramp")}
        allocation = Allocation(**fields, weights=tuple(example["weights"]))
        got = {
            unit: None if is_held_out(unit, holdout) else allocation.arm_of(unit)
            for unit in expected
        }
        assert got == expected


@given(NAMES, PARTS)
@settings(max_examples=20)
def test_each_arm_has_its_share(experiment: str, parts: list[int]) -> None:
    weights = weights_of(parts)
    counts = np.bincount([arm for arm in arms(Allocation(experiment, "l", 0, BUCKETS, 1.0, weights))
                          if arm is not None], minlength=len(parts))  # fmt: skip
    assert counts.sum() == len(PEOPLE)
    for count, weight in zip(counts, weights, strict=True):
        shares = binom(len(PEOPLE), weight / BUCKETS)
        assert min(shares.cdf(count), shares.sf(count - 1)) > IMPROBABLE


@given(NAMES, PARTS, RAMPS)
@settings(max_examples=20)
def test_a_ramp_adds_people_and_moves_nobody(
    experiment: str, parts: list[int], ramps: list[float]
) -> None:
    steps = [
        arms(Allocation(experiment, "ranking", 1_000, 6_000, ramp, weights_of(parts)))
        for ramp in sorted(ramps)
    ]
    for before, after in pairwise(steps):
        assert all(arm in (None, later) for arm, later in zip(before, after, strict=True))


@given(NAMES, NAMES)
@settings(max_examples=20)
def test_arms_of_two_experiments_are_independent(name: str, other: str) -> None:
    """In two layers, so that a person is in both; the same layer excludes one of them."""
    if name == other:
        return
    halves = weights_of([1, 1])
    first = arms(Allocation(name, "ranking", 0, BUCKETS, 1.0, halves))
    second = arms(Allocation(other, "page", 0, 5_000, 1.0, halves))
    table = np.zeros((2, 3), dtype=int)
    for arm, crossed in zip(first, second, strict=True):
        table[int(arm or 0), 2 if crossed is None else crossed] += 1
    assert chi2_contingency(table).pvalue > IMPROBABLE


def test_experiments_of_a_layer_exclude_each_other() -> None:
    taken: list[tuple[int, int]] = []
    everybody: list[list[int | None]] = []
    for name, size in (("a", 3_000), ("b", 5_000), ("c", 2_000)):
        first = free_range(taken, size)
        taken.append((first, size))
        everybody.append(arms(Allocation(name, "ranking", first, size, 1.0, weights_of([1, 1]))))
    for each in zip(*everybody, strict=True):
        assert sum(arm is not None for arm in each) == 1


def test_a_free_range_fits_between_others_or_is_refused() -> None:
    assert free_range([], BUCKETS) == 0
    assert free_range([(0, 1_000), (4_000, 1_000)], 3_000) == 1_000
    assert free_range([(4_000, 1_000), (0, 1_000)], 3_001) == 5_000
    with pytest.raises(ExperimentRefused, match="51%"):
        free_range([(0, 5_000)], 5_100)


@given(PARTS)
def test_weights_add_up(parts: list[int]) -> None:
    weights = weights_of(parts)
    assert sum(weights) == BUCKETS and len(weights) == len(parts)
    for weight, part in zip(weights, parts, strict=True):
        assert abs(weight - part / sum(parts) * BUCKETS) <= 1


def test_the_holdout_has_its_share_and_only_grows() -> None:
    held = {share: {person for person in PEOPLE if is_held_out(person, share)}
            for share in (0.0, 0.05, 0.1)}  # fmt: skip
    assert held[0.0] == set() and held[0.05] < held[0.1]
    assert abs(len(held[0.05]) - 500) < 120
