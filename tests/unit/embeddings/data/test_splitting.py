from __future__ import annotations

import numpy as np

from embeddings.data.dataset import EventKind, Events, TrainingGraph
from embeddings.data.splitting import FEWEST, seen, split
from tests.unit.embeddings.worlds import checkerboard, mixed_events, without_times


def keys(graph: TrainingGraph) -> set[tuple[int, int]]:
    return set(zip(graph.events.user.tolist(), graph.events.drink.tolist(), strict=True))


def held(graph: TrainingGraph, seed: int = 0) -> set[tuple[int, int]]:
    rows, columns = split(graph, seed).holdout.nonzero()
    return set(zip(rows.tolist(), columns.tolist(), strict=True))


def test_no_event_of_a_held_out_pair_stays_in_training() -> None:
    graph = mixed_events()
    again = Events.of([0, 0, 1], [5, 5, 5], EventKind.VIEW, at=[1, 50, 2])
    columns = (
        np.concatenate([getattr(graph.events, name), getattr(again, name)])
        for name in ("user", "drink", "kind", "value", "at")
    )
    repeated = graph.with_events(Events(*columns))
    parts = split(repeated, 0)
    assert held(repeated)
    assert not held(repeated) & keys(parts.train)
    assert held(repeated) | keys(parts.train) == keys(repeated)


def test_held_out_pairs_are_the_last_in_time() -> None:
    graph = checkerboard()
    parts = split(graph, 0)
    times = {
        (int(user), int(drink)): int(at)
        for user, drink, at in zip(
            graph.events.user, graph.events.drink, graph.events.at, strict=True
        )
    }
    for user in range(len(graph.users)):
        last = [times[pair] for pair in held(graph) if pair[0] == user]
        first = [times[pair] for pair in keys(parts.train) if pair[0] == user]
        assert last and min(last) > max(first)


def test_without_times_the_seed_decides() -> None:
    graph = without_times(checkerboard())
    assert held(graph, 1) == held(graph, 1)
    assert held(graph, 1) != held(graph, 2)


def test_people_with_few_drinks_stay_whole() -> None:
    few = FEWEST - 1
    graph = TrainingGraph(tuple("abc"), ("x",), Events.of([0] * few, range(few)))
    assert split(graph, 0).holdout.nnz == 0


def test_dislikes_are_never_held_out_and_never_ranked() -> None:
    graph = mixed_events()
    assert not [pair for pair in held(graph) if pair[1] == 0]
    assert seen(split(graph, 0).train)[[0]].toarray()[0, 0] > 0
