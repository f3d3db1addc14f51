"""What comes next of a canary, from its record and its verdict alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.clock import rfc3339
from graph.experiments.records import ExperimentRecord, ExperimentState
from learning.experiments.lifecycle import Step, drafted, ramped, started, stopped
from learning.results.canary import (
    RAMPS,
    CanaryStep,
    canary_of,
    is_open,
    model_of,
    next_step,
)
from learning.results.verdict import Verdict, VerdictKind

VERSION = "20261130T155431Z-691c25c4"
HOUR = 3_600_000
UNDECIDED = Verdict(VerdictKind.UNDECIDED, None, "Nothing is clear.")


def at(hours: float) -> Step:
    return Step("anna", int(hours * HOUR))


def begun(*ramps: float) -> ExperimentRecord:
    """A canary that went from share to share, a day each."""
    record = drafted([], canary_of(VERSION), at(0))
    record = started([record], record.id, ramps[0], at(0))
    for day, ramp in enumerate(ramps[1:], start=1):
        record = ramped([record], record.id, ramp, at(24 * day))
    return record


def coming(
    record: ExperimentRecord,
    hours: float,
    verdict: Verdict = UNDECIDED,
    active: str | None = "20261101T000000Z-00000001",
) -> tuple[CanaryStep, float]:
    step = next_step(record, verdict, active, int(hours * HOUR), 24)
    return step.step, step.ramp


def test_it_is_an_experiment_of_the_active_model_and_the_new_one() -> None:
    canary = canary_of(VERSION)
    assert canary.id == f"canary-{VERSION.lower()}"
    assert [arm.model for arm in canary.arms] == [None, VERSION]
    assert set(canary.guardrails) == set(canary.metrics)
    record = begun(0.01)
    assert model_of(record) == VERSION and is_open(record)
    assert not is_open(replace(record, state=ExperimentState.DECIDED))
    assert not is_open(replace(record, id="diverse-home"))


def test_each_share_lasts_its_time_and_the_next_one_comes() -> None:
    draft = drafted([], canary_of(VERSION), at(0))
    assert coming(draft, 0) == (CanaryStep.RAMP, RAMPS[0])
    for number, ramp in enumerate(RAMPS):
        record = begun(*RAMPS[: number + 1])
        assert coming(record, 24 * number + 23.9) == (CanaryStep.WAIT, 0.0)
        after = coming(record, 24 * number + 24)
        if ramp < 1:
            assert after == (CanaryStep.RAMP, RAMPS[number + 1])
        else:
            assert after == (CanaryStep.PROMOTE, 0.0)


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        (VerdictKind.SHIP, CanaryStep.PROMOTE),
        (VerdictKind.UNDECIDED, CanaryStep.PROMOTE),
        (VerdictKind.KEEP, CanaryStep.ROLL_BACK),
        (VerdictKind.MISMATCH, CanaryStep.ROLL_BACK),
    ],
)
def test_at_the_end_it_is_promoted_unless_the_numbers_speak_against_it(
    kind: VerdictKind, step: CanaryStep
) -> None:
    assert coming(begun(1.0), 24, Verdict(kind, None, "Why."))[0] is step


def test_what_was_stopped_is_rolled_back_with_the_reason() -> None:
    record = stopped([begun(0.1)], begun(0.1).id, Step("guardrail", HOUR, "newer has less"))
    step = next_step(record, UNDECIDED, None, HOUR, 24)
    assert (step.step, step.why) == (CanaryStep.ROLL_BACK, "newer has less")


def test_a_round_that_promoted_and_got_no_further_is_ended() -> None:
    running = begun(0.1)
    halted = stopped([running], running.id, at(1))
    assert coming(running, 0, active=VERSION)[0] is CanaryStep.PROMOTE
    assert coming(halted, 2, active=VERSION)[0] is CanaryStep.PROMOTE


def test_times_are_read_as_they_are_written() -> None:
    assert begun(0.01).history[-1]["at"] == rfc3339(0)
