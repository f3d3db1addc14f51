from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.index import DrinkIndex


def brute_force(scores: np.ndarray, allowed: np.ndarray, k: int) -> list[int]:
    rows = [row for row in range(scores.size) if allowed[row]]
    return sorted(rows, key=lambda row: (-scores[row], row))[:k]


@settings(max_examples=150, deadline=None)
@given(
    drinks=st.integers(1, 400),
    k=st.integers(1, 40),
    levels=st.integers(1, 50),
    share=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
)
def test_equal_to_brute_force_with_ties_and_masks(
    drinks: int, k: int, levels: int, share: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    vectors = random.integers(-levels, levels + 1, (drinks, 2)).astype(np.float32)
    user = random.integers(-2, 3, (1, 2)).astype(np.float32)
    allowed = random.random(drinks) < share
    rows, scores = DrinkIndex([str(row) for row in range(drinks)], vectors).top_k(user, allowed, k)
    expected = brute_force(vectors @ user[0], allowed, k)
    assert rows[0].tolist() == expected + [-1] * (k - len(expected))
    assert scores[0, : len(expected)].tolist() == (vectors @ user[0])[expected].tolist()
    assert np.isneginf(scores[0, len(expected) :]).all()


def test_no_mask_a_mask_for_all_and_a_mask_each() -> None:
    index = DrinkIndex("abc", np.array([[1.0], [2.0], [3.0]], np.float32))
    users = np.array([[1.0], [-1.0]], np.float32)
    assert index.top_k(users, None, 1)[0].tolist() == [[2], [0]]
    assert index.top_k(users, np.array([True, True, False]), 1)[0].tolist() == [[1], [0]]
    each = np.array([[True, False, False], [False, False, True]])
    assert index.top_k(users, each, 2)[0].tolist() == [[0, -1], [2, -1]]


def test_the_vectors_are_not_changed_by_masking() -> None:
    index = DrinkIndex("ab", np.array([[1.0], [2.0]], np.float32))
    index.top_k(np.ones((1, 1), np.float32), np.array([True, False]), 2)
    assert index.top_k(np.ones((1, 1), np.float32), None, 2)[0].tolist() == [[1, 0]]


def test_ids_and_vectors_must_match_in_number() -> None:
    with pytest.raises(ValueError, match="2 ids"):
        DrinkIndex("ab", np.zeros((3, 2), np.float32))
