"""Where the drinks' own embeddings start: the leading directions of who had what."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from embeddings.dataset import FloatArray
from embeddings.matrices import shape_of


def initial_drinks(matrix: sparse.csr_array, width: int, seed: int) -> FloatArray:
    """Return embeddings [drinks, width] from the leading directions of who had what."""
    random = np.random.default_rng(seed)
    noise = 0.1 * random.standard_normal((shape_of(matrix)[1], width))
    rank = min(width, min(shape_of(matrix)) - 1)
    if rank < 1:
        return noise.astype(np.float32)
    people = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1)
    drinks = np.maximum(np.asarray(matrix.sum(axis=0)).ravel(), 1)
    scaled = sparse.diags_array(people**-0.5) @ matrix @ sparse.diags_array(drinks**-0.5)
    right = leading_directions(sparse.csr_array(scaled), rank, random)
    noise *= 0.1
    noise[:, :rank] += right * math.sqrt(shape_of(matrix)[1]) * 0.3
    return noise.astype(np.float32)


def leading_directions(
    matrix: sparse.csr_array, rank: int, random: np.random.Generator, rounds: int = 4
) -> FloatArray:
    """Return about the first right singular vectors [columns, rank], scaled by their values."""
    width = min(rank + 16, min(shape_of(matrix)))
    basis = random.standard_normal((shape_of(matrix)[1], width)).astype(np.float32)
    matrix = sparse.csr_array(matrix, dtype=np.float32)
    for _ in range(rounds):
        basis, _ = np.linalg.qr(matrix.T @ (matrix @ basis))
    _, values, turn = np.linalg.svd(matrix @ basis, full_matrices=False)
    right = basis @ turn.T
    return (right * (values / max(float(values[0]), 1e-12)))[:, :rank].astype(np.float32)
