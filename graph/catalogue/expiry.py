"""Expiry: what was declared or reviewed longer ago than the shelf life no longer counts.

The catalogue keeps the day before which everything has expired. Every change, in whichever process,
voids what it touches that is older than that day; `expire` moves the day on and voids the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph.catalogue.changes import Signature, change_catalogue
from graph.clock import Clock
from graph.connection import Graph, Row
from graph.query_files import load
from graph.rows import parts

SET_EXPIRED_BEFORE = load("changes/set_expired_before")
EXPIRED_DRINKS = load("changes/expired_drinks")
EXPIRED_INGREDIENTS = load("changes/expired_ingredients")

DEADLINE = 60.0
SUBJECTS_PER_CHANGE = 1_000


@dataclass(frozen=True, slots=True)
class Expired:
    """How many statements of absence, and reviews of ingredients, are too old."""

    statements: int = 0
    reviews: int = 0


def expired_before(days: int, now: datetime) -> str:
    """Return the earliest day, as ISO text, whose statements still count."""
    return (now.date() - timedelta(days=days)).isoformat()


async def note_shelf_life(graph: Graph, days: int, clock: Clock) -> None:
    """Make every change from now on void what is older than so many days.

    Raises a GraphError. What no change touches is voided by `expire`.
    """
    await graph.run(SET_EXPIRED_BEFORE, before=expired_before(days, clock()))


async def expire(graph: Graph, days: int | None, clock: Clock, *, by: str) -> Expired:
    """Void what is older than so many days; return how much it was.

    None: nothing expires from now on, and what has expired stays void until restated.
    Raises a GraphError.
    """
    if days is None:
        await graph.run(SET_EXPIRED_BEFORE, before=None)
        return Expired()
    await note_shelf_life(graph, days, clock)
    before = expired_before(days, clock())
    drinks, ingredients = await _found(graph, before)
    signature = Signature(by, "EXPIRY", None, f"older than {days} days", clock)
    for ids in parts(_ids(ingredients), SUBJECTS_PER_CHANGE):
        await change_catalogue(graph, [], signature, ingredients=ids)
    for ids in parts(_ids(drinks), SUBJECTS_PER_CHANGE):
        await change_catalogue(graph, [], signature, drinks=ids)
    return _counted(drinks, ingredients)


async def expiring(graph: Graph, days: int, by: datetime) -> Expired:
    """Return what will have expired by a moment unless it is restated. Raises a GraphError."""
    return _counted(*await _found(graph, expired_before(days, by)))


async def _found(graph: Graph, before: str) -> tuple[list[Row], list[Row]]:
    drinks = await graph.run(EXPIRED_DRINKS, before=before, deadline=DEADLINE)
    return drinks, await graph.run(EXPIRED_INGREDIENTS, before=before, deadline=DEADLINE)


def _counted(drinks: Sequence[Row], ingredients: Sequence[Row]) -> Expired:
    statements = sum(row["statements"] for row in (*drinks, *ingredients))
    return Expired(statements, sum(row["reviews"] for row in ingredients))


def _ids(rows: Sequence[Row]) -> list[str]:
    return [row["id"] for row in rows]
