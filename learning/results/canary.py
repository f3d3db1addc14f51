"""A canary: a new model ranks for few people first, then for more, as an experiment of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from graph.clock import milliseconds
from graph.experiments.records import ExperimentRecord, ExperimentState
from learning.experiments.definition import Arm, Experiment
from learning.results.verdict import Verdict, VerdictKind

RAMPS = (0.01, 0.1, 0.5, 1.0)
"""The shares of people in it, one after the other; half of them have the new model."""
PREFIX = "canary-"
LAYER = "models"
CONTROL, NEWER = "as-is", "newer"
METRICS = ("click-through", "conversion")


class CanaryStep(StrEnum):
    """What comes next."""

    WAIT = "wait"
    RAMP = "ramp"
    PROMOTE = "promote"
    ROLL_BACK = "roll back"


@dataclass(frozen=True)
class NextStep:
    """What comes next of a canary, and why; `ramp` is the share to go to."""

    step: CanaryStep
    why: str = ""
    ramp: float = 0.0


def canary_of(version: str, why: str = "") -> Experiment:
    """Return the experiment in which a model is tried against the active one.

    `why` is why it was trained, for the record.
    """
    since = f", trained since {why}," if why else ""
    return Experiment(
        id=f"{PREFIX}{version.lower()}",
        hypothesis=f"Model {version}{since} does no harm",
        layer=LAYER,
        arms=(Arm(name=CONTROL), Arm(name=NEWER, model=version)),
        metrics=METRICS,
        guardrails=METRICS,
    )


def is_open(record: ExperimentRecord) -> bool:
    """Return whether an experiment is a canary of which nothing was decided yet."""
    return record.id.startswith(PREFIX) and record.state is not ExperimentState.DECIDED


def model_of(record: ExperimentRecord) -> str:
    """Return the version of the model that a canary tries."""
    return next(arm["model"] for arm in record.definition["arms"] if arm.get("model"))


def next_step(
    record: ExperimentRecord, verdict: Verdict, active: str | None, now: int, hours: float
) -> NextStep:
    """Return what comes next at a moment (epoch ms), if each share is to last for some hours.

    A canary only has to do no harm: what its guardrails did not stop by the end is promoted, unless
    it has clearly less of the first metric or the split cannot be trusted. One whose model is
    active was promoted by a round that did not get any further.
    """
    if model_of(record) == active:
        return NextStep(CanaryStep.PROMOTE, "It is active.")
    if record.state is ExperimentState.STOPPED:
        return NextStep(
            CanaryStep.ROLL_BACK, str(record.history[-1].get("note") or "it was stopped")
        )
    if record.state is ExperimentState.DRAFT:
        return NextStep(CanaryStep.RAMP, "It begins.", RAMPS[0])
    if now - _ramped_at(record) < hours * 3_600_000:
        return NextStep(CanaryStep.WAIT)
    if record.ramp < RAMPS[-1]:
        return NextStep(CanaryStep.RAMP, "No harm was seen.", _after(record.ramp))
    if verdict.kind in (VerdictKind.MISMATCH, VerdictKind.KEEP):
        return NextStep(CanaryStep.ROLL_BACK, verdict.why)
    return NextStep(CanaryStep.PROMOTE, verdict.why)


def _after(ramp: float) -> float:
    return next(share for share in RAMPS if share > ramp)


def _ramped_at(record: ExperimentRecord) -> int:
    at = [str(line["at"]) for line in record.history if "ramp" in line][-1]
    return milliseconds(datetime.fromisoformat(at))
