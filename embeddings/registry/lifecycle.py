"""The life of a model: registered, active, retired, pruned; its files are in the store."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.evaluation.promotion import Active, Counts, PromotionDecision
from embeddings.registry.lineage import Lineage
from embeddings.registry.node_embeddings import write_embeddings
from embeddings.serving.artefact import ModelArtefact
from graph.connection import Graph
from graph.models.records import (
    ACTIVE,
    PRUNED,
    RETIRED,
    ModelRefused,
    NewModel,
    RegisteredModel,
    add_model,
    make_active,
    models,
)

UNKNOWN = "unknown"


async def active_model(graph: Graph) -> RegisteredModel | None:
    """Return the model that ranks now; None while there is none."""
    return next((model for model in await models(graph) if model.status == ACTIVE), None)


def as_active(model: RegisteredModel) -> Active:
    """Return what the gate asks of the model that is active now."""
    counts = [model.lineage.get(name) for name in ("drinks", "people", "events")]
    known = [int(count) for count in counts if count is not None]
    return Active(
        version=model.version,
        fingerprint=model.data_fingerprint,
        ndcg=model.metrics.get("model", {}).get("ndcg"),
        counts=Counts(*known) if len(known) == len(counts) else None,
    )


async def register(
    graph: Graph,
    artefact: ModelArtefact,
    note: str,
    lineage: Lineage | None = None,
    decision: PromotionDecision | None = None,
) -> None:
    """Make a model known to the graph, as a candidate, with where it comes from and its checks."""
    await add_model(
        graph,
        NewModel(
            version=artefact.version,
            fingerprint=artefact.fingerprint,
            metrics=artefact.metrics,
            note=note,
            checks=decision.plain() if decision else None,
            origin=lineage.plain() if lineage else None,
        ),
    )


async def activate(
    graph: Graph, artefact: ModelArtefact, by: str = UNKNOWN, despite: str | None = None
) -> None:
    """Make a model the one that ranks, and write its directions to their nodes.

    Servers follow as soon as it is active; the directions are for analysts, and each carries its
    version. Raises ModelRefused if the graph does not know the model.
    """
    await make_active(graph, artefact.version, by, despite)
    await write_embeddings(graph, artefact)


def check_promotion(model: RegisteredModel, despite: str | None) -> None:
    """Raise ModelRefused if the gate refused the model and nobody says why it should rank."""
    if model.status == PRUNED:
        raise ModelRefused(
            f"The files of model {model.version} were pruned.", "Train again: `tastegraph retrain`."
        )
    if not model.accepted and not despite and model.status != ACTIVE:
        raise ModelRefused(
            f"The gate refused model {model.version}: {model.note or 'it was never checked'}.",
            'To make it active all the same, say why: `--despite "REASON"`.',
        )


async def previous_version(graph: Graph) -> str:
    """Return the retired model that was active last; raise ModelRefused if there is none."""
    version = previous(await models(graph))
    if version is None:
        raise ModelRefused("There is no model to roll back to.", "Train one: `tastegraph retrain`.")
    return version


def previous(known: Sequence[RegisteredModel]) -> str | None:
    """Return the retired model that was active last; None if there is none."""
    retired = [model for model in known if model.status == RETIRED and model.promoted_at]
    return max(retired, key=lambda model: model.promoted_at or "").version if retired else None
