"""iALS (Hu, Koren, Volinsky 2008) twice: from the package implicit, and regularised by frequency.

The second is the form of Rendle and others 2021: how much a row is regularised grows with the
number of its entries. The package is no dependency: without it its row is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage
from embeddings.data.dataset import FloatArray, IntArray

_ROUNDS_A_STAGE = 4
_MOST_ROUNDS = 48
_ROWS_AT_ONCE = 512


def _implicit(histories: Histories, settings: Settings) -> Iterator[Stage]:
    try:
        from implicit.cpu.als import AlternatingLeastSquares
    except ImportError:
        return
    model = AlternatingLeastSquares(
        factors=int(settings["dimensions"]),
        regularization=float(settings["ridge"]),
        alpha=1.0 / float(settings["unobserved"]),
        iterations=_ROUNDS_A_STAGE,
        num_threads=1,
        random_state=0,
    )
    had = sparse.csr_matrix(histories.had)
    for rounds in range(_ROUNDS_A_STAGE, _MOST_ROUNDS + 1, _ROUNDS_A_STAGE):
        model.fit(had, show_progress=False)  # goes on from the factors that it has

        def score(people: IntArray) -> FloatArray:
            return model.recalculate_user(people, had[people]) @ model.item_factors.T

        yield Stage("iALS (implicit)", {"rounds": rounds}, score)


def _by_frequency(histories: Histories, settings: Settings) -> Iterator[Stage]:
    weight, ridge = float(settings["unobserved"]), float(settings["ridge"])
    width, had = int(settings["dimensions"]), histories.had
    by_drink = sparse.csr_array(had.T)
    random = np.random.default_rng(0)
    drinks = (random.standard_normal((had.shape[1], width)) / width).astype(np.float32)
    people = solved(had, drinks, weight, ridge)
    for rounds in range(1, _MOST_ROUNDS + 1):
        drinks = solved(by_drink, people, weight, ridge)
        people = solved(had, drinks, weight, ridge)
        if rounds % _ROUNDS_A_STAGE == 0:
            yield Stage(
                "iALS (by frequency)",
                {"rounds": rounds},
                lambda rows, people=people, drinks=drinks: people[rows] @ drinks.T,
            )


def solved(rows: sparse.csr_array, other: FloatArray, weight: float, ridge: float) -> FloatArray:
    """The least squares of every row against the other side's factors, exactly.

    In the coordinates where everybody's matrix is diagonal, a row of few entries needs only a
    system of that many equations; rows of equal length are solved together.
    """
    values, turn = np.linalg.eigh(weight * (other.T @ other).astype(np.float64))
    turned = (other @ turn).astype(np.float32)
    solutions = np.zeros((rows.shape[0], other.shape[1]), dtype=np.float32)
    count = np.diff(rows.indptr)
    for size in np.unique(count[count > 0]):
        strength = ridge * (size + weight * other.shape[0])
        diagonal = (np.maximum(values, 0.0) + strength).astype(np.float32)
        same = np.flatnonzero(count == size)
        at_once = max(1, min(_ROWS_AT_ONCE, 65_536 // int(size)))
        for start in range(0, same.size, at_once):
            part = same[start : start + at_once]
            entries = rows.indptr[part][:, None] + np.arange(size)
            mine = turned[rows.indices[entries]]
            solutions[part] = (
                _few(mine, diagonal) if size < diagonal.size else _many(mine, diagonal)
            )
    return (solutions @ turn.T).astype(np.float32)


def _few(mine: FloatArray, diagonal: FloatArray) -> FloatArray:
    """Solve (diag + mineᵀ mine) x = mineᵀ 1 for mine [rows, entries, width], by Woodbury."""
    scaled = mine / diagonal
    inner = scaled @ mine.transpose(0, 2, 1)
    inner[:, np.arange(mine.shape[1]), np.arange(mine.shape[1])] += 1.0
    ones = np.ones((mine.shape[0], mine.shape[1], 1), dtype=np.float32)
    return (np.linalg.solve(inner, ones).transpose(0, 2, 1) @ scaled)[:, 0]


def _many(mine: FloatArray, diagonal: FloatArray) -> FloatArray:
    gram = mine.transpose(0, 2, 1) @ mine
    gram[:, np.arange(diagonal.size), np.arange(diagonal.size)] += diagonal
    return np.linalg.solve(gram, mine.sum(axis=1)[:, :, None])[:, :, 0]


_WEIGHTS = (0.03, 0.01, 0.1, 0.3)
_WIDTHS = (64, 128, 256)
IMPLICIT = Rival(
    "iALS (implicit)",
    {"unobserved": _WEIGHTS, "ridge": (10.0, 0.1, 1.0, 100.0), "dimensions": _WIDTHS},
    _implicit,
    patience=2,
)
BY_FREQUENCY = Rival(
    "iALS (by frequency)",
    {"unobserved": _WEIGHTS, "ridge": (0.01, 0.001, 0.003, 0.03), "dimensions": _WIDTHS},
    _by_frequency,
    patience=2,
)
