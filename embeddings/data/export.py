"""The graph as a model is trained on it: catalogue, histories and preferences, never allergies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from embeddings.data.dataset import OPINION_TYPES, EventKind, Events, IntArray, TrainingGraph
from graph.catalogue.entities import Catalogue, load_catalogue
from graph.connection import Graph
from graph.people.histories import History, UserPreference, load_histories, load_preferences

_KINDS = {kind.name.lower(): int(kind) for kind in EventKind}

Places = Mapping[str, int]
Edge = tuple[int, int]


async def export_graph(graph: Graph, catalogue: Catalogue | None = None) -> TrainingGraph:
    """Return everything that a model may learn from; drinks in the order of the catalogue."""
    catalogue = catalogue or await load_catalogue(graph)
    histories, preferences = await load_histories(graph), await load_preferences(graph)
    return training_graph(catalogue, histories, preferences)


def training_graph(
    catalogue: Catalogue, histories: Sequence[History], preferences: Sequence[UserPreference]
) -> TrainingGraph:
    """Return the training graph of a catalogue and of what people did and like."""
    drinks = catalogue.drinks
    users = sorted({person.user_id for person in (*histories, *preferences)})
    ingredients, flavors, styles = (
        sorted(group) for group in (catalogue.ingredients, catalogue.flavors, catalogue.styles)
    )
    producers = sorted({producer for drink in drinks for producer in drink.producers})
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
        drink_ingredients=_edges((drink.ingredients for drink in drinks), place["ingredient"]),
        drink_flavors=_edges((drink.flavors for drink in drinks), place["flavor"]),
        drink_styles=_edges((drink.styles for drink in drinks), place["style"]),
        drink_producers=_edges((drink.producers for drink in drinks), _places(producers)),
        drink_kinds=_edges(
            ([drink.kind] if drink.kind else [] for drink in drinks), _places(kinds)
        ),
        ingredient_parents=_edges(
            (catalogue.ingredients[id_].parents for id_ in ingredients), place["ingredient"]
        ),
        ingredient_flavors=_edges(
            (catalogue.ingredients[id_].flavors for id_ in ingredients), place["flavor"]
        ),
        flavor_parents=_edges((catalogue.flavors[id_].groups for id_ in flavors), place["flavor"]),
        style_parents=_edges((catalogue.styles[id_].groups for id_ in styles), place["style"]),
        user_likes=_opinions(preferences, True, place),
        user_dislikes=_opinions(preferences, False, place),
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
    preferences: Sequence[UserPreference], liked: bool, place: Mapping[str, Places]
) -> dict[str, IntArray]:
    edges: dict[str, list[Edge]] = {kind: [] for kind in OPINION_TYPES}
    for preference in preferences:
        kind, target = preference.kind, preference.target_id
        if preference.liked is liked and kind and target in place[kind]:
            edges[kind].append((place["user"][preference.user_id], place[kind][target]))
    return {kind: _array(pairs) for kind, pairs in edges.items()}


def _events(histories: Sequence[History], users: Places, drinks: Places) -> Events:
    user, drink, kind, value, at = (list[float]() for _ in range(5))
    for history in histories:
        columns = (history.drink_ids, history.types, history.values, history.times)
        for drink_id, type_, amount, time in zip(*columns, strict=True):
            if drink_id in drinks and type_ in _KINDS:
                user.append(users[history.user_id])
                drink.append(drinks[drink_id])
                kind.append(_KINDS[type_])
                value.append(amount)
                at.append(time)
    return Events.of(user, drink, kind, value, at)
