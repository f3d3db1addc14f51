"""The active model's directions on the graph's nodes, for analysts; requests never read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.registry.active_version import active_version
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Encoder
from graph.connection import Graph
from graph.query import load

WRITE_EMBEDDINGS = {
    "drink": load("training/write_drink_embeddings"),
    "ingredient": load("training/write_ingredient_embeddings"),
    "flavor": load("training/write_flavor_embeddings"),
    "style": load("training/write_style_embeddings"),
    "producer": load("training/write_producer_embeddings"),
}
CLEAR_EMBEDDINGS = load("training/clear_embeddings")

BATCH = 2000
WRITING_SECONDS = 60.0

Rows = list[dict[str, object]]


async def write_embeddings(graph: Graph, artefact: ModelArtefact) -> None:
    """Write an active model's directions to their nodes, then take away those of other models.

    Ends early once another model is active.
    """
    encoder = Encoder(artefact)
    for node_type in WRITE_EMBEDDINGS:
        for rows in _batches(artefact.ids[node_type], _directions(encoder, node_type)):
            await graph.run(
                WRITE_EMBEDDINGS[node_type],
                version=artefact.version,
                rows=rows,
                deadline=WRITING_SECONDS,
            )
            if await active_version(graph) != artefact.version:
                return
    await _clear(graph, artefact.version)


def _directions(encoder: Encoder, node_type: str) -> FloatArray:
    return encoder.directions if node_type == "drink" else encoder.attribute_directions(node_type)


def _batches(ids: Sequence[str], directions: FloatArray) -> Iterator[Rows]:
    """Yield rows of the nodes that the model knows anything of."""
    known: IntArray = np.flatnonzero(directions.any(axis=1))
    for start in range(0, len(known), BATCH):
        batch = known[start : start + BATCH]
        vectors = directions[batch].tolist()
        yield [
            {"id": ids[row], "embedding": vector}
            for row, vector in zip(batch.tolist(), vectors, strict=True)
        ]


async def _clear(graph: Graph, version: str) -> None:
    while True:
        rows = await graph.run(
            CLEAR_EMBEDDINGS, version=version, most=BATCH, deadline=WRITING_SECONDS
        )
        if not rows or not rows[0]["cleared"]:
            return
