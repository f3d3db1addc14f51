"""Records of experiments: what each is, its state, and all that was done to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from graph.connection import Graph, Row
from graph.outbox.entries import OutboxEntry, experiment_decided, telling
from graph.query_files import load

LOCK_EXPERIMENTS = load("experiments/lock_experiments")
EXPERIMENTS = load("experiments/experiments")
RUNNING_EXPERIMENTS = load("experiments/running_experiments")
PUT_EXPERIMENT = load("experiments/put_experiment")


class ExperimentState(StrEnum):
    """How far an experiment is; each state comes after the one before it."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    DECIDED = "decided"


@dataclass(frozen=True)
class ExperimentRecord:
    """An experiment as the graph has it; times are in milliseconds since 1970.

    `first` and `size` are its range of buckets in its layer, and `ramp` the share of it in use.
    `decision` is what was decided and why, once it was; `stopped_arms` says of arms that were
    stopped before the others when that was.
    """

    id: str
    state: ExperimentState
    definition: Mapping[str, Any]
    first: int
    size: int
    ramp: float
    created_at: int
    started_at: int | None = None
    stopped_at: int | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    decision: Mapping[str, Any] | None = None
    stopped_arms: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class RunningExperiment:
    """What servers need of an experiment that runs; the names mean what they do in the record."""

    id: str
    definition: Mapping[str, Any]
    first: int
    size: int
    ramp: float
    stopped_arms: frozenset[str] = frozenset()

    @property
    def models(self) -> set[str]:
        """The versions of the models that its arms name."""
        arms: Sequence[Mapping[str, Any]] = self.definition.get("arms", ())
        return {arm["model"] for arm in arms if arm.get("model")}


Change = Callable[[Sequence[ExperimentRecord]], ExperimentRecord]


async def experiments(graph: Graph) -> list[ExperimentRecord]:
    """Return all experiments, oldest first. Raises a GraphError."""
    return [_record(row) for row in await graph.run(EXPERIMENTS)]


async def running_experiments(graph: Graph) -> list[RunningExperiment]:
    """Return the experiments that run, by id. Raises a GraphError."""
    return [
        RunningExperiment(
            row["id"],
            json.loads(row["definition"]),
            row["first"],
            row["size"],
            row["ramp"],
            frozenset(json.loads(row["stoppedArms"] or "{}")),
        )
        for row in await graph.run(RUNNING_EXPERIMENTS)
    ]


async def change_experiment(graph: Graph, change: Change) -> ExperimentRecord:
    """Write the record that `change` makes of all experiments, and return it.

    Changes wait for each other, so that each sees what the one before left. What `change` raises
    is raised, and nothing is written.
    """
    made: list[ExperimentRecord] = []

    def values(results: Sequence[Sequence[Row]]) -> Mapping[str, Any]:
        made.append(change([_record(row) for row in results[-1]]))
        return _values(made[-1])

    def told(_: object) -> Iterable[OutboxEntry]:
        decision = made[-1].decision
        if decision is not None:
            yield experiment_decided(made[-1].id, str(decision["arm"]))

    await graph.run_together(
        [(LOCK_EXPERIMENTS, {}), (EXPERIMENTS, {}), (PUT_EXPERIMENT, values), telling(told)]
    )
    return made[-1]


def _record(row: Row) -> ExperimentRecord:
    return ExperimentRecord(
        id=row["id"],
        state=ExperimentState(row["state"]),
        definition=json.loads(row["definition"]),
        first=row["first"],
        size=row["size"],
        ramp=row["ramp"],
        created_at=row["createdAt"],
        started_at=row["startedAt"],
        stopped_at=row["stoppedAt"],
        history=tuple(json.loads(step) for step in row["history"]),
        decision=json.loads(row["decision"] or "null"),
        stopped_arms=json.loads(row["stoppedArms"] or "{}"),
    )


def _values(record: ExperimentRecord) -> dict[str, Any]:
    decision = record.decision
    return {
        "id": record.id,
        "state": str(record.state),
        "definition": json.dumps(record.definition, sort_keys=True),
        "first": record.first,
        "size": record.size,
        "ramp": record.ramp,
        "createdAt": record.created_at,
        "startedAt": record.started_at,
        "stoppedAt": record.stopped_at,
        "history": [json.dumps(step, sort_keys=True) for step in record.history],
        "stoppedArms": json.dumps(record.stopped_arms, sort_keys=True),
        "decision": None if decision is None else json.dumps(decision, sort_keys=True),
    }
