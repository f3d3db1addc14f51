"""Sample ratio: whether the arms have the people they should, however often one looks.

If not, people are lost or counted in one arm and not in the other, and no comparison means
anything. The evidence is a test martingale (a mixture of likelihood ratios, as in Lindon and Malek,
Anytime-valid inference for multinomial count data, NeurIPS 2022): if the shares are right, it ever
exceeds 1,000 in at most one of 1,000 experiments (Ville's inequality), however long they run.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false

from __future__ import annotations

import numpy as np
from scipy import special

from learning.statistics.sums import Floats

ALPHA = 0.001
# Most of the evidence looks for 0.7 points too many or too few of a half, which finds a split of
# 51 to 49 soonest; the rest, a mixture of about 5 points either way, finds larger ones sooner.
SHIFT = 0.0135
SHARE_OF_SHIFTS = 0.8
CONCENTRATION = 100.0


def evidence(counts: Floats, shares: Floats) -> Floats:
    """Return the logarithm of the evidence that shares are not these, [...] of counts [..., arms].

    The mean over arms, each against all others: a mean of test martingales is one.
    """
    people = counts.sum(axis=-1, keepdims=True)
    spread = SHIFT * np.sqrt(shares * (1 - shares))
    shifts = [_ratio(counts, people, shares, shares + sign * spread) for sign in (-1, 1)]
    mixed = np.logaddexp(
        np.log(SHARE_OF_SHIFTS / 2) + np.logaddexp(*shifts),
        np.log(1 - SHARE_OF_SHIFTS) + _mixture(counts, people, shares),
    )
    return np.logaddexp.reduce(mixed, axis=-1) - np.log(counts.shape[-1])


def is_mismatched(counts: Floats, shares: Floats, alpha: float = ALPHA) -> bool:
    """Return whether any look shows another split than planned; counts so far [looks, arms]."""
    return bool((evidence(counts, shares) >= -np.log(alpha)).any())


def _ratio(counts: Floats, people: Floats, shares: Floats, others: Floats) -> Floats:
    """Return the log-likelihood ratio of other shares, arm by arm."""
    misses = people - counts
    return counts * np.log(others / shares) + misses * np.log((1 - others) / (1 - shares))


def _mixture(counts: Floats, people: Floats, shares: Floats) -> Floats:
    """Return the log-likelihood ratio of a beta mixture around the shares, arm by arm."""
    misses = people - counts
    hits, others = CONCENTRATION * shares, CONCENTRATION * (1 - shares)
    with_other = _log_beta(counts + hits, misses + others) - _log_beta(hits, others)
    return with_other - counts * np.log(shares) - misses * np.log(1 - shares)


def _log_beta(left: Floats, right: Floats) -> Floats:
    logarithm: Floats = special.betaln(left, right)
    return logarithm
