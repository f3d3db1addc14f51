"""What may be done to an experiment, and what becomes of it: each step is one line of its history.

draft -> running -> stopped -> decided. A running one is ramped. Its arms and weights never change:
whoever wants other ones starts another experiment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.clock import rfc3339
from graph.experiments.records import ExperimentRecord, ExperimentState
from learning.assignment.allocation import free_range
from learning.errors import ExperimentRefused
from learning.experiments.definition import Experiment, experiment_of

Records = Sequence[ExperimentRecord]
RESERVED = "holdout"


@dataclass(frozen=True)
class Step:
    """Who does something to an experiment, when (epoch ms), and why."""

    by: str
    at: int
    note: str | None = None

    def line(self, state: ExperimentState, **more: Any) -> dict[str, Any]:
        """Return the line of the history."""
        said = {"at": rfc3339(self.at), "by": self.by, "state": str(state), "note": self.note}
        return {name: value for name, value in (said | more).items() if value is not None}


def definition_of(record: ExperimentRecord) -> Experiment:
    """Return what the experiment of a record is. Raises ExperimentRefused."""
    return experiment_of(record.definition, record.id)


def named(records: Records, experiment: str) -> ExperimentRecord:
    """Return the experiment with an id. Raises ExperimentRefused."""
    for record in records:
        if record.id == experiment:
            return record
    raise ExperimentRefused(
        f"There is no experiment '{experiment}'.", "See tastegraph experiments list."
    )


def drafted(records: Records, definition: Experiment, step: Step) -> ExperimentRecord:
    """Return the draft of an experiment; a draft of the same id is replaced.

    Raises ExperimentRefused if one of that id has run, or if the id is reserved.
    """
    if definition.id == RESERVED:
        raise ExperimentRefused(
            f"'{RESERVED}' is what TASTEGRAPH_HOLDOUT measures.", "Give the experiment another id."
        )
    before = next((record for record in records if record.id == definition.id), None)
    if before and before.state is not ExperimentState.DRAFT:
        raise ExperimentRefused(
            f"The experiment '{definition.id}' is {before.state}: it cannot be changed.",
            "Give the new one another id; people would keep their arms otherwise.",
        )
    line = step.line(ExperimentState.DRAFT)
    return ExperimentRecord(
        id=definition.id,
        state=ExperimentState.DRAFT,
        definition=definition.model_dump(mode="json", exclude_defaults=True),
        first=0,
        size=0,
        ramp=0.0,
        created_at=before.created_at if before else step.at,
        history=(*(before.history if before else ()), line),
    )


def started(records: Records, experiment: str, ramp: float, step: Step) -> ExperimentRecord:
    """Return the experiment as it runs, in the first part of its layer that is free.

    Raises ExperimentRefused if it is no draft, or if the layer has no room for all of its share.
    """
    record = _in_state(records, experiment, ExperimentState.DRAFT)
    _check_ramp(ramp)
    definition = definition_of(record)
    running = [other for other in records if other.state is ExperimentState.RUNNING]
    taken = [
        (other.first, other.size)
        for other in running
        if definition_of(other).layer == definition.layer
    ]
    first = free_range(taken, definition.size)
    return replace(
        record,
        state=ExperimentState.RUNNING,
        first=first,
        size=definition.size,
        ramp=ramp,
        started_at=step.at,
        history=(*record.history, step.line(ExperimentState.RUNNING, ramp=ramp)),
    )


def ramped(records: Records, experiment: str, ramp: float, step: Step) -> ExperimentRecord:
    """Return the experiment with more of its people in it. Raises ExperimentRefused.

    Fewer is no ramp: whoever left would have been exposed all the same.
    """
    record = _in_state(records, experiment, ExperimentState.RUNNING)
    _check_ramp(ramp)
    if ramp < record.ramp:
        raise ExperimentRefused(
            f"The experiment '{experiment}' is at {record.ramp:.0%}: {ramp:.0%} is less.",
            "Ramp up, or stop it.",
        )
    return replace(record, ramp=ramp, history=(*record.history, step.line(record.state, ramp=ramp)))


def stopped(records: Records, experiment: str, step: Step) -> ExperimentRecord:
    """Return the experiment as it has ended: every list is as asked for again.

    Raises ExperimentRefused if it does not run.
    """
    record = _in_state(records, experiment, ExperimentState.RUNNING)
    return replace(
        record,
        state=ExperimentState.STOPPED,
        stopped_at=step.at,
        history=(*record.history, step.line(ExperimentState.STOPPED)),
    )


def arm_stopped(records: Records, experiment: str, arm: str, step: Step) -> ExperimentRecord:
    """Return the experiment without one of its arms; who has that one gets the control's lists.

    They stay in the arm, and so in the count of the split; what they do from now on counts for
    nobody. Raises ExperimentRefused for the control, and where no other arm would be left.
    """
    record = _in_state(records, experiment, ExperimentState.RUNNING)
    control, *others = definition_of(record).shares
    if arm not in others:
        what = "is its control" if arm == control else f"is none of its arms: {', '.join(others)}"
        raise ExperimentRefused(f"'{arm}' cannot be stopped in '{experiment}': it {what}.")
    if arm in record.stopped_arms:
        raise ExperimentRefused(f"The arm '{arm}' of '{experiment}' is stopped already.")
    stopped_arms = {**record.stopped_arms, arm: step.at}
    if stopped_arms.keys() >= set(others):
        raise ExperimentRefused(
            f"'{arm}' is the last arm of '{experiment}' beside the control.", "Stop all of it."
        )
    line = step.line(ExperimentState.RUNNING, arm=arm)
    return replace(record, stopped_arms=stopped_arms, history=(*record.history, line))


def decided(
    records: Records, experiment: str, decision: Mapping[str, Any], step: Step
) -> ExperimentRecord:
    """Return the experiment with what was decided. Raises ExperimentRefused if it still runs."""
    record = _in_state(records, experiment, ExperimentState.STOPPED)
    return replace(
        record,
        state=ExperimentState.DECIDED,
        decision=decision,
        history=(*record.history, step.line(ExperimentState.DECIDED)),
    )


def _in_state(records: Records, experiment: str, state: ExperimentState) -> ExperimentRecord:
    record = named(records, experiment)
    if record.state is not state:
        raise ExperimentRefused(
            f"The experiment '{experiment}' is {record.state}; that takes one that is {state}."
        )
    return record


def _check_ramp(ramp: float) -> None:
    if not 0 < ramp <= 1:
        raise ExperimentRefused(f"A ramp of {ramp:g} is none.", "Give more than 0, at most 1.")
