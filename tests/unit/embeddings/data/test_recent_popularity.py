"""The popularity of the last weeks is what counting by hand gives, at any moment."""

from __future__ import annotations

import numpy as np

from embeddings.data.dataset import EventKind, Events, TrainingGraph
from embeddings.data.recent_popularity import RecentPopularity
from graph.catalogue.popularity import RECENT

DAY = 86_400_000
KINDS = (EventKind.PURCHASE, EventKind.SAVE, EventKind.LIKE, EventKind.VIEW, EventKind.RATING)


def some_events(random: np.random.Generator, count: int) -> Events:
    return Events.of(
        random.integers(0, 6, count),
        random.integers(0, 4, count),
        random.choice(KINDS, count),
        random.choice([2.0, 3.5, 5.0], count),
        np.where(random.random(count) < 0.1, -1, random.integers(0, 100 * DAY, count)),
    )


def test_it_is_the_people_within_the_window_each_counted_once() -> None:
    random = np.random.default_rng(3)
    events = some_events(random, 400)
    graph = TrainingGraph(tuple("abcd"), tuple("uvwxyz"), events)
    popularity = RecentPopularity(graph)
    for moment in random.integers(0, 120 * DAY, 50).tolist():
        people: list[set[int]] = [set() for _ in graph.drinks]
        for row in range(len(events)):
            kind, at = events.kind[row], int(events.at[row])
            wanted = kind != EventKind.VIEW and (kind != EventKind.RATING or events.value[row] > 3)
            if wanted and at >= 0 and moment - RECENT.days * DAY <= at < moment:
                people[events.drink[row]].add(int(events.user[row]))
        expected = np.log1p([len(wanted) for wanted in people])
        assert np.allclose(popularity.before(moment), expected)


def test_without_times_nothing_is_recent() -> None:
    graph = TrainingGraph(("a",), ("u",), Events.of([0], [0]))
    assert not RecentPopularity(graph).before(10 * DAY).any()
