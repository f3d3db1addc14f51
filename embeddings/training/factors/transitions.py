"""Which drinks follow on a drink: a few for each, beside what the vectors tell.

A ridge regression of what people had next on what they had before, no drink explaining itself. Two
drinks of one person count the more the nearer they are in time, and more from the earlier to the
later than back. Without times it is EASE (Steck 2019) of the same degree-scaled matrix as the
vectors'. Vectors of a few hundred numbers blur what only a few people did; this is sharp there.
"""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.data.matrices import shape_of
from embeddings.data.positives import Pairs
from embeddings.data.recency import ranks
from embeddings.training.factors.spectral import DRINK_EXPONENT, PERSON_EXPONENT, typical

Doubles = npt.NDArray[np.float64]

# the regression inverts a dense matrix: of the drinks that most people had, at most this many
MOST_DRINKS = 10_000
MOST_NEIGHBOURS = 200
RIDGE = 8.0
# a pair counts (1 + instants between) ** -NEARNESS, 1 + FORWARD times that in the order of time
NEARNESS = 0.7
FORWARD = 0.75
POPULARITY_EXPONENT = 0.2
_FEWEST_PEOPLE = 2
_REACH = 100
_MOST_STEPS = 8_000_000
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True)
class _Steps:
    """Two drinks of one person each: the `weight` of the two, and how many instants `later`."""

    first: IntArray
    second: IntArray
    weight: Doubles
    later: IntArray


def following(pairs: Pairs, shape: tuple[int, int], seed: int = 0) -> sparse.csr_array:
    """Return [drinks, drinks]: how much each row's drink makes its nearest neighbours wanted.

    Positive numbers only, at most `MOST_NEIGHBOURS` a row, zero from a drink to itself. Where
    people have had very much, some people drawn from `seed` stand for all.
    """
    pairs = _some(pairs, seed)
    values = pairs.weight.astype(np.float64) / max(float(pairs.weight.mean()), 1e-12)
    degree = np.maximum(np.bincount(pairs.drink, weights=values, minlength=shape[1]), 1.0)
    known = _best_known(np.bincount(pairs.drink, minlength=shape[1]))
    if known.size < 2:
        return sparse.csr_array((shape[1], shape[1]), dtype=np.float32)
    together, onward = _grams(pairs, values, degree, known)
    favour = degree**DRINK_EXPONENT * (degree / typical(degree)) ** -POPULARITY_EXPONENT
    found = sparse.coo_array(_regressed(together, onward, favour[known]))
    rows, columns = known[found.row], known[found.col]
    weights = found.data * degree[rows] ** -DRINK_EXPONENT
    places = rows, columns
    return sparse.csr_array((weights.astype(np.float32), places), shape=(shape[1], shape[1]))


def _best_known(people: IntArray) -> IntArray:
    """Return the rows of the drinks that most people had, in order."""
    most = np.argsort(-people, kind="stable")[:MOST_DRINKS]
    return np.sort(most[people[most] >= _FEWEST_PEOPLE])


def _some(pairs: Pairs, seed: int) -> Pairs:
    """Return the pairs of as many people as make about `_MOST_STEPS` steps, or all."""
    count = np.bincount(pairs.user).astype(np.int64)
    steps = count * np.minimum(count, _REACH)
    order = np.random.default_rng(seed).permutation(count.size)
    kept = np.zeros(count.size, dtype=np.bool_)
    kept[order[np.cumsum(steps[order]) <= _MOST_STEPS]] = True
    return pairs if steps.sum() <= _MOST_STEPS else pairs.take(kept[pairs.user])


def _grams(
    pairs: Pairs, values: Doubles, degree: Doubles, known: IntArray
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return two matrices [known, known]: drinks had together, and (no diagonal) one after another.

    Scaled down by powers of how much the person had, and how often people had the drink.
    """
    people = np.maximum(np.bincount(pairs.user, weights=values), 1.0)
    values = values * people[pairs.user] ** -PERSON_EXPONENT
    values = values * degree[pairs.drink] ** -DRINK_EXPONENT
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


def _regressed(
    together: sparse.csr_array, onward: sparse.csr_array, favour: Doubles
) -> sparse.csr_array:
    """Return (together + ridge)^-1 onward, zero on the diagonal, columns times `favour`.

    Of each row only the largest.
    """
    count = shape_of(together)[0]
    inverse = together.astype(np.float32).toarray(order="F")
    inverse[np.diag_indices(count)] += np.float32(RIDGE)
    inverse = linalg.inv(inverse, overwrite_a=True, check_finite=False, assume_a="pos")
    pair = sparse.coo_array(onward)
    itself = np.bincount(pair.col, pair.data * inverse[pair.row, pair.col], minlength=count)
    itself = (itself / np.diag(inverse)).astype(np.float32)
    by_target = sparse.csr_array(onward.T, dtype=np.float32)
    parts: list[sparse.csr_array] = []
    for start in range(0, count, _ROWS_AT_ONCE):
        rows = inverse[:, start : start + _ROWS_AT_ONCE]  # symmetric, so columns are rows
        block = ((by_target @ rows - itself[:, None] * rows) * favour[:, None]).T
        block[np.arange(block.shape[0]), start + np.arange(block.shape[0])] = 0.0
        parts.append(_largest(block))
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def _largest(block: FloatArray) -> sparse.csr_array:
    """Return the largest positive entries of each row, at most `MOST_NEIGHBOURS`."""
    most = min(MOST_NEIGHBOURS, block.shape[1])
    columns = np.argpartition(-block, most - 1, axis=1)[:, :most]
    values = np.take_along_axis(block, columns, axis=1)
    rows = np.repeat(np.arange(block.shape[0]), most)
    kept = values.ravel() > 0
    places = rows[kept], columns.ravel()[kept]
    return sparse.csr_array((values.ravel()[kept], places), shape=block.shape)
