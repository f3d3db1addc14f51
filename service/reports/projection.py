"""Drinks on a plane: t-SNE of their directions, so that near on the plane is near in the model.

van der Maaten and Hinton, Visualizing Data using t-SNE, JMLR 9 (2008); beyond a few thousand drinks
by interpolation: Linderman et al., Nature Methods 16 (2019). openTSNE computes both, from the exact
neighbours and from the first two principal components as the place to start, so that the same
directions and seed give the same plane.
"""

# openTSNE ships no types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false

from __future__ import annotations

from typing import Any

import numpy as np

from embeddings.data.dataset import FloatArray
from embeddings.serving.nearest import Neighbours

PERPLEXITY = 15
# t-SNE takes three times the perplexity as neighbours
NEIGHBOURS = 3 * PERPLEXITY
_FEWEST = 5
_EXACT_FORCES = 5_000


def project(directions: FloatArray, near: Neighbours, seed: int = 0) -> FloatArray:
    """Return positions [drinks, 2], each coordinate within 0..1, both on the same scale.

    `near` are the neighbours of each, `NEIGHBOURS` of them if there are that many.
    """
    if directions.shape[0] < _FEWEST:
        return _framed(_start(directions, seed))
    return _framed(_tsne(directions, near, seed))


def _tsne(directions: FloatArray, near: Neighbours, seed: int) -> FloatArray:
    # heavy, and an extra: loaded only to draw a map
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    drinks, k = near.rows.shape
    distances = np.sqrt(np.maximum(2.0 - 2.0 * near.likeness.astype(np.float64), 0.0))
    affinities: Any = PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(near.rows, distances), perplexity=min(PERPLEXITY, k / 3)
    )
    method = "bh" if drinks <= _EXACT_FORCES else "fft"
    places: Any = TSNEEmbedding(
        _start(directions, seed) * 1e-4,
        affinities,
        negative_gradient_method=method,
        n_jobs=1,
        random_state=seed,
    )
    places = places.optimize(n_iter=250, exaggeration=12, momentum=0.5)
    places = places.optimize(n_iter=500, momentum=0.8)
    return np.asarray(places, dtype=np.float32)


def _start(directions: FloatArray, seed: int) -> FloatArray:
    """Return the first two principal components [drinks, 2], each scaled to a deviation of 1.

    A little noise separates drinks that are the same to the model.
    """
    noise = np.random.default_rng(seed).normal(scale=1e-3, size=(directions.shape[0], 2))
    centred = directions.astype(np.float64) - directions.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    first = axes[:, ::-1][:, :2]
    # an axis has no sign of its own: make its largest part positive
    first = first * np.sign(first[np.abs(first).argmax(axis=0), range(first.shape[1])])
    plane = np.zeros_like(noise)
    plane[:, : first.shape[1]] = centred @ first
    return plane / np.maximum(plane.std(axis=0), 1e-12) + noise


def _framed(places: FloatArray) -> FloatArray:
    low, high = places.min(axis=0), places.max(axis=0)
    middle, size = (low + high) / 2, max(float((high - low).max()), 1e-12)
    return ((places - middle) / size + 0.5).astype(np.float32)
