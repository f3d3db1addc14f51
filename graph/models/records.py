"""Records of models: each with its status, its origin, its checks and its comparisons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.clock import Clock, iso_microseconds, milliseconds, utc_now
from graph.connection import Graph, Row
from graph.errors import TastegraphError
from graph.models.shadows import STOP_SHADOW
from graph.outbox.entries import model_activated, telling
from graph.query_files import load

REGISTER_MODEL = load("training/register_model")
LINK_PARENT = load("training/link_parent")
LOCK_MODELS = load("training/lock_models")
ACTIVATE_MODEL = load("training/activate_model")
MODELS = load("training/models")
PRUNE_MODELS = load("training/prune_models")
MARK_STALE = load("training/mark_stale")

ACTIVE, RETIRED, PRUNED = "active", "retired", "pruned"


class ModelRefused(TastegraphError):
    """A model cannot be made active."""


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model as the graph has it; `shadow` is what was compared in its shadow, in sums.

    `stale_since` and `stale_why` say of one that ranks that a newer one should be trained.
    """

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
    stale_since: str | None = None
    stale_why: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the gate let it pass; what was never checked was not accepted."""
        if self.checks is None:
            return self.promoted_at is not None
        return all(check["passed"] is not False for check in self.checks)


@dataclass(frozen=True)
class NewModel:
    """A model to be registered; `origin` is a `Lineage` as plain values, None if not known."""

    version: str
    fingerprint: str
    metrics: Mapping[str, Any]
    note: str
    checks: Sequence[Mapping[str, Any]] | None = None
    origin: Mapping[str, Any] | None = None


async def models(graph: Graph) -> list[RegisteredModel]:
    """Return every registered model, newest first."""
    return [_registered(row) for row in await graph.run(MODELS)]


async def add_model(graph: Graph, model: NewModel, clock: Clock = utc_now) -> None:
    """Record a model as a candidate, and which model it was trained after."""
    origin = model.origin or {}
    values = {
        "version": model.version,
        "trainedAt": iso_microseconds(clock()),
        "dataFingerprint": model.fingerprint,
        "metrics": json.dumps(model.metrics, sort_keys=True),
        "note": model.note,
        "checks": None if model.checks is None else json.dumps(model.checks),
        "settings": json.dumps(origin["training"], sort_keys=True) if origin else None,
        "trainedBy": origin.get("trained_by"),
        **{name: origin.get(name) for name in _COUNTED},
    }
    steps = [(REGISTER_MODEL, values)]
    if origin.get("parent"):
        steps.append((LINK_PARENT, {"version": model.version, "parent": origin["parent"]}))
    await graph.run_together(steps)


async def make_active(
    graph: Graph, version: str, by: str, despite: str | None, clock: Clock = utc_now
) -> None:
    """Make a model the only active one, and end every shadow, in one transaction.

    Raises ModelRefused if the graph does not know the model; nothing is changed then.
    """
    at = clock()
    now = iso_microseconds(at)
    chosen = {"promotedAt": now, "promotedBy": by, "despite": despite}

    def known(rows: Sequence[Sequence[Row]]) -> None:
        # before anything is committed: else the active model would be retired for nothing
        if not rows[-1]:
            raise ModelRefused(
                f"The graph knows no model {version}.", "See `tastegraph models list`."
            )

    await graph.run_together(
        [
            (LOCK_MODELS, {"changedAt": now}),
            (STOP_SHADOW, {}),  # what it was compared with ranks no more
            telling([model_activated(version, milliseconds(at))], clock),
            (ACTIVATE_MODEL, {"version": version, **chosen}),
        ],
        accept=known,
    )


async def mark_pruned(graph: Graph, versions: Sequence[str]) -> None:
    """Note that the files of these models are gone."""
    await graph.run(PRUNE_MODELS, versions=list(versions))


async def mark_stale(graph: Graph, version: str, why: str, clock: Clock = utc_now) -> None:
    """Note that a newer model should be trained; the first reason stays."""
    await graph.run(MARK_STALE, version=version, why=why, at=iso_microseconds(clock()))


_COUNTED = ("code", "seed", "seconds", "drinks", "people", "events")
_ORIGIN = (*_COUNTED, "parent")


def _registered(row: Row) -> RegisteredModel:
    lineage = {name: row[name] for name in _ORIGIN} | {
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
        stale_since=row["staleSince"],
        stale_why=row["staleWhy"],
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
