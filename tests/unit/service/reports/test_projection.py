from __future__ import annotations

import numpy as np
import pytest

from embeddings.data.dataset import FloatArray
from embeddings.serving.blocks import unit
from embeddings.serving.nearest import neighbours
from service.reports.projection import NEIGHBOURS, project


def groups(each: int = 20, count: int = 4) -> FloatArray:
    """Groups of drinks around directions at right angles."""
    random = np.random.default_rng(2)
    centres = np.repeat(np.eye(count, 8), each, axis=0)
    return unit((centres + 0.1 * random.normal(size=centres.shape)).astype(np.float32))


def plane(directions: FloatArray, seed: int = 0) -> FloatArray:
    return project(directions, neighbours(directions, NEIGHBOURS), seed)


def test_what_is_near_in_the_model_is_near_on_the_plane() -> None:
    directions = groups()
    places = plane(directions)
    assert places.shape == (80, 2)
    assert places.min() >= 0 and places.max() <= 1
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :10]
    assert (nearest // 20 == np.arange(80)[:, None] // 20).mean() > 0.95


def test_the_same_seed_gives_the_same_plane() -> None:
    directions = groups()
    assert np.array_equal(plane(directions, 1), plane(directions, 1))
    assert not np.array_equal(plane(directions, 1), plane(directions, 2))


@pytest.mark.parametrize("drinks", [1, 2, 4, 5, 6])
def test_a_handful_of_drinks_can_be_drawn(drinks: int) -> None:
    places = plane(groups()[:drinks])
    assert places.shape == (drinks, 2) and np.isfinite(places).all()


def test_drinks_that_are_all_the_same_can_be_drawn() -> None:
    places = plane(np.ones((30, 4), dtype=np.float32) / 2)
    assert np.isfinite(places).all() and places.min() >= 0 and places.max() <= 1
