"""What transitions lose by neighbourhoods and cut rows, against the whole inverse.

On validation parts alone; transitions rank by themselves. The whole inverse is dense: 17,000 drinks
take 1.2 GB for each of a few matrices, and time grows with the third power. Rows are cut to the
numbers farthest from zero, with or without those below zero.

Run: OMP_NUM_THREADS=1 python -m benchmarks.whole_inverse DATA [SET ...]
"""

# SciPy ships no complete types.
# pyright: basic

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import linalg, sparse

from benchmarks.transitions import parts_of
from embeddings.data.dataset import FloatArray, IntArray
from embeddings.data.positives import Pairs, positives
from embeddings.data.splitting import Split, seen
from embeddings.evaluation.metrics import by_person
from embeddings.training.factors import transitions as product
from embeddings.training.factors.co_occurrences import co_occurrences
from embeddings.training.factors.spectral import typical

SETS = ("citeulike", "amazon_grocery")
KEPT = (200, 600)
PEOPLE = 3_000
SCALING = product.BY_DEGREE


def whole(pairs: Pairs, shape: tuple[int, int]) -> tuple[IntArray, FloatArray]:
    """Return the drinks with enough people, and what `item_transitions` approximates for them."""
    values = pairs.weight.astype(np.float64) / float(pairs.weight.mean())
    degree = np.maximum(np.bincount(pairs.drink, weights=values, minlength=shape[1]), 1.0)
    known = np.flatnonzero(np.bincount(pairs.drink, minlength=shape[1]) >= 2)
    scaled = product._scaled(pairs, values, degree, SCALING)
    both = co_occurrences(
        *product._of_known(pairs, scaled, known, shape[1]), (shape[0], known.size)
    )
    gram = both.together.toarray().astype(np.float32)
    gram[np.diag_indices(len(gram))] += SCALING.ridge
    factor = linalg.cho_factor(gram, overwrite_a=True, check_finite=False)
    inverse = linalg.cho_solve(
        factor, np.eye(len(gram), dtype=np.float32), overwrite_b=True, check_finite=False
    )
    solved = inverse @ both.onward.toarray().astype(np.float32)
    weights = solved - inverse * (np.diag(solved) / np.diag(inverse))
    np.fill_diagonal(weights, 0.0)
    favour = degree**SCALING.drink_exponent * (degree / typical(degree)) ** (
        -SCALING.popularity_exponent
    )
    before = degree[known] ** -SCALING.drink_exponent
    return known, (weights * favour[known] * before[:, None]).astype(np.float32)


def cut(weights: FloatArray, kept: int, *, below: bool) -> FloatArray:
    """Return the largest of each row, with those below zero or without."""
    size = np.abs(weights) if below else np.maximum(weights, 0)
    least = np.partition(size, -kept, axis=1)[:, -kept][:, None]
    return np.where((size >= least) & (size > 0), weights, 0).astype(np.float32)


def lines(data: Path, name: str) -> Iterator[str]:
    """Yield a row of the table for each form; the gain is over the product's, person by person."""
    parts = parts_of(data, name)
    pairs = positives(parts.train)
    shape = len(parts.train.users), len(parts.train.drinks)
    had = sparse.csr_array(
        (np.ones(pairs.user.size, dtype=np.float32), (pairs.user, pairs.drink)), shape=shape
    )
    began = time.process_time()
    present = product.item_transitions(pairs, shape, scaling=SCALING).toarray()
    ours = _ndcg(parts, had, present)
    yield f"| {name} | as trained | {ours.mean():.4f} |  | {time.process_time() - began:.0f} |"
    began = time.process_time()
    known, weights = whole(pairs, shape)
    seconds = time.process_time() - began
    forms = {"whole inverse": weights}
    for kept in KEPT:
        forms[f"{kept} a row, above zero"] = cut(weights, kept, below=False)
        forms[f"{kept} a row"] = cut(weights, kept, below=True)
    for form, some in forms.items():
        everywhere = np.zeros((shape[1], shape[1]), dtype=np.float32)
        everywhere[np.ix_(known, known)] = some
        ndcg = _ndcg(parts, had, everywhere)
        gain = ndcg - ours
        errors = gain.mean() / (gain.std(ddof=1) / np.sqrt(gain.size))
        yield (
            f"| {name} | {form} | {ndcg.mean():.4f} | {gain.mean():+.4f} ({errors:+.1f}) | "
            f"{seconds:.0f} |"
        )


def _ndcg(parts: Split, had: sparse.csr_array, weights: FloatArray) -> np.ndarray:
    return by_person(
        lambda people: had[people] @ weights, seen(parts.train), parts.holdout, 20, PEOPLE
    ).ndcg


def main(data: str, *names: str) -> None:
    """Print a table."""
    print("| data | form | NDCG@20 | gain (standard errors) | processor seconds |")
    print("|---|---|---|---|---|")
    for name in names or SETS:
        for line in lines(Path(data), name):
            print(line, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
