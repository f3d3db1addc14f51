"""An experiment is measured from the graph as it would be from a table, and guards itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from graph.connection import Graph
from graph.experiments.records import (
    ExperimentRecord,
    ExperimentState,
    change_experiment,
    experiments,
)
from learning.experiments.holdout import holdout_begun
from learning.results.guarding import stop_harmful
from learning.results.measuring import Findings, measure
from learning.results.verdict import VerdictKind, judge
from tests.support.experiments import (
    DAY,
    HOUR,
    START,
    begin,
    definition,
    expose,
    step,
    write_outcomes,
)

PEOPLE, DAYS = 600, 4
NAME = "diverse-home"
END = START + (DAYS + 1) * DAY + HOUR
# More is opened and less is bought in the arm; the control is the other way round.
CHANCES = {
    "as-is": {"VIEWED": 0.2, "PURCHASED": 0.3},
    "diverse": {"VIEWED": 0.4, "PURCHASED": 0.1},
}


@pytest.fixture
async def record(graph: Graph) -> ExperimentRecord:
    return await begin(graph, definition(NAME, guardrails=["conversion"], expected_people=1_200))


def latest(findings: Findings, metric: str) -> tuple[int, float, float]:
    [sequence] = findings.of(metric)
    assert sequence.latest
    return sequence.latest.people, sequence.latest.control, sequence.latest.arm


async def test_an_experiment_is_measured_judged_and_stopped_by_its_guardrail(
    graph: Graph, record: ExperimentRecord
) -> None:
    done = await write_outcomes(graph, NAME, CHANCES, PEOPLE, DAYS)
    findings = await measure(graph, record, END)
    assert findings.people == {"as-is": PEOPLE, "diverse": PEOPLE}
    assert findings.mismatch > 0.5
    for metric, relation in (("click-through", "VIEWED"), ("conversion", "PURCHASED")):
        shares = [done[arm, relation] / PEOPLE for arm in CHANCES]
        assert latest(findings, metric) == (2 * PEOPLE, *map(pytest.approx, shares))
        [sequence] = findings.of(metric)
        assert [look.day for look in sequence.looks] == list(range(1, DAYS + 2))[
            : len(sequence.looks)
        ]
        assert sequence.latest and sequence.latest.low is not None and sequence.latest.high
        assert sequence.latest.low < sequence.latest.effect
        # a day's look is what one would have seen then: what comes later changes nothing
        early = await measure(graph, record, START + 3 * DAY - 1, [metric])
        [before] = early.of(metric)
        assert before.looks == sequence.looks[: len(before.looks)] and len(before.looks) == 2
    opened, bought = findings.of("click-through")[0], findings.of("conversion")[0]
    assert opened.is_better and bought.is_worse
    verdict = judge(definition(NAME, guardrails=["conversion"]), findings)
    assert verdict.kind is VerdictKind.KEEP and "guardrail" in verdict.why

    def clock() -> datetime:
        return datetime.fromtimestamp(END / 1000, UTC)

    [told] = await stop_harmful(graph, clock)
    assert "diverse has less conversion" in told
    [stopped] = await experiments(graph)
    assert stopped.state is ExperimentState.STOPPED and stopped.stopped_at == END
    assert stopped.history[-1]["by"] == "guardrail" and "conversion" in stopped.history[-1]["note"]
    assert await stop_harmful(graph, clock) == []
    # after the end nothing changes any more
    assert (await measure(graph, stopped, END + 9 * DAY)).sequences == findings.sequences


async def test_one_arm_is_stopped_by_its_guardrail_and_keeps_what_it_had(graph: Graph) -> None:
    arms = [{"name": "as-is"}, {"name": "diverse", "diversity": 0.5}, {"name": "calm"}]
    three = definition(NAME, arms=arms, guardrails=["conversion"], expected_people=1_200)
    await begin(graph, three)
    alike = CHANCES | {"calm": CHANCES["as-is"]}
    await write_outcomes(graph, NAME, alike, PEOPLE, DAYS)

    def clock(at: int = END - 2 * DAY) -> datetime:
        return datetime.fromtimestamp(at / 1000, UTC)

    [told] = await stop_harmful(graph, clock)
    assert "diverse of the experiment" in told and "less conversion" in told
    [record] = await experiments(graph)
    assert record.state is ExperimentState.RUNNING
    assert record.stopped_arms == {"diverse": END - 2 * DAY}
    assert record.history[-1]["arm"] == "diverse" and record.history[-1]["by"] == "guardrail"
    assert await stop_harmful(graph, lambda: clock(END)) == []
    findings = await measure(graph, record, END)
    stopped, calm = findings.of("conversion")
    assert stopped.latest and calm.latest and stopped.latest.day == calm.latest.day - 2
    then = await measure(graph, replace(record, stopped_arms={}), END - 2 * DAY)
    assert then.of("conversion")[0] == stopped  # as it was at that moment
    assert findings.mismatch > 0.5 and findings.people["diverse"] == PEOPLE


async def test_what_all_earned_is_compared_with_the_holdout(graph: Graph) -> None:
    begun = await change_experiment(graph, lambda records: holdout_begun(records, 0.5, step()))
    chances = {"held-out": {"PURCHASED": 0.1}, "reached": {"PURCHASED": 0.3}}
    done = await write_outcomes(graph, begun.id, chances, PEOPLE, DAYS)
    findings = await measure(graph, begun, END + 7 * DAY, ["conversion"])
    [lift] = findings.of("conversion")
    assert lift.latest and lift.latest.low is not None and lift.is_better
    bought = [done[arm, "PURCHASED"] / PEOPLE for arm in chances]
    assert lift.latest.effect == pytest.approx(bought[1] - bought[0])
    assert lift.latest.low < lift.latest.effect and findings.mismatch > 0.5


async def test_lost_people_of_one_arm_block_the_verdict(
    graph: Graph, record: ExperimentRecord
) -> None:
    await expose(graph, NAME, [(f"a-{number}", "as-is", START) for number in range(900)])
    await expose(graph, NAME, [(f"d-{number}", "diverse", START) for number in range(700)])
    findings = await measure(graph, record, END)
    assert findings.mismatch < 0.001
    assert judge(definition(NAME), findings).kind is VerdictKind.MISMATCH


async def test_nobody_is_nothing(graph: Graph, record: ExperimentRecord) -> None:
    findings = await measure(graph, record, END)
    assert findings.mismatch == 1.0 and sum(findings.people.values()) == 0
    assert all(sequence.latest is None for sequence in findings.sequences)
    assert judge(definition(NAME), findings).kind is VerdictKind.UNDECIDED
