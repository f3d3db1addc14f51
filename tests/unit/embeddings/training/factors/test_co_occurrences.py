from __future__ import annotations

import numpy as np
import pytest

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.data.positives import Pairs, positives
from embeddings.data.recency import ranks
from embeddings.training.factors import co_occurrences as module
from embeddings.training.factors.co_occurrences import FORWARD, NEARNESS, co_occurrences
from tests.unit.embeddings.worlds import without_times

PEOPLE, DRINKS = 40, 15


def histories() -> TrainingGraph:
    """Random histories, some instants of which are the same."""
    random = np.random.default_rng(5)
    user, drink = np.nonzero(random.random((PEOPLE, DRINKS)) < 0.4)
    names = (
        tuple(f"drink-{row}" for row in range(DRINKS)),
        tuple(f"user-{row}" for row in range(PEOPLE)),
    )
    return TrainingGraph(*names, Events.of(user, drink, at=random.integers(1, 9, user.size)))


def counted(pairs: Pairs, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both matrices by two loops over each person's drinks."""
    ago = ranks(pairs.user, pairs.last_at)
    together, onward = np.zeros((DRINKS, DRINKS)), np.zeros((DRINKS, DRINKS))
    for place in range(len(pairs)):
        for other in np.flatnonzero(pairs.user == pairs.user[place]):
            first, second = pairs.drink[place], pairs.drink[other]
            apart = int(ago[place] - ago[other])
            near = values[place] * values[other] * (1.0 + abs(apart)) ** -NEARNESS
            together[first, second] += near
            if first != second:
                onward[first, second] += near * (1 + FORWARD * np.sign(apart))
    return together, onward


@pytest.mark.parametrize("timed", [True, False])
def test_every_two_drinks_of_a_person_count_by_nearness_and_order(
    timed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = histories()
    pairs = positives(graph if timed else without_times(graph))
    values = np.random.default_rng(1).uniform(0.5, 2.0, len(pairs))
    monkeypatch.setattr(module, "_PAIRS_TOGETHER", 50)
    both = co_occurrences(pairs, values, ranks(pairs.user, pairs.last_at), (PEOPLE, DRINKS))
    together, onward = counted(pairs, values)
    assert np.allclose(both.together.toarray(), together, rtol=1e-5)
    assert np.allclose(both.onward.toarray(), onward, rtol=1e-5)
    assert np.allclose(onward, onward.T) is not timed


def test_of_somebody_who_had_very_much_only_what_was_near_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = histories()
    at = np.arange(1, len(graph.events.user) + 1)
    user = np.zeros(DRINKS, dtype=np.int64)
    one = graph.with_events(Events.of(user, np.arange(DRINKS), at=at[:DRINKS]))
    pairs = positives(one)
    monkeypatch.setattr(module, "_REACH", 2)
    ago = ranks(pairs.user, pairs.last_at)
    both = co_occurrences(pairs, np.ones(DRINKS), ago, (PEOPLE, DRINKS))
    rows, columns = both.together.nonzero()
    assert np.abs(rows - columns).max() == 2


def test_as_many_people_as_have_so_many_of_two_drinks(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = positives(histories())
    assert len(module.sampled_people(pairs, DRINKS, 0)) == len(pairs)
    monkeypatch.setattr(module, "_MOST_PAIRS", 500)
    some = module.sampled_people(pairs, DRINKS, 0)
    assert 300 < (np.bincount(some.user) ** 2).sum() <= 500
    whole = np.isin(pairs.user, some.user)
    assert np.array_equal(some.drink, pairs.drink[whole])


def test_of_many_drinks_fewer_pairs_fit_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = positives(histories())
    monkeypatch.setattr(module, "_MOST_PAIRS_OF_MANY_DRINKS", 500)
    assert len(module.sampled_people(pairs, 60_000, 0)) == len(pairs)
    some = module.sampled_people(pairs, 60_001, 0)
    assert (np.bincount(some.user) ** 2).sum() <= 500
