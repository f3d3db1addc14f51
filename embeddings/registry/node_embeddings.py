"""An active model's directions, written to the graph's nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Encoder
from graph.connection import Graph, Row
from graph.models.active import active_version
from graph.models.embeddings import BATCH, NODE_TYPES, clear_others, write_batch


async def write_embeddings(graph: Graph, artefact: ModelArtefact) -> None:
    """Write an active model's directions to their nodes, then take away those of other models.

    Ends early once another model is active.
    """
    encoder = Encoder(artefact)
    for node_type in NODE_TYPES:
        for rows in _batches(artefact.ids[node_type], _directions(encoder, node_type)):
            await write_batch(graph, node_type, artefact.version, rows)
            if await active_version(graph) != artefact.version:
                return
    await clear_others(graph, artefact.version)


def _directions(encoder: Encoder, node_type: str) -> FloatArray:
    return encoder.directions if node_type == "drink" else encoder.attribute_directions(node_type)


def _batches(ids: Sequence[str], directions: FloatArray) -> Iterator[list[Row]]:
    """Yield rows of the nodes that the model knows anything of."""
    known: IntArray = np.flatnonzero(directions.any(axis=1))
    for start in range(0, len(known), BATCH):
        batch = known[start : start + BATCH]
        vectors = directions[batch].tolist()
        yield [
            {"id": ids[row], "embedding": vector}
            for row, vector in zip(batch.tolist(), vectors, strict=True)
        ]
