"""Models made quickly, for tests of their lives."""

from __future__ import annotations

import dataclasses

from embeddings.data.export import export_graph
from embeddings.evaluation.promotion import Check, PromotionDecision
from embeddings.registry import lifecycle
from embeddings.registry.lineage import Lineage
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from graph.connection import Graph
from graph.models.active import active_version

ACCEPTED = PromotionDecision(
    (Check("popularity", True, 0.3, 0.2, "NDCG 0.3 beats popularity 0.2"),)
)
REFUSED = PromotionDecision(
    (Check("popularity", False, 0.1, 0.2, "NDCG 0.1 does not beat popularity"),)
)


async def put_model(
    graph: Graph, store: ModelStore, seed: int, decision: PromotionDecision = ACCEPTED
) -> ModelArtefact:
    """Train briefly on the graph, write the files and register the model."""
    data = await export_graph(graph)
    config = TrainingConfig(seed=seed, hidden=8 + seed, content_steps=2, choice=False)
    artefact = fit(data, config).artefact()
    # versions begin with the second of training: tests are faster
    artefact = dataclasses.replace(artefact, version=f"202611{seed:02}T080000Z-{seed:08x}")
    store.write(artefact)
    active = await active_version(graph)
    lineage = Lineage.of(artefact, data, active, 0.5, "anna")
    await lifecycle.register(graph, artefact, decision.reason, lineage, decision)
    return artefact
