from __future__ import annotations

import numpy as np

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.data.positives import positives
from embeddings.training.graphsage.histories import Histories

DRINKS = 5


def histories(timed: bool, recency: float = 1.0) -> Histories:
    """Somebody has drinks 0, 1 and 2 together at once, then 3; somebody else 4, then 0."""
    at = np.array([10, 20, 20, 30, 5, 6]) if timed else -np.ones(6, dtype=np.int64)
    events = Events.of([0, 0, 0, 0, 1, 1], [0, 1, 2, 3, 4, 0], at=at)
    names = tuple("abcde"), ("x", "y")
    return Histories(positives(TrainingGraph(*names, events)), DRINKS, recency, timed)


def shares(history: Histories, drink: int, person: int, dropped: float = 0.0) -> np.ndarray:
    row = np.flatnonzero((history.drink == drink) & (history.user == person))
    matrix, had = history.before(row, np.random.default_rng(0), dropped)
    assert had[0] == np.count_nonzero(matrix.toarray())
    return matrix.toarray()[0]


def test_what_was_chosen_later_or_at_once_is_not_known_yet() -> None:
    timed = histories(timed=True)
    assert not shares(timed, 0, 0).any()
    assert np.allclose(shares(timed, 1, 0), [1, 0, 0, 0, 0])
    assert np.allclose(shares(timed, 0, 1), [0, 0, 0, 0, 1])


def test_the_latest_count_most_as_in_a_request() -> None:
    drawn = shares(histories(timed=True), 3, 0)
    assert np.allclose(drawn, [0.2, 0.4, 0.4, 0, 0])


def test_without_times_it_is_everything_but_the_drink_itself() -> None:
    drawn = shares(histories(timed=False), 1, 0)
    assert np.allclose(drawn, [1 / 3, 0, 1 / 3, 1 / 3, 0])


def test_neighbours_are_left_out_by_chance_and_never_all_of_them_by_rule() -> None:
    assert not shares(histories(timed=False), 1, 0, dropped=1.0).any()
    some = [
        np.count_nonzero(
            histories(timed=False).before(np.arange(6), np.random.default_rng(seed), 0.5)[0].data
        )
        for seed in range(30)
    ]
    assert 5 < np.mean(some) < 9  # half of the fourteen


def test_a_choice_is_drawn_as_often_as_it_weighs() -> None:
    history = histories(timed=True)
    history.weight_ends = np.cumsum([1.0, 0.0, 0.0, 3.0, 0.0, 0.0])
    rows = history.drawn(np.random.default_rng(0), 4000)
    assert set(rows.tolist()) == {0, 3}
    assert abs((rows == 3).mean() - 0.75) < 0.03
