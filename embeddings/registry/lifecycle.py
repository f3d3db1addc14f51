"""The life of a model in the graph: registered, active, retired, pruned; files are in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from embeddings.evaluation.promotion import Active, Counts, Verdict
from embeddings.registry.lineage import Lineage
from embeddings.registry.node_embeddings import write_embeddings
from embeddings.registry.shadow_stats import STOP_SHADOW
from embeddings.serving.artefact import ModelArtefact
from graph.clock import utc_now
from graph.connection import Graph, Row
from graph.errors import TastegraphError
from graph.query import load

REGISTER_MODEL = load("training/register_model")
LINK_PARENT = load("training/link_parent")
LOCK_MODELS = load("training/lock_models")
ACTIVATE_MODEL = load("training/activate_model")
MODELS = load("training/models")
PRUNE_MODELS = load("training/prune_models")

ACTIVE, RETIRED, PRUNED = "active", "retired", "pruned"
UNKNOWN = "unknown"


class ModelRefused(TastegraphError):
    """A model cannot be made active."""


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model as the graph has it; `shadow` is what was compared in its shadow, in sums."""

    version: str
    status: str
    trained_at: str
    promoted_at: str | None
    promoted_by: str | None
    despite: str | None
    data_fingerprint: str
    metrics: Mapping[str, Any]
    note: str | None
    checks: Sequence[Mapping[str, Any]] | None = None
    lineage: Mapping[str, Any] = field(default_factory=dict[str, Any])
    shadow: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def accepted(self) -> bool:
        """Whether the gate let it pass; what was never checked was not accepted."""
        if self.checks is None:
            return self.promoted_at is not None
        return all(one["passed"] is not False for one in self.checks)

    def as_active(self) -> Active:
        """Return what the gate asks of the model that is active now."""
        counts = [self.lineage.get(name) for name in ("drinks", "people", "events")]
        known = [int(one) for one in counts if one is not None]
        return Active(
            version=self.version,
            fingerprint=self.data_fingerprint,
            ndcg=self.metrics.get("model", {}).get("ndcg"),
            counts=Counts(*known) if len(known) == len(counts) else None,
        )


async def models(graph: Graph) -> list[RegisteredModel]:
    """Return every registered model, newest first."""
    return [_registered(row) for row in await graph.run(MODELS)]


async def active_model(graph: Graph) -> RegisteredModel | None:
    """Return the model that ranks now; None while there is none."""
    return next((one for one in await models(graph) if one.status == ACTIVE), None)


async def register(
    graph: Graph,
    artefact: ModelArtefact,
    note: str,
    lineage: Lineage | None = None,
    verdict: Verdict | None = None,
) -> None:
    """Make a model known to the graph, as a candidate, with where it comes from and its checks."""
    told = lineage.plain() if lineage else {}
    values = {
        "version": artefact.version,
        "trainedAt": _now(),
        "dataFingerprint": artefact.fingerprint,
        "metrics": json.dumps(artefact.metrics, sort_keys=True),
        "note": note,
        "checks": json.dumps(verdict.plain()) if verdict else None,
        "settings": json.dumps(told["training"], sort_keys=True) if told else None,
        "trainedBy": told.get("trained_by"),
        **{name: told.get(name) for name in _PLAIN},
    }
    steps = [(REGISTER_MODEL, values)]
    if lineage and lineage.parent:
        steps.append((LINK_PARENT, {"version": artefact.version, "parent": lineage.parent}))
    await graph.run_together(steps)


async def activate(
    graph: Graph, artefact: ModelArtefact, by: str = UNKNOWN, despite: str | None = None
) -> None:
    """Make a model the one that ranks, and write its directions to their nodes.

    Servers follow as soon as it is active; the directions are for analysts, and each carries its
    version. Raises ModelRefused if the graph does not know the model.
    """
    now = _now()
    chosen = {"promotedAt": now, "promotedBy": by, "despite": despite}

    def known(rows: Sequence[Sequence[Row]]) -> None:
        # before anything is committed: else the active model would be retired for nothing
        if not rows[-1]:
            raise ModelRefused(
                f"The graph knows no model {artefact.version}.", "See `tastegraph models list`."
            )

    await graph.run_together(
        [
            (LOCK_MODELS, {"changedAt": now}),
            (STOP_SHADOW, {}),  # what it was compared with ranks no more
            (ACTIVATE_MODEL, {"version": artefact.version, **chosen}),
        ],
        accept=known,
    )
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
    found = previous(await models(graph))
    if found is None:
        raise ModelRefused("There is no model to roll back to.", "Train one: `tastegraph retrain`.")
    return found


def previous(known: Sequence[RegisteredModel]) -> str | None:
    """Return the retired model that was active last; None if there is none."""
    retired = [one for one in known if one.status == RETIRED and one.promoted_at]
    return max(retired, key=lambda one: one.promoted_at or "").version if retired else None


def superfluous(known: Sequence[RegisteredModel], stored: Sequence[str], keep: int) -> list[str]:
    """Return the stored versions that may go: all but the newest `keep`, and but those in use.

    In use are the active model, the one before it, and a shadow. Oldest first.
    """
    used = {one.version for one in known if one.status == ACTIVE or one.shadow.get("share")}
    used |= {previous(known) or ""}
    oldest_first = sorted(stored)
    return [one for one in oldest_first[: max(0, len(stored) - keep)] if one not in used]


async def mark_pruned(graph: Graph, versions: Sequence[str]) -> None:
    """Note that the files of these models are gone."""
    await graph.run(PRUNE_MODELS, versions=list(versions))


_PLAIN = ("code", "seed", "seconds", "drinks", "people", "events")
_LINEAGE = (*_PLAIN, "parent")


def _registered(row: Row) -> RegisteredModel:
    lineage = {name: row[name] for name in _LINEAGE} | {
        "trained_by": row["trainedBy"],
        "training": json.loads(row["settings"] or "null"),
    }
    return RegisteredModel(
        version=row["version"],
        status=row["status"],
        trained_at=row["trainedAt"],
        promoted_at=row["promotedAt"],
        promoted_by=row["promotedBy"],
        despite=row["despite"],
        data_fingerprint=row["dataFingerprint"],
        metrics=json.loads(row["metrics"] or "{}"),
        note=row["note"],
        checks=json.loads(row["checks"] or "null"),
        lineage={name: value for name, value in lineage.items() if value is not None},
        shadow=_shadow(row),
    )


def _shadow(row: Row) -> dict[str, Any]:
    if row["shadowedAt"] is None:
        return {}
    return {
        "share": row["shadowShare"] or 0.0,
        "since": row["shadowedAt"],
        "compared": row["shadowCompared"] or 0,
        "skipped": row["shadowSkipped"] or 0,
        "overlap": row["shadowOverlap"] or 0.0,
        "correlation": row["shadowCorrelation"] or 0.0,
        "seconds": row["shadowSeconds"] or 0.0,
    }


def _now() -> str:
    return utc_now().isoformat(timespec="microseconds")
