"""Item-to-item transitions: a few for each drink, beside what the vectors tell.

A ridge regression of what people had next on what they had before: each drink on its
neighbourhood (`factors.neighbourhoods`), or on all others where nobody's order is known and there
are not too many (`factors.whole_inverse`), none on itself. Two drinks of one person count the more
the nearer they are in time, and more from the earlier to the later than back. Without times it is
EASE (Steck 2019), of the same degree-scaled matrix as the vectors' or of plain counts. Vectors of a
few hundred numbers blur what only a few people did; this is sharp there, however many drinks there
are.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from embeddings.data.dataset import IntArray
from embeddings.data.positives import Pairs
from embeddings.data.recency import ranks
from embeddings.training.factors.co_occurrences import Doubles, co_occurrences, sampled_people
from embeddings.training.factors.neighbourhoods import regressed
from embeddings.training.factors.spectral import DRINK_EXPONENT, PERSON_EXPONENT, typical
from embeddings.training.factors.whole_inverse import is_small, regressed_on_all

MOST_NEIGHBOURS = 600
_FEWEST_PEOPLE = 2


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


def item_transitions(
    pairs: Pairs, shape: tuple[int, int], seed: int = 0, scaling: Scaling = BY_DEGREE
) -> sparse.csr_array:
    """Return [drinks, drinks]: how much each row's drink makes its nearest neighbours wanted.

    Below zero where it makes them less wanted; at most `MOST_NEIGHBOURS` a row, zero from a drink
    to itself. Where people have had very much, some people drawn from `seed` stand for all.
    """
    pairs = sampled_people(pairs, shape[1], seed)
    values = pairs.weight.astype(np.float64) / max(float(pairs.weight.mean()), 1e-12)
    degree = np.maximum(np.bincount(pairs.drink, weights=values, minlength=shape[1]), 1.0)
    known = np.flatnonzero(np.bincount(pairs.drink, minlength=shape[1]) >= _FEWEST_PEOPLE)
    if known.size < 2:
        return sparse.csr_array((shape[1], shape[1]), dtype=np.float32)
    scaled = _scaled(pairs, values, degree, scaling)
    among = _of_known(pairs, scaled, known, shape[1])
    favour = degree**scaling.drink_exponent
    favour *= (degree / typical(degree)) ** -scaling.popularity_exponent
    size = shape[0], known.size
    nearest = sparse.coo_array(_regression(among, scaling.ridge, favour[known], size))
    rows, columns = known[nearest.row], known[nearest.col]
    weights = nearest.data * degree[rows] ** -scaling.drink_exponent
    places = rows, columns
    return sparse.csr_array((weights.astype(np.float32), places), shape=(shape[1], shape[1]))


def _scaled(pairs: Pairs, values: Doubles, degree: Doubles, scaling: Scaling) -> Doubles:
    """Return the weights of pairs, scaled down by how much the person had, and the drink."""
    people = np.maximum(np.bincount(pairs.user, weights=values), 1.0)
    values = values * people[pairs.user] ** -scaling.person_exponent
    return values * degree[pairs.drink] ** -scaling.drink_exponent


class _Weighed(NamedTuple):
    """Pairs, what each weighs, and how many instants of the person's came later."""

    pairs: Pairs
    values: Doubles
    ago: IntArray


def _of_known(pairs: Pairs, values: Doubles, known: IntArray, drinks: int) -> _Weighed:
    """Return the pairs of drinks that enough people had, numbered as in `known`."""
    place = np.full(drinks, -1)
    place[known] = np.arange(known.size)
    inside = place[pairs.drink] >= 0
    ago = ranks(pairs.user, pairs.last_at)[inside]
    among = pairs.take(inside)
    among = dataclasses.replace(among, drink=place[among.drink])
    return _Weighed(among, values[inside], ago)


def _regression(
    weighed: _Weighed, ridge: float, favour: Doubles, shape: tuple[int, int]
) -> sparse.csr_array:
    """Return the weights [drinks, drinks]; columns are multiplied by `favour`."""
    pairs, values, ago = weighed
    weights = values.astype(np.float32)
    histories = sparse.csr_array((weights, (pairs.user, pairs.drink)), shape=shape)
    if not ago.any() and is_small(histories):
        return regressed_on_all(histories, ridge, favour, MOST_NEIGHBOURS)
    both = co_occurrences(pairs, values, ago, shape)
    return _largest(regressed(both.together, both.onward, ridge, favour))


def _largest(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the entries of each row that are farthest from zero, at most `MOST_NEIGHBOURS`."""
    largest = matrix.copy()
    for start, end in itertools.pairwise(matrix.indptr):
        if end - start > MOST_NEIGHBOURS:
            row = largest.data[start:end]
            row[np.argpartition(-np.abs(row), MOST_NEIGHBOURS)[MOST_NEIGHBOURS:]] = 0.0
    largest.eliminate_zeros()
    return largest
