"""Recent popularity counts where drinks come into fashion, and nowhere else."""

from __future__ import annotations

import dataclasses

import numpy as np

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.training.trainer import fit
from embeddings.training.tuning import choose
from tests.unit.embeddings.worlds import QUICK, without_times

DAY = 86_400_000
PEOPLE, DRINKS, EACH = 150, 60, 6


def fashions() -> TrainingGraph:
    """Everybody has what is in fashion when they come: each drink for 40 days, a dozen at once."""
    random = np.random.default_rng(5)
    at = np.sort(random.integers(0, DRINKS * 10, (PEOPLE, EACH)), axis=1)
    newest = at // 10
    drink = (newest - random.integers(0, 4, at.shape)) % DRINKS
    people = np.repeat(np.arange(PEOPLE), EACH)
    events = Events.of(people, drink.ravel(), at=(1_000 + at.ravel()) * DAY)
    names = tuple(f"drink-{number}" for number in range(DRINKS))
    return TrainingGraph(names, tuple(f"person-{number}" for number in range(PEOPLE)), events)


def test_where_drinks_come_into_fashion_what_people_had_lately_counts() -> None:
    chosen = choose(fashions(), QUICK)
    assert chosen.recent_popularity > 0
    artefact = fit(fashions(), chosen).artefact()
    assert artefact.settings["recent_popularity"] == chosen.recent_popularity


def test_by_chance_or_without_times_it_does_not() -> None:
    graph = fashions()
    shuffled = dataclasses.replace(
        graph.events, at=np.random.default_rng(6).permutation(graph.events.at)
    )
    for other in (graph.with_events(shuffled), without_times(graph)):
        assert choose(other, QUICK).recent_popularity == 0
