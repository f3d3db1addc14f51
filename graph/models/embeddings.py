"""The active model's directions on nodes, for analysts; requests never read them."""

from __future__ import annotations

from collections.abc import Sequence

from graph.connection import Graph, Row
from graph.query_files import load

WRITE_EMBEDDINGS = {
    "drink": load("training/write_drink_embeddings"),
    "ingredient": load("training/write_ingredient_embeddings"),
    "flavor": load("training/write_flavor_embeddings"),
    "style": load("training/write_style_embeddings"),
    "producer": load("training/write_producer_embeddings"),
}
CLEAR_EMBEDDINGS = load("training/clear_embeddings")

NODE_TYPES = tuple(WRITE_EMBEDDINGS)
BATCH = 2000
WRITING_SECONDS = 60.0


async def write_batch(graph: Graph, node_type: str, version: str, rows: Sequence[Row]) -> None:
    """Write rows of `id` and `embedding` to nodes of one of `NODE_TYPES`."""
    await graph.run(
        WRITE_EMBEDDINGS[node_type], version=version, rows=rows, deadline=WRITING_SECONDS
    )


async def clear_others(graph: Graph, version: str) -> None:
    """Take away the embeddings of all other models, a batch at a time."""
    while True:
        rows = await graph.run(
            CLEAR_EMBEDDINGS, version=version, most=BATCH, deadline=WRITING_SECONDS
        )
        if not rows or not rows[0]["cleared"]:
            return
