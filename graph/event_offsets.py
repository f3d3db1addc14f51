"""How far the log of events has been read into the graph."""

from __future__ import annotations

from collections.abc import Sequence

from graph.connection import Graph, Row
from graph.query_files import load

EVENT_OFFSETS = load("engine/event_offsets")
MOVE_EVENT_OFFSET = load("engine/move_event_offset")


class OffsetMoved(Exception):
    """Another has read on from here: nothing was written."""


async def move_event_offset(graph: Graph, id_: str, start: int, end: int) -> None:
    """Say that a partition has been read from an offset to another.

    Raises OffsetMoved if another has read it meanwhile, or a GraphError.
    """

    def accept(results: Sequence[Sequence[Row]]) -> None:
        if results[0][0]["was"] != start:
            raise OffsetMoved(f"{id_} is at {results[0][0]['was']}, not at {start}")

    await graph.run_together([(MOVE_EVENT_OFFSET, {"id": id_, "next": end})], accept=accept)


async def event_offsets(graph: Graph, ids: Sequence[str]) -> dict[str, int]:
    """Return the next offset of each of these partitions; 0 where nothing was read."""
    rows = await graph.run(EVENT_OFFSETS, ids=list(ids))
    return dict.fromkeys(ids, 0) | {row["id"]: row["next"] for row in rows}
