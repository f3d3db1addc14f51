from __future__ import annotations

import numpy as np
import pytest

from embeddings.data.dataset import EventKind, Events, TrainingGraph
from embeddings.data.positives import dislikes, positives
from tests.unit.embeddings.worlds import mixed_events


def pairs_from(*rows: tuple[int, int, EventKind, float, int]) -> TrainingGraph:
    user, drink, kind, value, at = zip(*rows, strict=True)
    return TrainingGraph(("a", "b", "c"), ("x", "y"), Events.of(user, drink, kind, value, at))


def as_set(graph: TrainingGraph) -> set[tuple[int, int]]:
    pairs = positives(graph)
    return set(zip(pairs.user.tolist(), pairs.drink.tolist(), strict=True))


def test_a_later_dislike_outweighs_a_purchase() -> None:
    graph = mixed_events()
    assert {pair for pair in as_set(graph) if pair[1] == 0} == set()
    assert set(dislikes(graph).user.tolist()) == {0, 1, 2, 3}
    assert set(dislikes(graph).drink.tolist()) == {0}


def test_a_later_like_takes_a_dislike_back() -> None:
    graph = pairs_from((0, 0, EventKind.DISLIKE, np.nan, 5), (0, 0, EventKind.LIKE, np.nan, 6))
    assert as_set(graph) == {(0, 0)}
    assert len(dislikes(graph)) == 0


def test_a_purchase_after_a_dislike_is_no_opinion() -> None:
    graph = pairs_from((0, 0, EventKind.DISLIKE, np.nan, 5), (0, 0, EventKind.PURCHASE, np.nan, 6))
    assert as_set(graph) == set()


@pytest.mark.parametrize(
    ("ratings", "wanted"),
    [
        ((3.5, 3.5, 3.5), {0, 1, 2}),
        ((3.0, 2.5, 2.5), {0}),
        ((3.0, 4.0, 5.0), {1, 2}),
        ((2.0, 1.0, 1.0), set()),
    ],
)
def test_good_ratings(ratings: tuple[float, ...], wanted: set[int]) -> None:
    rows = [(0, drink, EventKind.RATING, value, 1) for drink, value in enumerate(ratings)]
    assert {drink for _, drink in as_set(pairs_from(*rows))} == wanted


def test_pairs_are_distinct_with_the_strongest_weight_and_both_times() -> None:
    wanted = positives(
        pairs_from(
            (1, 2, EventKind.PURCHASE, np.nan, 7),
            (1, 2, EventKind.VIEW, np.nan, 3),
            (1, 2, EventKind.VIEW, np.nan, 9),
            (0, 1, EventKind.VIEW, np.nan, -1),
        )
    )
    assert wanted.user.tolist() == [0, 1]
    assert wanted.weight.tolist() == pytest.approx([0.2, 1.0])
    assert (wanted.first_at.tolist(), wanted.last_at.tolist()) == ([-1, 3], [-1, 9])


def test_no_events_no_pairs() -> None:
    graph = TrainingGraph(("a",), ("x",), Events.of([], []))
    assert len(positives(graph)) == len(dislikes(graph)) == 0
