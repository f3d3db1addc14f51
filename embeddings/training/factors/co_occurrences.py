"""Which drinks people had together, and which one after another: Gram matrices of histories.

Two drinks of one person count the more the nearer they are in time, and more from the earlier to
the later than back. Where nobody's order is known, both are the plain product of the histories.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from embeddings.data.dataset import IntArray
from embeddings.data.positives import Pairs

Doubles = npt.NDArray[np.float64]

# a pair counts (1 + instants between) ** -NEARNESS, 1 + FORWARD times that in the order of time
NEARNESS = 0.7
FORWARD = 0.75
_REACH = 100
# of two drinks; among many drinks most pairs are there once, and each takes memory of its own
_MOST_PAIRS = 64_000_000
_MOST_PAIRS_OF_MANY_DRINKS = 24_000_000
_MANY_DRINKS = 60_000
_PAIRS_TOGETHER = 4_000_000


@dataclass(frozen=True)
class CoOccurrences:
    """`together` is symmetric; `onward`, from row to column, has nothing on its diagonal.

    Both are [drinks, drinks], float32.
    """

    together: sparse.csr_array
    onward: sparse.csc_array


def co_occurrences(
    pairs: Pairs, values: Doubles, ago: IntArray, shape: tuple[int, int]
) -> CoOccurrences:
    """Return both; `values` [pairs] is what pairs weigh, `ago` [pairs] how many instants ago."""
    if not ago.any():
        return _product(pairs, values, shape)
    alone = np.bincount(pairs.drink, weights=values**2, minlength=shape[1]).astype(np.float32)
    near, back = _both_ways(_in_order(pairs, values, ago, shape[1]))
    together = sparse.csr_array(near + sparse.diags_array(alone))
    return CoOccurrences(together, _transposed(back))


def sampled_people(pairs: Pairs, drinks: int, seed: int) -> Pairs:
    """Return the pairs of as many people, drawn from `seed`, as fit in memory and time, or all."""
    most = _MOST_PAIRS if drinks <= _MANY_DRINKS else _MOST_PAIRS_OF_MANY_DRINKS
    count = np.bincount(pairs.user).astype(np.int64)
    cost = count * np.minimum(count, _REACH)
    order = np.random.default_rng(seed).permutation(count.size)
    kept = np.zeros(count.size, dtype=np.bool_)
    kept[order[np.cumsum(cost[order]) <= most]] = True
    return pairs if cost.sum() <= most else pairs.take(kept[pairs.user])


def _product(pairs: Pairs, values: Doubles, shape: tuple[int, int]) -> CoOccurrences:
    weights = values.astype(np.float32)
    histories = sparse.csr_array((weights, (pairs.user, pairs.drink)), shape=shape)
    together = sparse.csr_array(histories.T @ histories)
    rows = np.repeat(np.arange(shape[1]), np.diff(together.indptr))
    others = np.where(together.indices == rows, np.float32(0), together.data)
    onward = sparse.csr_array((others, together.indices, together.indptr), shape=together.shape)
    return CoOccurrences(together, _transposed(onward))


def _in_order(pairs: Pairs, values: Doubles, ago: IntArray, drinks: int) -> sparse.csr_array:
    """Return, from earlier to later, how much two drinks count.

    In the imaginary part is how much of it turns onward: one matrix needs half the memory of two.
    """
    total = sparse.csr_array((drinks, drinks), dtype=np.complex64)
    for first, second in _pairs_of_two(pairs, ago):
        later = ago[first] - ago[second]
        near = values[first] * values[second] * (1.0 + later) ** -NEARNESS
        both = (near + 1j * np.where(later > 0, FORWARD * near, 0.0)).astype(np.complex64)
        places = pairs.drink[first], pairs.drink[second]
        total = sparse.csr_array(total + sparse.csr_array((both, places), shape=total.shape))
    return total


def _both_ways(ordered: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return, from each drink to each, how much they count, and how much of it is back in time.

    Both have the same places in memory.
    """
    both = sparse.csr_array(ordered + ordered.conjugate().T)
    near = np.ascontiguousarray(np.real(both.data))
    back = near - np.imag(both.data)
    places = both.indices, both.indptr
    return (
        sparse.csr_array((near, *places), shape=both.shape),
        sparse.csr_array((back, *places), shape=both.shape),
    )


def _pairs_of_two(pairs: Pairs, ago: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield places of two drinks of one person, at most `_REACH` drinks apart, the earlier first.

    Each time there are about `_PAIRS_TOGETHER`.
    """
    order = np.lexsort((pairs.drink, -ago, pairs.user))
    user = pairs.user[order]
    starts: list[IntArray] = []
    ends: list[IntArray] = []
    for apart in range(1, min(_REACH + 1, user.size)):
        same = np.flatnonzero(user[apart:] == user[:-apart])
        if not same.size:
            break
        starts.append(order[same])
        ends.append(order[same + apart])
        if sum(map(len, starts)) >= _PAIRS_TOGETHER:
            yield np.concatenate(starts), np.concatenate(ends)
            starts, ends = [], []
    if starts:
        yield np.concatenate(starts), np.concatenate(ends)


def _transposed(matrix: sparse.csr_array) -> sparse.csc_array:
    """Return the transpose, on the same memory."""
    return sparse.csc_array((matrix.data, matrix.indices, matrix.indptr), shape=matrix.shape)
