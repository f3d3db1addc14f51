"""An experiment goes from draft to decided, a step at a time, and each step is kept."""

from __future__ import annotations

import pytest

from graph.experiments.records import ExperimentRecord
from learning.errors import ExperimentRefused
from learning.experiments import lifecycle
from learning.experiments.definition import Experiment
from learning.experiments.holdout import holdout_begun
from tests.support.experiments import START, definition, step


def draft(experiment: Experiment, *records: ExperimentRecord) -> ExperimentRecord:
    return lifecycle.drafted(records, experiment, step())


def begun(experiment: Experiment, *others: ExperimentRecord) -> ExperimentRecord:
    records = [*others, draft(experiment)]
    return lifecycle.started(records, experiment.id, 0.1, step(START + 1))


def test_each_step_is_a_line_of_the_history() -> None:
    record = begun(definition())
    assert (record.first, record.size, record.ramp) == (0, 10_000, 0.1)
    record = lifecycle.ramped([record], record.id, 0.5, step(START + 2))
    record = lifecycle.stopped([record], record.id, step(START + 3, "enough"))
    record = lifecycle.decided([record], record.id, {"arm": "diverse"}, step(START + 4, "wins"))
    assert [(line["state"], line.get("ramp"), line.get("note")) for line in record.history] == [
        ("draft", None, None),
        ("running", 0.1, None),
        ("running", 0.5, None),
        ("stopped", None, "enough"),
        ("decided", None, "wins"),
    ]
    assert {line["by"] for line in record.history} == {"anna"}
    assert (record.started_at, record.stopped_at) == (START + 1, START + 3)
    assert record.decision == {"arm": "diverse"} and record.ramp == 0.5


def test_an_arm_is_stopped_and_the_others_go_on() -> None:
    arms = [{"name": "as-is"}, {"name": "one", "diversity": 0.2}, {"name": "two"}]
    running = begun(definition(arms=arms))
    record = lifecycle.arm_stopped([running], running.id, "one", step(START + 2, "harm"))
    assert record.state == "running" and record.stopped_arms == {"one": START + 2}
    assert record.history[-1]["arm"] == "one" and record.history[-1]["note"] == "harm"
    for arm, why in (
        ("as-is", "is its control"),
        ("three", "is none of its arms: one, two"),
        ("one", "is stopped already"),
        ("two", "is the last arm"),
    ):
        with pytest.raises(ExperimentRefused, match=why):
            lifecycle.arm_stopped([record], record.id, arm, step())
    with pytest.raises(ExperimentRefused, match="is draft"):
        planned = draft(definition(arms=arms))
        lifecycle.arm_stopped([planned], planned.id, "one", step())


def test_a_step_that_does_not_come_next_is_refused() -> None:
    experiment = definition()
    planned, running = draft(experiment), begun(experiment)
    stopped = lifecycle.stopped([running], running.id, step())
    for record, does in (
        (planned, lambda records: lifecycle.ramped(records, experiment.id, 1.0, step())),
        (planned, lambda records: lifecycle.stopped(records, experiment.id, step())),
        (running, lambda records: lifecycle.started(records, experiment.id, 1.0, step())),
        (running, lambda records: lifecycle.decided(records, experiment.id, {}, step())),
        (stopped, lambda records: lifecycle.started(records, experiment.id, 1.0, step())),
        (running, lambda records: lifecycle.drafted(records, experiment, step())),
    ):
        with pytest.raises(ExperimentRefused, match=f"is {record.state}"):
            does([record])
    with pytest.raises(ExperimentRefused, match="no experiment 'other'"):
        lifecycle.stopped([running], "other", step())


def test_the_holdout_is_begun_once_and_its_name_is_taken() -> None:
    begun = holdout_begun([], 0.1, step())
    assert lifecycle.definition_of(begun).shares == {"held-out": 0.1, "reached": 0.9}
    assert holdout_begun([begun], 0.2, step(START + 9)) is begun
    with pytest.raises(ExperimentRefused, match="TASTEGRAPH_HOLDOUT"):
        draft(definition("holdout"))


def test_a_draft_is_replaced_by_a_newer_one() -> None:
    first = draft(definition())
    second = draft(definition(window_hours=48), first)
    assert second.definition["window_hours"] == 48 and len(second.history) == 2
    assert second.created_at == first.created_at


def test_a_ramp_goes_up_only() -> None:
    running = begun(definition())
    with pytest.raises(ExperimentRefused, match="at 10%: 5% is less"):
        lifecycle.ramped([running], running.id, 0.05, step())
    for ramp in (0.0, 1.5, float("nan")):
        with pytest.raises(ExperimentRefused, match="is none"):
            lifecycle.ramped([running], running.id, ramp, step())


def test_running_experiments_share_a_layer_without_overlap() -> None:
    first = begun(definition("first", share=0.4))
    second = begun(definition("second", share=0.6), first)
    assert [(record.first, record.size) for record in (first, second)] == [
        (0, 4_000),
        (4_000, 6_000),
    ]
    with pytest.raises(ExperimentRefused, match="in one piece"):
        begun(definition("third", share=0.1), first, second)
    assert begun(definition("elsewhere", layer="page"), first, second).first == 0
    gone = lifecycle.stopped([first], "first", step())
    assert begun(definition("third", share=0.4), gone, second).first == 0
