"""Small graphs whose right answers are known by construction."""

from __future__ import annotations

import dataclasses

import numpy as np

from embeddings.data.dataset import EventKind, Events, TrainingGraph
from embeddings.data.positives import positives
from embeddings.serving.encoder import DrinkAttributes, Taste
from embeddings.training.config import TrainingConfig

QUICK = TrainingConfig(hidden=16, recency=0.5, graph_width=8, graph_rounds=4)
WITH_GRAPH = dataclasses.replace(QUICK, graph=0.5, graph_halved_at=40.0, graph_rounds=20)


def edges(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T


def checkerboard(people: int = 60, drinks: int = 24, share: float = 0.6) -> TrainingGraph:
    """Even people want even drinks and odd people odd ones; a drink's attributes tell its colour.

    The first two drinks have no events at all: only their attributes can say what they are.
    """
    random = np.random.default_rng(7)
    wanted = [
        (user, drink)
        for user in range(people)
        for drink in range(2, drinks)
        if user % 2 == drink % 2 and random.random() < share
    ]
    user, drink = np.array(wanted).T
    return TrainingGraph(
        drinks=tuple(f"drink-{number}" for number in range(drinks)),
        users=tuple(f"user-{number}" for number in range(people)),
        events=Events.of(user, drink, at=random.integers(1, 1_000_000, user.size)),
        ingredients=("gin", "rum", "spirit"),
        flavors=("bitter", "sweet"),
        styles=("aperitif", "tiki"),
        drink_ingredients=edges(*((row, row % 2) for row in range(drinks))),
        drink_flavors=edges(*((row, row % 2) for row in range(drinks))),
        ingredient_parents=edges((0, 2), (1, 2)),
        ingredient_flavors=edges((0, 0), (1, 1)),
        user_likes={"flavor": edges((0, 0), (1, 1)), "style": edges((0, 0), (0, 1))},
        user_dislikes={"flavor": edges((0, 1))},
    )


def converts(people: int, drinks: int = 40) -> TrainingGraph:
    """Eight drinks of any colour, and after them six of the person's own."""
    random = np.random.default_rng(5)
    rows: list[tuple[int, int, int]] = []
    for user in range(people):
        own = random.permutation(np.arange(user % 2, drinks, 2))[:6]
        before = random.permutation(np.setdiff1d(np.arange(drinks), own))[:8]
        rows += [(user, int(drink), at) for at, drink in enumerate((*before, *own))]
    user, drink, at = np.array(rows).T
    return TrainingGraph(
        tuple(f"drink-{number}" for number in range(drinks)),
        tuple(f"user-{number}" for number in range(people)),
        Events.of(user, drink, at=at),
    )


def without_times(graph: TrainingGraph) -> TrainingGraph:
    events = graph.events
    return graph.with_events(Events.of(events.user, events.drink, events.kind, events.value))


def mixed_events() -> TrainingGraph:
    """Users 0-3 purchase the same drinks and dislike drink 0, each by another kind of event."""
    rows: list[tuple[int, int, EventKind, float, int]] = []
    for user in range(4):
        rows += [(user, drink, EventKind.PURCHASE, np.nan, 10 + drink) for drink in range(6)]
    rows += [(0, 0, EventKind.DISLIKE, np.nan, 99), (1, 0, EventKind.RATING, 1.0, 99)]
    rows += [(2, 0, EventKind.DISLIKE, np.nan, -1), (3, 0, EventKind.DISLIKE, np.nan, 99)]
    rows += [(3, 0, EventKind.LIKE, np.nan, 99)]
    user, drink, kind, value, at = zip(*rows, strict=True)
    return TrainingGraph(
        drinks=tuple("abcdef"), users=tuple("wxyz"), events=Events.of(user, drink, kind, value, at)
    )


def taste_of(graph: TrainingGraph, user: int) -> Taste:
    """What the service would know about a user of the graph."""
    pairs = positives(graph)
    mine = pairs.user == user

    def opinions(field: str) -> dict[str, list[str]]:
        return {
            name: [graph.ids(name)[node] for owner, node in pairs_of.T if owner == user]
            for name, pairs_of in getattr(graph, field).items()
        }

    return Taste(
        drinks=[graph.drinks[row] for row in pairs.drink[mine]],
        weights=pairs.weight[mine].tolist(),
        at=pairs.last_at[mine].tolist(),
        likes=opinions("user_likes"),
        dislikes=opinions("user_dislikes"),
    )


EVEN = DrinkAttributes("new-even", ingredients=("gin",), flavors=("bitter",))
ODD = DrinkAttributes("new-odd", ingredients=("rum",), flavors=("sweet",))
