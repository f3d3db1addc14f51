"""The evidence against a split is a fair bet while the split is as planned."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multinomial

from learning.statistics.sample_ratio import evidence, is_mismatched

SHARES = [(0.5, 0.5), (0.9, 0.1), (0.3, 0.3, 0.4)]


@pytest.mark.parametrize("shares", SHARES)
def test_its_mean_is_one_if_the_shares_are_right(shares: tuple[float, ...]) -> None:
    """What makes it valid at every look (Ville): summed over everything that could happen."""
    people = 12
    outcomes = [
        (*rest, people - sum(rest))
        for rest in np.ndindex(*[people + 1] * (len(shares) - 1))
        if sum(rest) <= people
    ]
    chances = multinomial.pmf(outcomes, people, shares)
    ratios = np.exp(evidence(np.array(outcomes, dtype=float), np.array(shares)))
    assert np.isclose((chances * ratios).sum(), 1.0)
    assert len(outcomes) > people


def test_it_is_none_of_nobody() -> None:
    assert np.isclose(evidence(np.zeros(2), np.array([0.5, 0.5])), 0.0)


@pytest.mark.parametrize(
    ("counts", "shares", "mismatched"),
    [
        ([[50, 50], [5_000, 5_040]], (0.5, 0.5), False),
        ([[50, 50], [51_000, 49_000]], (0.5, 0.5), True),
        ([[9_000, 1_000]], (0.9, 0.1), False),
        ([[9_000, 1_000]], (0.88, 0.12), True),
        ([[1_000, 1_000, 1_000]], (1 / 3, 1 / 3, 1 / 3), False),
        ([[1_000, 1_000, 700]], (1 / 3, 1 / 3, 1 / 3), True),
        ([[700, 300], [100_000, 100_000]], (0.5, 0.5), True),  # once seen, it stays
        ([[0, 0]], (0.5, 0.5), False),
    ],
)
def test_a_split_is_flagged_or_not(
    counts: list[list[int]], shares: tuple[float, ...], mismatched: bool
) -> None:
    assert is_mismatched(np.array(counts, dtype=float), np.array(shares)) is mismatched
