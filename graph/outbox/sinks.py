"""Sinks as the graph has them: who is told of what, how far they have been told, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.outbox.entries import OutgoingType
from graph.query_files import load

SINKS = load("outbox/sinks")
PUT_SINK = load("outbox/put_sink")
REMOVE_SINK = load("outbox/remove_sink")
RESUME_SINK = load("outbox/resume_sink")
ADVANCE_SINK = load("outbox/advance_sink")
NOTE_FAILURE = load("outbox/note_failure")


@dataclass(frozen=True, slots=True)
class SinkRecord:
    """Somebody who is told; `position` is the last event they had. Times are epoch milliseconds.

    `with_people` says whether they learn whom an event is about.
    """

    id: str
    kind: str
    types: frozenset[str]
    with_people: bool
    position: int
    url: str
    added_at: int
    failing_since: int | None
    failure: str | None
    disabled_at: int | None

    @property
    def is_on(self) -> bool:
        """Whether it is told anything."""
        return self.disabled_at is None


async def sinks(graph: Graph) -> list[SinkRecord]:
    """Return all sinks, oldest first. Raises a GraphError."""
    return [
        SinkRecord(
            id=row["id"],
            kind=row["kind"],
            types=frozenset(row["types"]),
            with_people=row["withPeople"] is True,
            position=row["position"],
            url=row["url"],
            added_at=row["addedAt"],
            failing_since=row["failingSince"],
            failure=row["failure"],
            disabled_at=row["disabledAt"],
        )
        for row in await graph.run(SINKS)
    ]


async def put_sink(
    graph: Graph,
    sink_id: str,
    kind: str,
    url: str,
    types: Sequence[OutgoingType],
    *,
    with_people: bool = False,
    clock: Clock = utc_now,
) -> None:
    """Add a sink, which is told what happens from now on, or change what it is told.

    An interaction that is being written now may not know it yet: `SETTLED_SECONDS` later all do.
    """
    await graph.run(
        PUT_SINK,
        id=sink_id,
        kind=kind,
        url=url,
        types=sorted(map(str, types)),
        withPeople=with_people,
        addedAt=milliseconds(clock()),
    )


async def remove_sink(graph: Graph, sink_id: str) -> bool:
    """Remove a sink; return whether it was there."""
    return bool(await graph.run(REMOVE_SINK, id=sink_id))


async def resume_sink(graph: Graph, sink_id: str) -> bool:
    """Tell a sink again that was disabled; return whether it is there."""
    return bool(await graph.run(RESUME_SINK, id=sink_id))


async def advance_sink(graph: Graph, sink_id: str, position: int) -> None:
    """Note that a sink has had everything up to a position."""
    await graph.run(ADVANCE_SINK, id=sink_id, position=position)


async def note_failure(
    graph: Graph, sink_id: str, at: int, failure: str, *, disabled: bool = False
) -> int | None:
    """Note why a sink takes nothing; return since when (epoch ms), None if it was removed."""
    since = at if disabled else None
    rows = await graph.run(NOTE_FAILURE, id=sink_id, at=at, failure=failure, disabledAt=since)
    return rows[0]["failingSince"] if rows else None
