"""The one door for what people do: a batch of interactions of one person, recorded once each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.connection import Graph, Row
from graph.declarations import ADVANCE_PROFILE
from graph.interactions import writing_steps
from graph.query import load

KNOWN_EVENTS = load("people/known_events")
EXISTING_DRINKS = load("catalogue/existing_drinks")

LEAST_RATING, MOST_RATING = 1.0, 5.0
MOST_BOUGHT = 10_000.0
FUTURE_SECONDS = 24 * 3600
_OPINIONS = {"like": 1.0, "dislike": -1.0}
_COUNTED = frozenset({"rating", "purchase"})


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing that a person did with a drink; `at` is in milliseconds since 1970.

    `value` is a rating or a number of drinks bought, and means nothing for other types.
    """

    event_id: str
    drink_id: str
    type: str
    value: float | None
    at: int
    context: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Recorded:
    """What became of a batch; `rejected` maps places in it to reasons."""

    recorded: int
    repeated: int
    rejected: Mapping[int, str]


async def record(graph: Graph, user_id: str, interactions: Sequence[Interaction]) -> Recorded:
    """Record what is new; an event sent again changes nothing, one that cannot be is rejected."""
    known = {row["eventId"]: row for row in await _known(graph, user_id, interactions)}
    drinks = await _existing(graph, interactions)
    new: dict[str, Interaction] = {}
    rejected: dict[int, str] = {}
    repeated = 0
    for index, one in enumerate(interactions):
        reason = _fault(one, drinks) or _conflict(one, known, new)
        if reason:
            rejected[index] = reason
        elif one.event_id in known or one.event_id in new:
            repeated += 1
        else:
            new[one.event_id] = one
    if new:
        rows = [_row(user_id, one) for one in new.values()]
        await graph.run_together([(ADVANCE_PROFILE, {"userId": user_id}), *writing_steps(rows)])
    return Recorded(len(new), repeated, rejected)


async def _known(graph: Graph, user_id: str, interactions: Sequence[Interaction]) -> list[Row]:
    ids = [one.event_id for one in interactions]
    return await graph.run(KNOWN_EVENTS, userId=user_id, eventIds=ids)


async def _existing(graph: Graph, interactions: Sequence[Interaction]) -> set[str]:
    ids = sorted({one.drink_id for one in interactions})
    return {row["id"] for row in await graph.run(EXISTING_DRINKS, ids=ids)}


def _fault(one: Interaction, drinks: set[str]) -> str | None:
    if not 1 <= len(one.event_id) <= 200:
        return "eventId must have 1 to 200 characters."
    if one.drink_id not in drinks:
        return f"There is no drink '{one.drink_id}'."
    if one.type == "rating" and not _is_within(one.value, LEAST_RATING, MOST_RATING):
        return "A rating needs a value from 1 to 5."
    if one.type == "purchase" and not _is_within(one.value, 0.0, MOST_BOUGHT, or_none=True):
        return f"The number of drinks bought must be over 0, up to {MOST_BOUGHT:g}."
    if not 0 <= one.at <= (time.time() + FUTURE_SECONDS) * 1000:
        return "at must lie between 1970 and now."
    return None


def _is_within(value: float | None, least: float, most: float, *, or_none: bool = False) -> bool:
    if value is None:
        return or_none
    return least <= value <= most and value > 0


def _conflict(
    one: Interaction, known: Mapping[str, Row], new: Mapping[str, Interaction]
) -> str | None:
    if one.event_id in known:
        row = known[one.event_id]
        same = (row["drinkId"], row["type"]) == (one.drink_id, one.type)
    elif one.event_id in new:
        other = new[one.event_id]
        same = (other.drink_id, other.type) == (one.drink_id, one.type)
    else:
        return None
    return None if same else f"eventId '{one.event_id}' was used for something else."


def _row(user_id: str, one: Interaction) -> dict[str, Any]:
    value = one.value if one.type in _COUNTED else _OPINIONS.get(one.type)
    return {
        "userId": user_id,
        "drinkId": one.drink_id,
        "eventId": one.event_id,
        "type": one.type,
        "value": value,
        "at": one.at,
        "context": {f"context_{name}": text for name, text in one.context.items()},
    }
