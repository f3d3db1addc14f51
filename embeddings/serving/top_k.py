"""The k best of a row of scores, exactly, with ties in favour of the lower row."""

from __future__ import annotations

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray

_BLOCK = 32


def best(scores: FloatArray, k: int) -> IntArray:
    """Return up to k rows of `scores` [n], best first, ties by row; rows at -inf are left out."""
    candidates = _candidates(scores, k)
    order = np.lexsort((candidates, -scores[candidates]))
    return candidates[order[:k]]


def _candidates(scores: FloatArray, k: int) -> IntArray:
    """Return a short list that contains the k best.

    The k-th largest of the blocks' maxima is reached by at least k scores, so nothing below it can
    be among the k best: one pass over the scores instead of a full partition.
    """
    blocks = scores.size // _BLOCK
    floor = np.float32(-np.inf)
    if 0 < k <= blocks:
        maxima = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        floor = np.partition(maxima, blocks - k)[blocks - k]
    if floor == -np.inf:
        return np.flatnonzero(scores > -np.inf)
    return np.flatnonzero(scores >= floor)
