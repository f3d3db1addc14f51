"""Item-to-item transitions: a few for each drink, beside what the vectors tell.

A ridge regression of what people had next on what they had before: each drink on its
neighbourhood, none on itself (`factors.neighbourhoods`). Two drinks of one person count the more
the nearer they are in time, and more from the earlier to the later than back. Without times it is
EASE (Steck 2019), of the same degree-scaled matrix as the vectors' or of plain counts. Vectors of a
few hundred numbers blur what only a few people did; this is sharp there, however many drinks there
are.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from embeddings.data.dataset import IntArray
from embeddings.data.positives import Pairs
from embeddings.data.recency import ranks
from embeddings.training.factors.neighbourhoods import Doubles, regressed
from embeddings.training.factors.spectral import DRINK_EXPONENT, PERSON_EXPONENT, typical

MOST_NEIGHBOURS = 200
# a pair counts (1 + instants between) ** -NEARNESS, 1 + FORWARD times that in the order of time
NEARNESS = 0.7
FORWARD = 0.75
_FEWEST_PEOPLE = 2
_REACH = 100
_MOST_STEPS = 8_000_000


@dataclass(frozen=True)
class Scaling:
    """Powers of how much a person had, and of how often people had a drink, and the ridge.

    Pairs are divided by the first two; the answer by popularity to the third.
    """

    person_exponent: float
    drink_exponent: float
    popularity_exponent: float
    ridge: float


BY_DEGREE = Scaling(PERSON_EXPONENT, DRINK_EXPONENT, popularity_exponent=0.2, ridge=8.0)
# better where most people had few drinks
BY_COUNT = Scaling(0.0, 0.0, popularity_exponent=0.0, ridge=100.0)


@dataclass(frozen=True)
class _Steps:
    """Two drinks of one person each: the `weight` of the two, and how many instants `later`."""

    first: IntArray
    second: IntArray
    weight: Doubles
    later: IntArray


def item_transitions(
    pairs: Pairs, shape: tuple[int, int], seed: int = 0, scaling: Scaling = BY_DEGREE
) -> sparse.csr_array:
    """Return [drinks, drinks]: how much each row's drink makes its nearest neighbours wanted.

    Positive numbers only, at most `MOST_NEIGHBOURS` a row, zero from a drink to itself. Where
    people have had very much, some people drawn from `seed` stand for all.
    """
    pairs = _some(pairs, seed)
    values = pairs.weight.astype(np.float64) / max(float(pairs.weight.mean()), 1e-12)
    degree = np.maximum(np.bincount(pairs.drink, weights=values, minlength=shape[1]), 1.0)
    known = np.flatnonzero(np.bincount(pairs.drink, minlength=shape[1]) >= _FEWEST_PEOPLE)
    if known.size < 2:
        return sparse.csr_array((shape[1], shape[1]), dtype=np.float32)
    together, onward = _grams(pairs, values, degree, known, scaling)
    favour = degree**scaling.drink_exponent
    favour *= (degree / typical(degree)) ** -scaling.popularity_exponent
    nearest = sparse.coo_array(_largest(regressed(together, onward, scaling.ridge, favour[known])))
    rows, columns = known[nearest.row], known[nearest.col]
    weights = nearest.data * degree[rows] ** -scaling.drink_exponent
    places = rows, columns
    return sparse.csr_array((weights.astype(np.float32), places), shape=(shape[1], shape[1]))


def _some(pairs: Pairs, seed: int) -> Pairs:
    """Return the pairs of as many people as make about `_MOST_STEPS` steps, or all."""
    count = np.bincount(pairs.user).astype(np.int64)
    steps = count * np.minimum(count, _REACH)
    order = np.random.default_rng(seed).permutation(count.size)
    kept = np.zeros(count.size, dtype=np.bool_)
    kept[order[np.cumsum(steps[order]) <= _MOST_STEPS]] = True
    return pairs if steps.sum() <= _MOST_STEPS else pairs.take(kept[pairs.user])


def _grams(
    pairs: Pairs, values: Doubles, degree: Doubles, known: IntArray, scaling: Scaling
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return two matrices [known, known]: drinks had together, and (no diagonal) one after another.

    Scaled down by powers of how much the person had, and how often people had the drink.
    """
    people = np.maximum(np.bincount(pairs.user, weights=values), 1.0)
    values = values * people[pairs.user] ** -scaling.person_exponent
    values = values * degree[pairs.drink] ** -scaling.drink_exponent
    steps = _steps(pairs, values)
    place = np.full(degree.size, -1)
    place[known] = np.arange(known.size)
    first, second = place[steps.first], place[steps.second]
    inside = (first >= 0) & (second >= 0)
    first, second, later = first[inside], second[inside], steps.later[inside]
    near = steps.weight[inside] * (1.0 + later) ** -NEARNESS
    turned = np.where(later > 0, FORWARD, 0.0)
    shape = known.size, known.size

    def both(there: Doubles, back: Doubles) -> sparse.csr_array:
        rows, columns = np.append(first, second), np.append(second, first)
        return sparse.csr_array((np.append(there, back), (rows, columns)), shape=shape)

    alone = np.bincount(pairs.drink, weights=values**2, minlength=degree.size)[known]
    together = sparse.csr_array(both(near, near) + sparse.diags_array(alone))
    return together, both(near * (1 + turned), near * (1 - turned))


def _steps(pairs: Pairs, values: Doubles) -> _Steps:
    """Return all pairs of a person's drinks, at most `_REACH` drinks apart, the earlier first."""
    ago = ranks(pairs.user, pairs.last_at)
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
    start, end = (np.concatenate([*ones, order[:0]]) for ones in (starts, ends))
    weight = values[start] * values[end]
    return _Steps(pairs.drink[start], pairs.drink[end], weight, ago[start] - ago[end])


def _largest(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the largest entries of each row, at most `MOST_NEIGHBOURS`."""
    largest = matrix.copy()
    for start, end in itertools.pairwise(matrix.indptr):
        if end - start > MOST_NEIGHBOURS:
            row = largest.data[start:end]
            row[np.argpartition(-row, MOST_NEIGHBOURS)[MOST_NEIGHBOURS:]] = 0.0
    largest.eliminate_zeros()
    return largest
