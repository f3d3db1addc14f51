"""How many lists each arm ranked on a day, and of how many the gate dropped a drink."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.connection import Graph
from graph.query_files import load

COUNT_LISTS = load("experiments/count_lists")


@dataclass
class ListCounts:
    """Lists of an arm on a day, and those of which the gate dropped a drink."""

    lists: int = 0
    disagreed: int = 0


ArmDayKey = tuple[str, str, int]
"""An experiment, an arm, and the begin of a day (UTC) in milliseconds since 1970."""


async def count_lists(graph: Graph, counts: Iterable[tuple[ArmDayKey, ListCounts]]) -> None:
    """Add to what is counted. Raises a GraphError."""
    rows = [
        {
            "experimentId": experiment,
            "arm": arm,
            "at": at,
            "lists": count.lists,
            "disagreed": count.disagreed,
        }
        for (experiment, arm, at), count in counts
    ]
    await graph.run(COUNT_LISTS, rows=rows)
