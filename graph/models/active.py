"""Which model ranks now."""

from __future__ import annotations

from graph.connection import Graph
from graph.query_files import load

ACTIVE_MODEL = load("training/active_model")


async def active_version(graph: Graph) -> str | None:
    """Return the version of the model that ranks now; None while there is none."""
    rows = await graph.run(ACTIVE_MODEL)
    return rows[0]["version"] if rows else None
