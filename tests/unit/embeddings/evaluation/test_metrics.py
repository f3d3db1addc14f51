from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from embeddings.data.positives import positives
from embeddings.data.splitting import seen, split
from embeddings.evaluation.baselines import Ease, ItemKNN, Popularity, baselines
from embeddings.evaluation.metrics import evaluate, ndcg_at, recall_at
from tests.unit.embeddings.worlds import checkerboard


def test_ndcg_by_hand() -> None:
    ranked, wanted = np.array([5, 1, 7]), np.array([1, 7, 9])
    gain = 1 / np.log2(3) + 1 / np.log2(4)
    ideal = 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert ndcg_at(ranked, wanted, 3) == pytest.approx(gain / ideal)
    assert recall_at(ranked, wanted) == pytest.approx(2 / 3)


def test_the_ideal_list_is_no_longer_than_what_is_held_out() -> None:
    assert ndcg_at(np.array([4, 1, 2]), np.array([4]), 3) == 1.0


def test_seen_drinks_are_masked_and_means_are_over_people_with_something_held_out() -> None:
    scores = np.array([[9, 8, 7, 6], [9, 8, 7, 6], [9, 8, 7, 6]], dtype=np.float32)
    train = sparse.csr_array(np.array([[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    holdout = sparse.csr_array(np.array([[0, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 1]]))
    metrics = evaluate(lambda people: scores[people].copy(), train, holdout, k=1)
    assert (metrics.users, metrics.k) == (2, 1)
    assert metrics.recall == pytest.approx((1 + 0) / 2)
    assert metrics.ndcg == pytest.approx(0.5)
    assert metrics.ndcg_standard_error == pytest.approx(0.5)
    assert metrics.coverage == pytest.approx(2 / 4)


def test_nobody_held_out() -> None:
    nothing = sparse.csr_array((3, 4), dtype=np.float32)
    metrics = evaluate(lambda people: np.zeros((people.size, 4), np.float32), nothing, nothing)
    assert (metrics.users, metrics.ndcg) == (0, 0.0)


def test_popularity_counts_people() -> None:
    train = sparse.csr_array(np.array([[1, 0], [1, 0], [1, 1]], dtype=np.float32))
    assert Popularity(train).score_users(train, np.array([1])).tolist() == [[3, 1]]


def test_item_neighbours_by_hand() -> None:
    train = sparse.csr_array(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]], dtype=np.float32))
    scores = ItemKNN(train, shrinkage=10.0).score_users(train, np.array([0]))
    expected = 2 / (np.sqrt(2 * 3) + 10)
    assert scores[0, 0] == pytest.approx(expected)
    assert scores[0, 1] == pytest.approx(expected)
    assert scores[0, 2] == pytest.approx(1 / (np.sqrt(3) + 10))


@pytest.mark.parametrize(("people", "drinks"), [(40, 6), (6, 40)])
def test_ease_solves_its_ridge_regression(people: int, drinks: int) -> None:
    random = np.random.default_rng(0)
    dense = (random.random((people, drinks)) < 0.4).astype(np.float32)
    weights = Ease(sparse.csr_array(dense), regularization=5.0).weights
    for drink in range(drinks):
        others = [column for column in range(drinks) if column != drink]
        known = dense[:, others]
        ridge = 5.0 * np.eye(drinks - 1)
        solved = np.linalg.solve(known.T @ known + ridge, known.T @ dense[:, drink])
        assert np.allclose(weights[others, drink], solved, atol=1e-5)
        assert weights[drink, drink] == 0


def test_personal_baselines_beat_popularity_on_a_checkerboard() -> None:
    graph = checkerboard()
    parts = split(graph, 0)
    train = positives(parts.train).matrix(*parts.holdout.shape)
    reached = {
        baseline.name: evaluate(
            lambda people, one=baseline: one.score_users(train, people),
            seen(parts.train),
            parts.holdout,
            k=5,
        ).ndcg
        for baseline in baselines(train)
    }
    assert reached["ItemKNN"] > reached["popularity"] + 0.05
    assert reached["EASE"] > reached["popularity"] + 0.05
