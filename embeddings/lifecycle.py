"""The life of a model in the graph: registered, active, retired; files stay in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from embeddings.artefact import ModelArtefact
from graph.connection import Graph
from graph.errors import TastegraphError
from graph.query import load

REGISTER_MODEL = load("training/register_model")
ACTIVATE_MODEL = load("training/activate_model")
MODELS = load("training/models")
ACTIVE_MODEL = load("training/active_model")
WRITE_EMBEDDINGS = load("training/write_embeddings")

BATCH = 2000


class ModelRefused(TastegraphError):
    """A model cannot be made active."""


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model as the graph has it."""

    version: str
    status: str
    trained_at: str
    promoted_at: str | None
    data_fingerprint: str
    metrics: Mapping[str, Any]
    note: str | None


async def models(graph: Graph) -> list[RegisteredModel]:
    """Return every registered model, newest first."""
    return [
        RegisteredModel(
            row["version"],
            row["status"],
            row["trainedAt"],
            row["promotedAt"],
            row["dataFingerprint"],
            json.loads(row["metrics"] or "{}"),
            row["note"],
        )
        for row in await graph.run(MODELS)
    ]


async def active_version(graph: Graph) -> str | None:
    """Return the version of the model that ranks now; None while there is none."""
    rows = await graph.run(ACTIVE_MODEL)
    return rows[0]["version"] if rows else None


async def register(graph: Graph, artefact: ModelArtefact, note: str) -> None:
    """Make a model known to the graph, as a candidate."""
    await graph.run(
        REGISTER_MODEL,
        version=artefact.version,
        trainedAt=_now(),
        dataFingerprint=artefact.fingerprint,
        metrics=json.dumps(artefact.metrics, sort_keys=True),
        note=note,
    )


async def activate(graph: Graph, artefact: ModelArtefact) -> None:
    """Make a model the one that ranks, and write its vectors to the drinks.

    Raises ModelRefused if the graph does not know it.
    """
    rows = await graph.run(ACTIVATE_MODEL, version=artefact.version, promotedAt=_now())
    if not rows:
        raise ModelRefused(
            f"The graph knows no model {artefact.version}.", "See `tastegraph models list`."
        )
    for start in range(0, len(artefact.drinks), BATCH):
        ids = artefact.drinks[start : start + BATCH]
        vectors = artefact.drink_vectors[start : start + BATCH].tolist()
        batch = [{"id": id_, "embedding": vector} for id_, vector in zip(ids, vectors, strict=True)]
        await graph.run(WRITE_EMBEDDINGS, version=artefact.version, rows=batch, deadline=60.0)


async def previous_version(graph: Graph) -> str:
    """Return the retired model that was active last; raise ModelRefused if there is none."""
    retired = [one for one in await models(graph) if one.status == "retired" and one.promoted_at]
    if not retired:
        raise ModelRefused("There is no model to roll back to.", "Train one: `tastegraph retrain`.")
    return max(retired, key=lambda one: one.promoted_at or "").version


def verdict(
    metrics: Mapping[str, Mapping[str, float]], active: Mapping[str, Mapping[str, float]] | None
) -> tuple[bool, str]:
    """Return whether a model may become active, and why.

    It must beat popularity, and be no worse than the active model, by NDCG, less one standard
    error of its own. Where nothing could be held out, nothing is known: it passes only if there is
    no active model yet.
    """
    if not metrics:
        return active is None, "nothing could be held out to measure it on"
    mine, popularity = metrics["model"], metrics["popularity"]
    if mine["ndcg"] <= popularity["ndcg"]:
        return False, f"NDCG {mine['ndcg']:.4f} does not beat popularity {popularity['ndcg']:.4f}"
    if active and "model" in active:
        least = active["model"]["ndcg"] - mine["ndcg_standard_error"]
        if mine["ndcg"] < least:
            return False, f"NDCG {mine['ndcg']:.4f} is worse than the active {least:.4f}"
    return True, f"NDCG {mine['ndcg']:.4f} beats popularity {popularity['ndcg']:.4f}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
