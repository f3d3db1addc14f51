"""Some of many people or drinks, chosen without chance, and all of them in batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from embeddings.data.dataset import IntArray

_SCORES_IN_MEMORY = 8_000_000


def at_even_steps(rows: IntArray, most: int) -> IntArray:
    """Return at most so many of the rows, in order, at even steps from the first to the last."""
    if rows.size <= most:
        return rows
    return rows[np.linspace(0, rows.size - 1, most).astype(np.int64)]


def batches(people: int, drinks: int) -> Iterator[slice]:
    """Yield the rows of `people` in parts whose scores [part, drinks] are 8 million at most."""
    size = max(1, _SCORES_IN_MEMORY // max(1, drinks))
    for start in range(0, people, size):
        yield slice(start, min(start + size, people))
