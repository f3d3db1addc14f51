"""A person's taste, inferred from their profile the way the model was trained on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from embeddings.data.dataset import EventKind, Events, TrainingGraph
from embeddings.data.positives import dislikes, positives
from embeddings.serving.encoder import Taste
from graph.lru_cache import LruCache
from graph.people.profiles import Preference, Profile
from graph.vocabulary import EventType

_KINDS: dict[str, EventKind] = {type_: EventKind[type_.name] for type_ in EventType}
_HAD = frozenset({EventType.PURCHASE, EventType.RATING, EventType.LIKE})
EVENTS_INFERRED = 400_000
"""Of all histories whose taste is kept; a person counts as fifty at least."""

WEIGHT_OF_A_PERSON = 50


@dataclass(frozen=True)
class InferredTaste:
    """What a history shows: taste, what the person disliked, what they have had."""

    taste: Taste
    disliked: frozenset[str]
    had: frozenset[str]


_inferred: LruCache[Profile, InferredTaste] = LruCache(EVENTS_INFERRED)


def inferred_taste(profile: Profile) -> InferredTaste:
    """Infer a person's taste from their history, once for each profile."""
    taste = _inferred.get(profile)
    if taste is None:
        taste = _infer(profile)
        _inferred.put(profile, taste, weight_of(profile))
    return taste


def weight_of(profile: Profile) -> int:
    """What a profile weighs in a cache: its events, and a little for the person."""
    return WEIGHT_OF_A_PERSON + len(profile.history)


def _infer(profile: Profile) -> InferredTaste:
    graph = _history(profile)
    wanted = positives(graph)
    disliked = [graph.drinks[int(row)] for row in dislikes(graph).drink.tolist()]
    return InferredTaste(
        taste=Taste(
            drinks=[graph.drinks[int(row)] for row in wanted.drink.tolist()],
            weights=wanted.weight.tolist(),
            at=wanted.last_at.tolist(),
            disliked=disliked,
            likes=_by_kind(profile.likes),
            dislikes=_by_kind(profile.dislikes),
        ),
        disliked=frozenset(disliked),
        had=frozenset(event.drink_id for event in profile.history if event.type in _HAD),
    )


def clear_inferred_tastes() -> None:
    """Drop all inferred tastes: each is inferred again when next needed."""
    _inferred.clear()


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
    ids_of: dict[str, list[str]] = {}
    for preference in preferences:
        ids_of.setdefault(preference.kind, []).append(preference.id)
    return ids_of
