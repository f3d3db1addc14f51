"""How much each drink of a person's history counts: by weight, and less the longer ago it was."""

from __future__ import annotations

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray


def recency_weights(
    group: IntArray, weight: FloatArray, at: IntArray, recency: float, half_life: float = 0.0
) -> FloatArray:
    """Return each entry's share of its group's pool; the shares of a group sum to one.

    `group` is sorted. Within a group the latest entry has rank 0, entries of one instant share a
    rank, and a weight is multiplied by (1 + rank) ** -recency, or halved with every `half_life`
    ranks if that is given.
    """
    discounted = weight.astype(np.float64)
    if half_life:
        discounted = discounted * 2.0 ** (-ranks(group, at) / half_life)
    elif recency:
        discounted = discounted * (1.0 + ranks(group, at)) ** -recency
    totals = np.bincount(group, weights=discounted) if group.size else np.zeros(0)
    return (discounted / np.maximum(totals[group], 1e-12)).astype(np.float32)


def ranks(group: IntArray, at: IntArray) -> IntArray:
    """Return how many distinct later instants the group has."""
    order = np.lexsort((-at, group))
    groups, times = group[order], at[order]
    first = np.append(True, groups[1:] != groups[:-1])[: group.size]
    later = np.append(False, times[1:] != times[:-1])[: group.size] & ~first
    steps = np.cumsum(later)
    starts = np.maximum.accumulate(np.where(first, np.arange(group.size), 0))
    ranks = np.empty(group.size, dtype=np.int64)
    ranks[order] = steps - steps[starts] if group.size else steps
    return ranks


def fewness(drinks: FloatArray) -> FloatArray:
    """Return how little is known of people with so many drinks: 1 / drinks, and 0 without any.

    Whoever has none is the average person anyway, or what they say that they like.
    """
    return np.where(drinks > 0, 1 / np.maximum(drinks, 1.0), 0.0).astype(np.float32)
