from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.data.positives import Pairs, positives
from embeddings.evaluation.baselines import Ease
from embeddings.training.factors import co_occurrences
from embeddings.training.factors import transitions as module
from embeddings.training.factors.transitions import BY_COUNT, item_transitions
from tests.unit.embeddings.worlds import checkerboard, without_times


def pairs_of(graph: TrainingGraph) -> tuple[Pairs, tuple[int, int]]:
    return positives(graph), (len(graph.users), len(graph.drinks))


def in_turn(people: int = 30) -> TrainingGraph:
    """Everybody has drinks 0, 1, 2 in this order; half of them then 3, the others 4."""
    user = np.repeat(np.arange(people), 4)
    drink = np.tile([0, 1, 2, 3], people)
    drink[3::8] = 4
    at = np.tile([10, 20, 30, 40], people)
    names = tuple(f"drink-{row}" for row in range(6)), tuple(f"user-{row}" for row in range(people))
    return TrainingGraph(*names, Events.of(user, drink, at=at))


def test_without_times_or_scales_it_is_ease() -> None:
    pairs, shape = pairs_of(without_times(checkerboard()))
    scaling = dataclasses.replace(BY_COUNT, ridge=8.0)
    expected = Ease(pairs.matrix(*shape), scaling.ridge).weights
    weights = item_transitions(pairs, shape, scaling=scaling).toarray()
    assert np.allclose(weights, expected, atol=1e-5)
    assert expected.max() > 0.01 and expected.min() < -0.001


def test_what_comes_next_is_wanted_more_than_what_was_before() -> None:
    weights = item_transitions(*pairs_of(in_turn())).toarray()
    assert weights[2, 3] > 2 * weights[3, 2]
    assert weights[1, 2] > weights[0, 3]
    still = item_transitions(*pairs_of(without_times(in_turn()))).toarray()
    assert still[2, 3] < weights[2, 3]


def test_a_drink_follows_neither_on_itself_nor_on_one_that_nobody_had() -> None:
    weights = item_transitions(*pairs_of(checkerboard())).toarray()
    assert not weights.diagonal().any()
    assert not weights[:2].any() and not weights[:, :2].any()
    assert weights[2:, 2:].any()


def test_no_more_of_a_row_than_is_farthest_from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs, shape = pairs_of(checkerboard())
    whole = item_transitions(pairs, shape).toarray()
    monkeypatch.setattr(module, "MOST_NEIGHBOURS", 3)
    few = item_transitions(pairs, shape).toarray()
    assert (few != 0).sum(axis=1).max() == 3
    assert np.array_equal(few[few != 0], whole[few != 0])
    assert (np.sort(abs(few))[:, -3:] == np.sort(abs(whole))[:, -3:]).all()


def test_some_people_stand_for_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs, shape = pairs_of(checkerboard(people=400))
    whole = item_transitions(pairs, shape).toarray()
    monkeypatch.setattr(co_occurrences, "_MOST_PAIRS", 8_000)
    some = item_transitions(pairs, shape, seed=3)
    assert np.array_equal(some.toarray(), item_transitions(pairs, shape, seed=3).toarray())
    assert np.corrcoef(some.toarray().ravel(), whole.ravel())[0, 1] > 0.8
    assert not np.array_equal(some.toarray(), whole)


def test_nobody_had_two_drinks() -> None:
    graph = checkerboard()
    one = graph.with_events(graph.events.take(graph.events.drink == 3))
    assert item_transitions(*pairs_of(one)).nnz == 0
