"""Experiments as operators see them: what each is, and what came of it."""

from __future__ import annotations

from typing import cast

import strawberry
from strawberry.scalars import JSON

from gql import described
from gql.described import description_of
from graph.clock import rfc3339
from graph.experiments.metrics import METRICS, Unit
from graph.experiments.records import ExperimentRecord, ExperimentState
from learning.experiments import lifecycle
from learning.operations import Shown
from learning.results.measuring import Look, MetricSequence
from learning.results.verdict import VerdictKind

strawberry.enum(ExperimentState, description=description_of(ExperimentState))
strawberry.enum(VerdictKind, description=description_of(VerdictKind))
strawberry.enum(Unit, name="MetricUnit", description=description_of(Unit))


@described.object_type
class ExperimentArm:
    """An arm of an experiment; the first is the control."""

    name: str
    share: float = strawberry.field(description="The share of people that it should have.")
    weight: int = strawberry.field(
        description="The same in ten-thousandths, as people are assigned."
    )
    stopped_at: str | None = strawberry.field(
        description="When it was stopped before the others, ISO 8601, UTC."
    )


@described.object_type
class Experiment:
    """An experiment and its state."""

    id: strawberry.ID
    state: ExperimentState
    hypothesis: str
    layer: str
    first: int = strawberry.field(
        description="Its first bucket of the 10,000 of its layer; a client that assigns needs it."
    )
    size: int = strawberry.field(description="How many buckets it has.")
    ramp: float = strawberry.field(description="The share of its people who are in it now.")
    arms: list[ExperimentArm]
    definition: JSON = strawberry.field(description="All that its file said, but for defaults.")
    started_at: str | None = strawberry.field(description="ISO 8601, UTC.")
    stopped_at: str | None = strawberry.field(description="ISO 8601, UTC.")
    history: JSON = strawberry.field(description="What was done to it, when, by whom and why.")
    decision: JSON | None = strawberry.field(description="What was decided, and on what grounds.")

    @staticmethod
    def of(record: ExperimentRecord) -> Experiment:
        """From the graph; raises ExperimentRefused for one that this version cannot read."""
        definition = lifecycle.definition_of(record)
        arms = [
            ExperimentArm(
                name=name,
                share=share,
                weight=weight,
                stopped_at=_moment(record.stopped_arms.get(name)),
            )
            for (name, share), weight in zip(
                definition.shares.items(), definition.weights, strict=True
            )
        ]
        return Experiment(
            id=strawberry.ID(record.id),
            state=record.state,
            hypothesis=definition.hypothesis,
            layer=definition.layer,
            first=record.first,
            size=record.size,
            ramp=record.ramp,
            arms=arms,
            definition=JSON(dict(record.definition)),
            started_at=_moment(record.started_at),
            stopped_at=_moment(record.stopped_at),
            history=cast("JSON", [dict(step) for step in record.history]),
            decision=None if record.decision is None else JSON(dict(record.decision)),
        )


@described.object_type
class MetricLook:
    """A metric as it stood on a day: means of both arms, and how much more the arm has."""

    day: int = strawberry.field(description="From 0, the day of the start.")
    people: int = strawberry.field(description="In both arms, whose hours are over.")
    control: float
    arm: float
    effect: float
    low: float | None = strawberry.field(
        description="From here to `high` the effect may be, on all days together; null while there "
        "are too few people."
    )
    high: float | None

    @staticmethod
    def of(look: Look) -> MetricLook:
        """From the findings."""
        return MetricLook(
            day=look.day,
            people=look.people,
            control=look.control,
            arm=look.arm,
            effect=look.effect,
            low=look.low,
            high=look.high,
        )


@described.object_type
class MetricOfArm:
    """A metric of an arm against the control."""

    metric: str
    arm: str
    unit: Unit
    fewer_is_better: bool
    looks: list[MetricLook] = strawberry.field(description="Day by day, oldest first.")

    @staticmethod
    def of(sequence: MetricSequence) -> MetricOfArm:
        """From the findings."""
        metric = METRICS[sequence.metric]
        return MetricOfArm(
            metric=sequence.metric,
            arm=sequence.arm,
            unit=metric.unit,
            fewer_is_better=metric.fewer_is_better,
            looks=[MetricLook.of(look) for look in sequence.looks],
        )


@described.object_type
class PeopleInArm:
    """How many people have come into an arm."""

    arm: str
    people: int


@described.object_type
class ExperimentFindings:
    """What came of an experiment so far."""

    experiment: Experiment
    people: list[PeopleInArm]
    mismatch: float = strawberry.field(
        description="The chance of so wrong a split of people at most; under 0.001 there is no "
        "other verdict than MISMATCH."
    )
    verdict: VerdictKind
    verdict_arm: str | None = strawberry.field(description="The arm that the verdict is for.")
    why: str
    metrics: list[MetricOfArm]

    @staticmethod
    def of(shown: Shown) -> ExperimentFindings:
        """From what operators are shown."""
        findings, verdict = shown.findings, shown.verdict
        return ExperimentFindings(
            experiment=Experiment.of(shown.record),
            people=[PeopleInArm(arm=arm, people=count) for arm, count in findings.people.items()],
            mismatch=findings.mismatch,
            verdict=verdict.kind,
            verdict_arm=verdict.arm,
            why=verdict.why,
            metrics=[MetricOfArm.of(sequence) for sequence in findings.sequences],
        )


def _moment(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
