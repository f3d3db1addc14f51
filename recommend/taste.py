"""A person's taste, told from their profile in the way the model was trained on."""

from __future__ import annotations

import math
from functools import lru_cache

from embeddings.dataset import EventKind, Events, TrainingGraph
from embeddings.encode import Taste
from embeddings.positives import dislikes, positives
from graph.people import Preference, Profile

_KINDS = {kind.name.lower(): kind for kind in EventKind}
_SEEN = frozenset({"purchase", "rating", "like"})


@lru_cache(maxsize=4096)
def taste_of(profile: Profile) -> Taste:
    """Return what the person did and likes, as the encoder takes it."""
    graph = _history(profile)
    wanted = positives(graph)
    return Taste(
        drinks=[graph.drinks[row] for row in wanted.drink],
        weights=wanted.weight.tolist(),
        at=wanted.last_at.tolist(),
        likes=_by_kind(profile.likes),
        dislikes=_by_kind(profile.dislikes),
    )


@lru_cache(maxsize=4096)
def disliked_drinks(profile: Profile) -> frozenset[str]:
    """Return the drinks whose latest opinion of this person is bad."""
    graph = _history(profile)
    return frozenset(graph.drinks[row] for row in dislikes(graph).drink)


def seen_drinks(profile: Profile) -> frozenset[str]:
    """Return the drinks that the person has had: bought, rated or liked."""
    return frozenset(event.drink_id for event in profile.history if event.type in _SEEN)


def _history(profile: Profile) -> TrainingGraph:
    events = [event for event in profile.history if event.type in _KINDS]
    drinks = sorted({event.drink_id for event in events})
    row_of = {drink: row for row, drink in enumerate(drinks)}
    return TrainingGraph(
        drinks=tuple(drinks),
        users=(profile.user_id,),
        events=Events.of(
            user=[0] * len(events),
            drink=[row_of[event.drink_id] for event in events],
            kind=[_KINDS[event.type] for event in events],
            value=[math.nan if event.value is None else event.value for event in events],
            at=[-1 if event.at is None else event.at for event in events],
        ),
    )


def _by_kind(preferences: tuple[Preference, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for preference in preferences:
        found.setdefault(preference.kind, []).append(preference.id)
    return found
