from __future__ import annotations

import numpy as np
import pytest

import embeddings.serving.nearest as module
from embeddings.serving.blocks import unit
from embeddings.serving.nearest import nearest_to, neighbours

RANDOM = np.random.default_rng(3)
DIRECTIONS = unit(RANDOM.normal(size=(60, 8)).astype(np.float32))


def test_the_nearest_are_those_with_the_largest_cosine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SCORES", 7 * 60)  # several parts
    nearest = neighbours(DIRECTIONS, 5)
    cosines = DIRECTIONS @ DIRECTIONS.T
    np.fill_diagonal(cosines, -2)
    assert np.array_equal(nearest.rows, np.argsort(-cosines, axis=1, kind="stable")[:, :5])
    assert np.allclose(nearest.likeness, -np.sort(-cosines, axis=1)[:, :5], atol=1e-6)


def test_some_drinks_alone_have_the_same() -> None:
    every = neighbours(DIRECTIONS, 5)
    some = nearest_to(DIRECTIONS, [9, 2], 5)
    assert np.array_equal(some.rows, every.rows[[9, 2]])


def test_no_drink_is_its_own_neighbour_and_few_have_few() -> None:
    same = np.ones((3, 4), dtype=np.float32) / 2
    assert neighbours(same, 9).rows.tolist() == [[1, 2], [0, 2], [0, 1]]
    assert neighbours(same[:1], 9).rows.shape == (1, 0)
