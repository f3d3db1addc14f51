from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from embeddings.training.factors import neighbourhoods as module
from embeddings.training.factors.neighbourhoods import regressed

RIDGE = 2.0


def grams(drinks: int = 40, people: int = 300, seed: int = 3) -> sparse.csr_array:
    """Return how many people had both of two drinks; all drinks had with some other."""
    random = np.random.default_rng(seed)
    liked = random.random((people, drinks)) < random.uniform(0.15, 0.4, drinks)
    had = sparse.csr_array(liked.astype(np.float32))
    return sparse.csr_array(had.T @ had)


def dense(together: sparse.csr_array, onward: sparse.csc_array) -> np.ndarray:
    """Return the regression by the whole inverse, diagonal held at zero."""
    inverse = np.linalg.inv(together.toarray() + RIDGE * np.eye(together.shape[0]))
    free = inverse @ onward.toarray()
    return free - inverse * (np.diag(free) / np.diag(inverse))


def test_with_everything_in_the_neighbourhood_it_is_the_whole_inverse() -> None:
    together = grams()
    onward = sparse.csc_array(sparse.triu(together, 1))
    favour = np.linspace(0.5, 2.0, 40)
    expected = dense(together, onward) * favour
    weights = regressed(together, onward, RIDGE, favour).toarray()
    assert np.allclose(weights, expected, atol=1e-5)
    assert expected.min() < -0.01 and not weights.diagonal().any()


def test_a_small_neighbourhood_holds_the_nearest_and_is_near_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together = grams()
    onward = sparse.csc_array(together - sparse.diags_array(together.diagonal()))
    whole = dense(together, onward)
    monkeypatch.setattr(module, "NEIGHBOURHOOD", 20)
    weights = regressed(together, onward, RIDGE, np.ones(40)).toarray()
    assert (weights != 0).sum(axis=0).max() < 20
    assert np.corrcoef(weights.ravel(), whole.ravel())[0, 1] > 0.7


@pytest.mark.parametrize(
    ("drinks", "most"), [(0, 400), (60_000, 400), (120_000, 200), (500_000, 200), (1_000_000, 101)]
)
def test_in_large_catalogues_neighbourhoods_are_smaller(drinks: int, most: int) -> None:
    assert module.neighbourhood(drinks) == most


def test_a_drink_that_nobody_had_with_another_gets_nothing() -> None:
    together = sparse.csr_array(sparse.block_diag([grams(10), sparse.eye_array(1) * 5]))
    onward = sparse.csc_array(together - sparse.diags_array(together.diagonal()))
    weights = regressed(together, onward, RIDGE, np.ones(11)).toarray()
    assert not weights[10].any() and not weights[:, 10].any()
    assert weights[:10, :10].any()


def test_a_matrix_that_is_indefinite_gets_more_of_the_ridge() -> None:
    together = sparse.csr_array(np.array([[1.0, 30, 0], [30, 1, 2], [0, 2, 1]]))
    weights = regressed(together, sparse.csc_array(together), RIDGE, np.ones(3)).toarray()
    assert np.isfinite(weights).all() and weights[0, 1] > 0
