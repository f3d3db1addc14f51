from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from embeddings.training.factors import whole_inverse as module
from embeddings.training.factors.whole_inverse import is_small, regressed_on_all

RIDGE = 2.0
DRINKS = 40
FAVOUR = np.linspace(0.5, 2.0, DRINKS)


def histories(people: int, seed: int = 3) -> sparse.csr_array:
    random = np.random.default_rng(seed)
    liked = random.random((people, DRINKS)) < random.uniform(0.15, 0.4, DRINKS)
    had = np.where(liked, random.uniform(0.5, 1.5, liked.shape), 0).astype(np.float32)
    had[::5] = 0  # nobody has no drinks in the end
    return sparse.csr_array(had)


def free_of_itself(had: sparse.csr_array) -> np.ndarray:
    """Return the regression of each drink on the others, one after the other."""
    dense, weights = had.toarray().astype(np.float64), np.zeros((DRINKS, DRINKS))
    for drink in range(DRINKS):
        others = np.delete(np.arange(DRINKS), drink)
        gram = dense[:, others].T @ dense[:, others] + RIDGE * np.eye(DRINKS - 1)
        weights[others, drink] = np.linalg.solve(gram, dense[:, others].T @ dense[:, drink])
    return weights * FAVOUR


@pytest.mark.parametrize("people", [200, 30])
@pytest.mark.parametrize("largest", [1_000, 35])
def test_it_is_the_regression_on_everything_by_either_side(
    monkeypatch: pytest.MonkeyPatch, people: int, largest: int
) -> None:
    had = histories(people)
    expected = free_of_itself(had)
    monkeypatch.setattr(module, "LARGEST", largest)
    monkeypatch.setattr(module, "_ROWS_TOGETHER", 7)
    weights = regressed_on_all(had, RIDGE, FAVOUR, DRINKS).toarray()
    assert np.allclose(weights, expected, atol=2e-5)
    assert expected.min() < -0.01 and not weights.diagonal().any()


def test_each_row_keeps_what_is_farthest_from_zero() -> None:
    whole = regressed_on_all(histories(60), RIDGE, FAVOUR, DRINKS).toarray()
    few = regressed_on_all(histories(60), RIDGE, FAVOUR, 5).toarray()
    assert ((few != 0).sum(axis=1) == 5).all() and (few < 0).any()
    assert np.array_equal(few[few != 0], whole[few != 0])
    assert (np.sort(abs(few))[:, -5:] == np.sort(abs(whole))[:, -5:]).all()


def test_which_side_is_small_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    had = histories(60)  # 48 of them had something
    monkeypatch.setattr(module, "LARGEST", 40)
    assert is_small(had)
    monkeypatch.setattr(module, "LARGEST", 39)
    assert not is_small(had)
    assert is_small(sparse.csr_array(had[:40]))
    monkeypatch.setattr(module, "_MOST_NUMBERS", 1_000)
    assert not is_small(sparse.csr_array(had[:40]))
