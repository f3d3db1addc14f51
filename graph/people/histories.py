"""What people did and like, as a model may learn from it: of those who want personal lists."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.query_files import load

HISTORIES = load("training/histories")
PREFERENCES = load("training/preferences")
EVENTS_SINCE = load("training/events_since")
DRINK_KINDS = load("training/drink_kinds")

READING_SECONDS = 600.0
_NO_VALUE = -1000.0
_NO_TIME = -1
_KINDS = {"Flavor": "flavor", "Ingredient": "ingredient", "Style": "style"}


@dataclass(frozen=True, slots=True)
class History:
    """One person's events as columns of equal length.

    `types` are values of `EventType`; `values` are NaN where an event has none, `times` epoch ms,
    -1 where unknown.
    """

    user_id: str
    drink_ids: Sequence[str]
    types: Sequence[str]
    values: Sequence[float]
    times: Sequence[int]


@dataclass(frozen=True, slots=True)
class UserPreference:
    """A flavor, an ingredient or a style that a person likes or dislikes."""

    user_id: str
    liked: bool
    kind: str | None
    target_id: str


async def load_histories(graph: Graph) -> list[History]:
    """Everybody's history, for training; people without any are left out. Raises a GraphError."""
    return [_history(row) for row in await graph.run(HISTORIES, deadline=READING_SECONDS)]


async def load_preferences(graph: Graph) -> list[UserPreference]:
    """Return everything that people said they like or dislike."""
    return [_preference(row) for row in await graph.run(PREFERENCES, deadline=READING_SECONDS)]


async def events_since(graph: Graph, since: int) -> int:
    """Return how many events there are of a moment (epoch ms) or later. Raises a GraphError."""
    return int((await graph.run(EVENTS_SINCE, since=since, deadline=READING_SECONDS))[0]["events"])


async def drink_kinds(graph: Graph) -> dict[str, str]:
    """Return the kind of each drink. Raises a GraphError."""
    rows = await graph.run(DRINK_KINDS, deadline=READING_SECONDS)
    return {row["drinkId"]: row["kind"] for row in rows}


def _history(row: Row) -> History:
    """Return a person's events; of what is kept as a count the first and the last."""
    values = [math.nan if value == _NO_VALUE else value for value in row["values"]]
    counts = [place for place, first in enumerate(row["firsts"]) if first != _NO_TIME]

    def with_firsts(column: Sequence[Any], firsts: Sequence[Any]) -> Sequence[Any]:
        return [*column, *(firsts[place] for place in counts)] if counts else column

    return History(
        row["userId"],
        with_firsts(row["drinkIds"], row["drinkIds"]),
        with_firsts(row["types"], row["types"]),
        with_firsts(values, values),
        with_firsts(row["times"], row["firsts"]),
    )


def _preference(row: Row) -> UserPreference:
    kind = next((_KINDS[label] for label in row["kinds"] if label in _KINDS), None)
    return UserPreference(row["userId"], row["opinion"] == "LIKES", kind, row["targetId"])
