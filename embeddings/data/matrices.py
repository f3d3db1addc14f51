"""Sparse matrices of the graph, and what SciPy's types leave open about them."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from typing import cast

import numpy as np
from scipy import sparse

from embeddings.data.dataset import OPINION_TYPES, IntArray, TrainingGraph
from embeddings.data.positives import Pairs
from embeddings.data.recency import recency_weights


def shape_of(matrix: sparse.csr_array) -> tuple[int, int]:
    """Return rows and columns; SciPy's own annotation allows for none."""
    return cast(tuple[int, int], matrix.shape)


def mean_matrix(edges: IntArray, receivers: int, neighbours: int) -> sparse.csr_array:
    """Return the matrix [receivers, neighbours] that takes the mean over distinct neighbours."""
    ones = np.ones(edges.shape[1], dtype=np.float32)
    matrix = sparse.csr_array((ones, (edges[0], edges[1])), shape=(receivers, neighbours))
    matrix.data[:] = 1.0
    counts = np.maximum(np.diff(matrix.indptr), 1)
    matrix.data /= np.repeat(counts, np.diff(matrix.indptr)).astype(np.float32)
    return matrix


def history_matrix(
    pairs: Pairs, shape: tuple[int, int], recency: float, half_life: float = 0.0
) -> sparse.csr_array:
    """Return the shares [people, drinks] with which drinks are pooled into people."""
    shares = recency_weights(pairs.user, pairs.weight, pairs.last_at, recency, half_life)
    return sparse.csr_array((shares, (pairs.user, pairs.drink)), shape=shape)


def opinion_matrices(graph: TrainingGraph) -> dict[str, sparse.csr_array]:
    """Return, by type, [users, nodes]: mean over liked minus mean over disliked nodes."""
    matrices: dict[str, sparse.csr_array] = {}
    for name in OPINION_TYPES:
        signed = [
            sign * mean_matrix(opinions[name], len(graph.users), len(graph.ids(name)))
            for sign, opinions in ((1.0, graph.user_likes), (-1.0, graph.user_dislikes))
            if name in opinions and opinions[name].shape[1]
        ]
        if signed:
            matrices[name] = sparse.csr_array(sum(signed[1:], start=signed[0]))
    return matrices
