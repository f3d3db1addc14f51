"""What the findings say, and what may be decided by them."""

from __future__ import annotations

import pytest

from learning.errors import ExperimentRefused
from learning.experiments import lifecycle
from learning.results.decision import decision_of, decision_page
from learning.results.measuring import Findings, Look, MetricSequence
from learning.results.verdict import VerdictKind, harmed, judge
from tests.support.experiments import definition, step

ARMS = [{"name": "as-is"}, {"name": "diverse", "diversity": 0.5}, {"name": "other"}]
EXPERIMENT = definition(arms=ARMS, metrics=["click-through"], guardrails=["conversion"])
BETTER, WORSE, OPEN, EARLY = (0.01, 0.03), (-0.03, -0.01), (-0.01, 0.02), (None, None)
Interval = tuple[float | None, float | None]


def sequence(metric: str, arm: str, interval: Interval) -> MetricSequence:
    low, high = interval
    effect = 0.0 if low is None or high is None else (low + high) / 2
    return MetricSequence(metric, arm, (Look(3, 5_000, 0.2, 0.2 + effect, effect, low, high),))


def findings(
    diverse: Interval, other: Interval, guarded: Interval = OPEN, mismatch: float = 1.0
) -> Findings:
    sequences = (
        sequence("click-through", "diverse", diverse),
        sequence("click-through", "other", other),
        sequence("conversion", "diverse", guarded),
        sequence("conversion", "other", OPEN),
    )
    return Findings({"as-is": 5_000, "diverse": 5_010, "other": 4_990}, mismatch, sequences)


@pytest.mark.parametrize(
    ("seen", "kind", "arm"),
    [
        (findings(BETTER, OPEN), VerdictKind.SHIP, "diverse"),
        (findings(BETTER, (0.02, 0.05)), VerdictKind.SHIP, "other"),
        (findings(BETTER, OPEN, guarded=WORSE), VerdictKind.UNDECIDED, None),
        (findings(BETTER, WORSE, guarded=WORSE), VerdictKind.KEEP, "as-is"),
        (findings(WORSE, WORSE), VerdictKind.KEEP, "as-is"),
        (findings(WORSE, OPEN), VerdictKind.UNDECIDED, None),
        (findings(EARLY, EARLY), VerdictKind.UNDECIDED, None),
        (findings(BETTER, OPEN, mismatch=0.0009), VerdictKind.MISMATCH, None),
        (findings(BETTER, OPEN, mismatch=0.0011), VerdictKind.SHIP, "diverse"),
        (Findings({"as-is": 0, "diverse": 0, "other": 0}, 1.0, ()), VerdictKind.UNDECIDED, None),
    ],
)
def test_the_verdict(seen: Findings, kind: VerdictKind, arm: str | None) -> None:
    verdict = judge(EXPERIMENT, seen)
    assert (verdict.kind, verdict.arm) == (kind, arm)


def test_a_guardrail_is_broken_only_beyond_doubt() -> None:
    assert [broken.arm for broken in harmed(EXPERIMENT, findings(BETTER, OPEN, WORSE))] == [
        "diverse"
    ]
    for guarded in (OPEN, BETTER, EARLY):
        assert harmed(EXPERIMENT, findings(BETTER, OPEN, guarded)) == []


def test_of_some_metrics_less_is_better() -> None:
    experiment = definition(metrics=["time-to-first-drink"], guardrails=["refusals"])

    def seen(waiting: Interval, refused: Interval) -> Findings:
        sequences = (
            sequence("time-to-first-drink", "diverse", waiting),
            sequence("refusals", "diverse", refused),
        )
        return Findings({"as-is": 5_000, "diverse": 5_000}, 1.0, sequences)

    verdict = judge(experiment, seen(WORSE, OPEN))
    assert verdict.kind is VerdictKind.SHIP and "less time-to-first-drink" in verdict.why
    assert judge(experiment, seen(WORSE, BETTER)).kind is VerdictKind.KEEP
    assert harmed(experiment, seen(OPEN, WORSE)) == []
    [broken] = harmed(experiment, seen(OPEN, BETTER))
    assert broken.metric == "refusals"


def test_means_are_told_in_their_unit() -> None:
    sequences = (sequence("revenue", "diverse", BETTER), sequence("conversion", "diverse", BETTER))
    told = [each.in_words("EUR").interval(0.01, 0.03) for each in sequences]
    assert told == ["+0.01 to +0.03 EUR", "+1.00 to +3.00 points"]
    assert sequences[0].in_words("SEK").level(1234.5) == "1,234.50 SEK"


def decide(seen: Findings, arm: str, despite: str | None = None) -> dict[str, object]:
    return decision_of(EXPERIMENT, seen, judge(EXPERIMENT, seen), arm, despite)


def test_what_the_numbers_do_not_say_is_not_decided_without_a_reason() -> None:
    assert decide(findings(BETTER, OPEN), "diverse")["verdict"] == "ship"
    assert decide(findings(OPEN, OPEN), "as-is")["verdict"] == "undecided"
    for seen, arm in (
        (findings(OPEN, OPEN), "diverse"),
        (findings(BETTER, OPEN), "other"),
        (findings(BETTER, OPEN, WORSE), "diverse"),
        (findings(BETTER, OPEN, mismatch=1e-6), "as-is"),
    ):
        with pytest.raises(ExperimentRefused, match=r"better|should"):
            decide(seen, arm)
        assert decide(seen, arm, "the contract says so")["despite"] == "the contract says so"
    with pytest.raises(ExperimentRefused, match="no arm 'diverze'"):
        decide(findings(BETTER, OPEN), "diverze")


def test_a_decision_is_a_page() -> None:
    seen = findings(BETTER, OPEN)
    record = lifecycle.drafted([], EXPERIMENT, step())
    record = lifecycle.started([record], EXPERIMENT.id, 1.0, step())
    record = lifecycle.stopped([record], EXPERIMENT.id, step(note="enough"))
    record = lifecycle.decided([record], EXPERIMENT.id, decide(seen, "diverse"), step(note="wins"))
    page = decision_page(record, seen)
    assert "**Decided: diverse.**" in page and "Decided despite" not in page
    row = "| click-through | diverse | 5,000 | 20.00% | 22.00% | +2.00 points | +1.00 to +3.00 "
    assert row in page
    assert "| diverse | 33.3% | 5,010 |" in page and "decided by anna: wins" in page
