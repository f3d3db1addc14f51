"""How far the bundled data are in the graph, and which edition of the knowledge it has."""

from __future__ import annotations

from dataclasses import dataclass

from graph.connection import Graph
from graph.query_files import load

BUNDLED_STATE = load("catalogue/bundled_state")
RECORD_BUNDLED_STATE = load("catalogue/record_bundled_state")
RECORD_KNOWLEDGE = load("catalogue/record_knowledge")

STARTED, COMPLETE, NONE = "started", "complete", "none"


@dataclass(frozen=True, slots=True)
class BundledState:
    """How far the import of the bundled data is, None before it; and how many drinks there are."""

    state: str | None
    drinks: int


async def bundled_state(graph: Graph) -> BundledState:
    """Return how far the import of the bundled data is."""
    [row] = await graph.run(BUNDLED_STATE)
    return BundledState(row["state"], row["drinks"])


async def record_bundled_state(graph: Graph, state: str) -> None:
    """Record how far the import of the bundled data is: STARTED, COMPLETE or NONE."""
    await graph.run(RECORD_BUNDLED_STATE, state=state)


async def record_knowledge(graph: Graph, edition: str, at: str) -> None:
    """Record which edition of the bundled knowledge the graph has, since a moment."""
    await graph.run(RECORD_KNOWLEDGE, edition=edition, at=at)
