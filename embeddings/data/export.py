"""The graph as a model is trained on it: catalogue, histories and preferences, never allergies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from embeddings.data.dataset import EventKind, Events, IntArray, TrainingGraph
from graph.catalogue.entities import Catalogue, load_catalogue
from graph.connection import Graph, Row
from graph.query import load

HISTORIES = load("training/histories")
PREFERENCES = load("training/preferences")

EXPORT_SECONDS = 600.0
_NO_VALUE = -1000.0
_KINDS = {kind.name.lower(): int(kind) for kind in EventKind}
_LABELS = {"Flavor": "flavor", "Ingredient": "ingredient", "Style": "style"}

Places = Mapping[str, int]
Edge = tuple[int, int]


async def export_graph(graph: Graph) -> TrainingGraph:
    """Return everything that a model may learn from."""
    catalogue = await load_catalogue(graph)
    histories = await graph.run(HISTORIES, deadline=EXPORT_SECONDS)
    preferences = await graph.run(PREFERENCES, deadline=EXPORT_SECONDS)
    return training_graph(catalogue, histories, preferences)


def training_graph(
    catalogue: Catalogue, histories: Sequence[Row], preferences: Sequence[Row]
) -> TrainingGraph:
    """Return the training graph of a catalogue and of the rows of the two training queries."""
    drinks = catalogue.drinks
    users = sorted({row["userId"] for row in (*histories, *preferences)})
    ingredients, flavors, styles = (
        sorted(group) for group in (catalogue.ingredients, catalogue.flavors, catalogue.styles)
    )
    producers = sorted({one for drink in drinks for one in drink.producers})
    kinds = sorted({drink.kind for drink in drinks if drink.kind})
    place = {
        "user": _places(users),
        "ingredient": _places(ingredients),
        "flavor": _places(flavors),
        "style": _places(styles),
    }
    return TrainingGraph(
        drinks=tuple(drink.id for drink in drinks),
        users=tuple(users),
        events=_events(histories, place["user"], catalogue.row_of),
        ingredients=tuple(ingredients),
        flavors=tuple(flavors),
        styles=tuple(styles),
        producers=tuple(producers),
        kinds=tuple(kinds),
        drink_ingredients=_edges((one.ingredients for one in drinks), place["ingredient"]),
        drink_flavors=_edges((one.flavors for one in drinks), place["flavor"]),
        drink_styles=_edges((one.styles for one in drinks), place["style"]),
        drink_producers=_edges((one.producers for one in drinks), _places(producers)),
        drink_kinds=_edges(([one.kind] if one.kind else [] for one in drinks), _places(kinds)),
        ingredient_parents=_edges(
            (catalogue.ingredients[one].parents for one in ingredients), place["ingredient"]
        ),
        ingredient_flavors=_edges(
            (catalogue.ingredients[one].flavors for one in ingredients), place["flavor"]
        ),
        flavor_parents=_edges((catalogue.flavors[one].groups for one in flavors), place["flavor"]),
        style_parents=_edges((catalogue.styles[one].groups for one in styles), place["style"]),
        user_likes=_opinions(preferences, "LIKES", place),
        user_dislikes=_opinions(preferences, "DISLIKES", place),
    )


def _places(ids: Iterable[str]) -> dict[str, int]:
    return {id_: place for place, id_ in enumerate(ids)}


def _edges(neighbours: Iterable[Iterable[str]], place: Places) -> IntArray:
    return _array(
        (row, place[id_]) for row, ids in enumerate(neighbours) for id_ in ids if id_ in place
    )


def _array(edges: Iterable[Edge]) -> IntArray:
    return np.array(list(edges), dtype=np.int64).reshape(-1, 2).T.copy()


def _opinions(
    preferences: Sequence[Row], opinion: str, place: Mapping[str, Places]
) -> dict[str, IntArray]:
    edges: dict[str, list[Edge]] = {kind: [] for kind in _LABELS.values()}
    for row in preferences:
        kind = next((_LABELS[label] for label in row["kinds"] if label in _LABELS), None)
        if row["opinion"] == opinion and kind and row["targetId"] in place[kind]:
            edges[kind].append((place["user"][row["userId"]], place[kind][row["targetId"]]))
    return {kind: _array(found) for kind, found in edges.items()}


def _events(histories: Sequence[Row], users: Places, drinks: Places) -> Events:
    user, drink, kind, value, at = (list[float]() for _ in range(5))
    for row in histories:
        columns = (row["drinkIds"], row["types"], row["values"], row["times"])
        for drink_id, type_, amount, time in zip(*columns, strict=True):
            if drink_id in drinks and type_ in _KINDS:
                user.append(users[row["userId"]])
                drink.append(drinks[drink_id])
                kind.append(_KINDS[type_])
                value.append(math.nan if amount == _NO_VALUE else amount)
                at.append(time)
    return Events.of(user, drink, kind, value, at)
