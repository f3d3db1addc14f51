from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.serving import index
from embeddings.serving.index import DrinkIndex


def true_scores(vectors: np.ndarray, vector: np.ndarray, added: np.ndarray | None) -> np.ndarray:
    scores = (vectors.astype(np.float64) * vector.astype(np.float64)).sum(axis=1)
    return (scores if added is None else scores + added).astype(np.float32)


def plain_scan(scores: np.ndarray, allowed: np.ndarray, k: int) -> list[int]:
    rows = [row for row in range(scores.size) if allowed[row]]
    return sorted(rows, key=lambda row: (-scores[row], row))[:k]


@pytest.fixture(params=[1, 5, 4096], ids=lambda size: f"first block {size}")
def small_blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few drinks fill many blocks, so that the search has something to leave out."""
    monkeypatch.setattr(index, "FIRST_BLOCK", request.param)
    monkeypatch.setattr(index, "LARGEST_BLOCK", request.param * 8)


def drawn(random: np.random.Generator, drinks: int, dim: int, manner: str) -> np.ndarray:
    if manner == "whole numbers":  # many ties
        return random.integers(-2, 3, (drinks, dim)).astype(np.float32)
    vectors = random.standard_normal((drinks, dim)).astype(np.float32)
    if manner == "lengths apart":
        vectors *= np.float32(10.0) ** random.uniform(-12, 12, (drinks, 1)).astype(np.float32)
    if manner == "tiny":
        vectors *= np.float32(1e-30)
    if manner == "nearly alike":
        vectors = vectors[:1] * (1 + np.float32(1e-6) * vectors)
    if manner == "many empty":
        vectors[random.random(drinks) < 0.9] = 0
    return vectors


MANNERS = ("whole numbers", "normal", "lengths apart", "tiny", "nearly alike", "many empty")


@settings(max_examples=300, deadline=None)
@given(
    drinks=st.integers(1, 300),
    dim=st.integers(1, 70),
    k=st.integers(1, 40),
    manner=st.sampled_from(MANNERS),
    added=st.sampled_from((None, 0.1, 5.0)),
    raised=st.sampled_from((0.02, 1.0)),
    share=st.sampled_from((0.0, 0.02, 0.3, 1.0)),
    seed=st.integers(0, 2**32 - 1),
)
@pytest.mark.usefixtures("small_blocks")
def test_equal_to_the_plain_scan(
    drinks: int,
    dim: int,
    k: int,
    manner: str,
    added: float | None,
    raised: float,
    share: float,
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    vectors = drawn(random, drinks, dim, manner)
    vector = drawn(random, 2, dim, manner)[0]
    lift = None
    if added is not None:
        lift = (random.integers(-2, 3, drinks) * added).astype(np.float32)
        lift[random.random(drinks) >= raised] = 0
    allowed = random.random(drinks) < share
    rows, scores = DrinkIndex(vectors).best(vector, allowed, k, lift)
    truth = true_scores(vectors, vector, lift)
    assert rows.tolist() == plain_scan(truth, allowed, k)
    assert scores.tolist() == truth[rows].tolist()


def test_taken_bit_by_bit_the_order_is_the_same() -> None:
    random = np.random.default_rng(3)
    one, vector = DrinkIndex(drawn(random, 9000, 8, "normal")), np.ones(8, np.float32)
    allowed = np.ones(9000, dtype=bool)
    best: list[int] = []
    while len(best) < 60:
        rows, _ = one.best(vector, allowed, 7)
        allowed[rows] = False
        best += rows.tolist()
    assert best == one.best(vector, np.ones(9000, dtype=bool), len(best))[0].tolist()


def test_blocks_that_cannot_win_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(1).standard_normal((50_000, 8)).astype(np.float32)
    vectors[:40_000] *= 0.01
    one, looked = DrinkIndex(vectors), 0
    scan = index._scanned

    def counted(block: index._Block, *arguments: Any) -> np.ndarray:
        nonlocal looked
        looked += block.rows.size
        return scan(block, *arguments)

    monkeypatch.setattr(index, "_scanned", counted)
    raised = np.zeros(50_000, np.float32)
    raised[:100] = 100
    for added in (None, raised):
        looked = 0
        one.best(np.ones(8, np.float32), np.ones(50_000, dtype=bool), 10, added)
        assert looked < 13_000, added


def test_the_spread_is_that_of_all_scores() -> None:
    vectors = np.random.default_rng(1).standard_normal((500, 8)).astype(np.float32) + 1
    one, vector = DrinkIndex(vectors), np.arange(8).astype(np.float32)
    assert one.spread(vector) == pytest.approx(float(one.scores(vector).std()), rel=1e-4)


def test_no_drinks() -> None:
    rows, scores = DrinkIndex(np.zeros((0, 4), np.float32)).best(
        np.ones(4, np.float32), np.zeros(0, dtype=bool), 3, np.zeros(0, np.float32)
    )
    assert rows.size == scores.size == 0


@pytest.mark.parametrize("vectors", [np.zeros(3), np.array([[1.0, np.nan]]), np.array([[np.inf]])])
def test_vectors_that_are_none_are_refused(vectors: np.ndarray) -> None:
    with pytest.raises(ValueError, match="finite"):
        DrinkIndex(vectors.astype(np.float32))
