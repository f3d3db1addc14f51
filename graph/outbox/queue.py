"""The queue of outgoing events: out of the outbox, into one order, until every sink has had them.

The outbox has no order of its own, so that those who write need not wait for each other. Whoever
publishes gives positions: events of one subject in the order in which they happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.connection import Graph, Row
from graph.event_offsets import MOVE_EVENT_OFFSET, OffsetMoved, event_offsets
from graph.query_files import load

WAITING_EVENTS = load("outbox/waiting_events")
PUBLISH_EVENTS = load("outbox/publish_events")
OUTGOING_EVENTS = load("outbox/outgoing_events")
DROP_DELIVERED = load("outbox/drop_delivered")
BACKLOG = load("outbox/backlog")

OFFSET = "outgoing"
PUBLISHED_TOGETHER = 1_000
DROPPED_TOGETHER = 5_000
LONG_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """Something that happened, at its place in the queue; `at` is in milliseconds since 1970."""

    position: int
    id: str
    type: str
    at: int
    subject: str
    person: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many events wait to be published, and since when (epoch ms)."""

    waiting: int
    oldest: int | None


async def publish(graph: Graph, most: int = PUBLISHED_TOGETHER) -> int:
    """Give positions to what waits in the outbox; return how many events there were.

    Two may publish at once: one of them finds that the other was faster. Raises a GraphError.
    """
    first = await _waiting(graph, most)
    if not first:
        return 0
    second = await _waiting(graph, 2 * most)
    waiting = complete(first, second)
    start = await queue_end(graph)
    rows = [{"id": id_, "position": start + place} for place, id_ in enumerate(waiting)]

    def accept(results: list[list[Row]]) -> None:
        if results[0][0]["was"] != start:
            raise OffsetMoved(OFFSET)

    steps: list[tuple[Any, Any]] = [
        (MOVE_EVENT_OFFSET, {"id": OFFSET, "next": start + len(rows)}),
        (PUBLISH_EVENTS, {"rows": rows}),
    ]
    try:
        await graph.run_together(steps, deadline=LONG_SECONDS, accept=accept)
    except OffsetMoved:
        return 0
    return len(rows)


async def _waiting(graph: Graph, most: int) -> list[Row]:
    rows = await graph.run(WAITING_EVENTS, most=most, deadline=LONG_SECONDS)
    # a node that another relay deletes meanwhile may be returned without its properties
    return [row for row in rows if row["sequence"] is not None]


def complete(first: Sequence[Row], second: Sequence[Row]) -> list[str]:
    """Return the ids that both reads together show to be without a gap, in order.

    Of each subject, that is what the second read has up to the last that the first one has.
    """
    last: dict[str, tuple[int, int]] = {}
    for row in first:
        last[row["subject"]] = max(last.get(row["subject"], (-1, -1)), _order(row))
    return [row["id"] for row in second if _order(row) <= last.get(row["subject"], (-1, -1))]


def _order(row: Row) -> tuple[int, int]:
    return row["sequence"], row["number"]


async def queue_end(graph: Graph) -> int:
    """Return the position that the next event will have. Raises a GraphError."""
    return (await event_offsets(graph, [OFFSET]))[OFFSET]


async def outgoing_events(graph: Graph, after: int, most: int) -> list[OutgoingEvent]:
    """Return what comes next after a position, in order. Raises a GraphError."""
    return [
        OutgoingEvent(
            row["position"],
            row["id"],
            row["type"],
            row["at"],
            row["subject"],
            row["person"],
            orjson.loads(row["data"]),
        )
        for row in await graph.run(OUTGOING_EVENTS, after=after, most=most)
    ]


async def drop_delivered(graph: Graph, until: int) -> int:
    """Remove what lies up to a position; return how many events did."""
    dropped = 0
    while True:
        values = {"until": until, "most": DROPPED_TOGETHER}
        [row] = await graph.run(DROP_DELIVERED, deadline=LONG_SECONDS, **values)
        dropped += row["dropped"]
        if row["dropped"] < DROPPED_TOGETHER:
            return dropped


async def backlog(graph: Graph) -> Backlog:
    """Return how much waits. Raises a GraphError."""
    [row] = await graph.run(BACKLOG)
    return Backlog(row["waiting"], row["oldest"])
