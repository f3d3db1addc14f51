"""What operators do with experiments: the same rules for the command line and for the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.experiments.exposures import forget_exposures
from graph.experiments.records import ExperimentRecord, change_experiment, experiments
from learning.experiments import lifecycle
from learning.experiments.definition import Experiment
from learning.experiments.lifecycle import Records, Step
from learning.results.decision import decision_of
from learning.results.measuring import Findings, measure
from learning.results.verdict import Verdict, judge

CheckModel = Callable[[str], object]
"""Raises a TastegraphError if there is no model of a version."""


@dataclass(frozen=True)
class Shown:
    """An experiment, what was found so far, and what the numbers say."""

    record: ExperimentRecord
    findings: Findings
    verdict: Verdict


@dataclass(frozen=True)
class Decided:
    """A decided experiment, what was found, and how many people are forgotten."""

    record: ExperimentRecord
    findings: Findings
    forgotten: int


@dataclass(frozen=True)
class Experiments:
    """The experiments of a graph. All methods raise a GraphError, or ExperimentRefused.

    `by` is who does something, for the history.
    """

    graph: Graph
    check_model: CheckModel
    clock: Clock = utc_now

    async def all(self) -> list[ExperimentRecord]:
        """Return the experiments, oldest first."""
        return await experiments(self.graph)

    async def show(self, id_: str) -> Shown:
        """Return what came of an experiment so far."""
        record = lifecycle.named(await self.all(), id_)
        findings = await measure(self.graph, record, self._now)
        return Shown(record, findings, judge(lifecycle.definition_of(record), findings))

    async def draft(self, definition: Experiment, by: str) -> ExperimentRecord:
        """Keep an experiment as a draft; a draft of the same id is replaced."""
        return await self._change(
            lambda records, step: lifecycle.drafted(records, definition, step), by
        )

    async def start(self, id_: str, ramp: float, by: str) -> ExperimentRecord:
        """Start a draft on a share of its people, once the models of its arms are there."""
        definition = lifecycle.definition_of(lifecycle.named(await self.all(), id_))
        for version in sorted(definition.models):
            await asyncio.to_thread(self.check_model, version)
        return await self._change(
            lambda records, step: lifecycle.started(records, id_, ramp, step), by
        )

    async def ramp(self, id_: str, ramp: float, by: str) -> ExperimentRecord:
        """Take more people into a running experiment."""
        return await self._change(
            lambda records, step: lifecycle.ramped(records, id_, ramp, step), by
        )

    async def stop(
        self, id_: str, by: str, note: str | None = None, arm: str | None = None
    ) -> ExperimentRecord:
        """Stop a running experiment, or one of its arms."""

        def stopped(records: Records, step: Step) -> ExperimentRecord:
            if arm is None:
                return lifecycle.stopped(records, id_, step)
            return lifecycle.arm_stopped(records, id_, arm, step)

        return await self._change(stopped, by, note)

    async def decide(
        self, id_: str, arm: str, by: str, note: str, despite: str | None = None
    ) -> Decided:
        """Decide a stopped experiment by what was found, and forget who was in it."""
        shown = await self.show(id_)
        definition = lifecycle.definition_of(shown.record)
        decision = decision_of(definition, shown.findings, shown.verdict, arm, despite)
        record = await self._change(
            lambda records, step: lifecycle.decided(records, id_, decision, step), by, note
        )
        return Decided(record, shown.findings, await forget_exposures(self.graph, id_))

    async def _change(
        self,
        becomes: Callable[[Records, Step], ExperimentRecord],
        by: str,
        note: str | None = None,
    ) -> ExperimentRecord:
        step = Step(by, self._now, note)
        return await change_experiment(self.graph, lambda records: becomes(records, step))

    @property
    def _now(self) -> int:
        return milliseconds(self.clock())
