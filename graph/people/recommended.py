"""What people were recommended, bought and saved, and in which context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.connection import Graph, Row
from graph.outbox.entries import OutboxEntry, list_shown, telling
from graph.query_files import load
from graph.sealing.profiles import opened

REMEMBER_RECOMMENDED = load("people/remember_recommended")
FORGET_RECOMMENDED = load("people/forget_recommended")
RECENTLY_SHOWN = load("recommend/recently_shown")
CONTACTS = load("recommend/contacts")
PURCHASES_IN_CONTEXT = load("recommend/purchases_in_context")


async def recently_shown(graph: Graph, user_id: str, since: int) -> dict[str, float]:
    """Return when a person was last recommended each drink since then; epoch ms."""
    rows = await graph.run(RECENTLY_SHOWN, userId=user_id, since=since)
    return {row["drinkId"]: float(row["at"]) for row in rows}


async def remember_recommended(graph: Graph, rows: Sequence[Row]) -> None:
    """Write who was recommended which drink when: `userId`, `erasureId`, `drinkId`, `at`."""

    def entries(results: Sequence[list[Row]]) -> Iterable[OutboxEntry]:
        return (list_shown(row["userId"], row["drinkIds"], row["at"]) for row in results[0])

    await graph.run_together([(REMEMBER_RECOMMENDED, {"rows": rows}), telling(entries)])


async def forget_recommended(graph: Graph, before: int, most: int, deadline: float) -> int:
    """Delete up to `most` recommendations older than a moment; return how many were deleted."""
    [row] = await graph.run(FORGET_RECOMMENDED, before=before, most=most, deadline=deadline)
    return row["forgotten"]


async def load_contacts(graph: Graph, user_id: str, since: int, most: int) -> list[Row]:
    """Return the drinks a person bought, saved, or was recommended since a moment.

    Raises a GraphError: ProfileSealed if when they declared cannot be opened.
    """
    rows = await graph.run(CONTACTS, userId=user_id, since=since, most=most)
    if not rows:
        return []
    declared_at = opened(graph.sealing, user_id, rows[0])["declaredAt"]
    return [{**row, "declaredAt": declared_at} for row in rows]


async def purchases_in_context(graph: Graph, most: int, deadline: float | None = None) -> list[Row]:
    """Return who bought what, and what was said about the moment, newest first."""
    return await graph.run(PURCHASES_IN_CONTEXT, most=most, deadline=deadline)
