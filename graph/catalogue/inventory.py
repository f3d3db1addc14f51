"""What the graph holds, counted."""

from __future__ import annotations

from graph.connection import Graph, Row
from graph.query_files import load

INVENTORY = load("catalogue/inventory")


async def load_inventory(graph: Graph, deadline: float | None = None) -> Row | None:
    """Return the counts of drinks, people and the rest; None for an empty graph."""
    rows = await graph.run(INVENTORY, deadline=deadline)
    return rows[0] if rows else None
