"""What the findings say: a verdict that can be trusted, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from graph.experiments.metrics import METRICS
from learning.experiments.definition import Experiment
from learning.results.measuring import Findings, MetricSequence
from learning.statistics.sample_ratio import ALPHA as MISMATCH_ALPHA


class VerdictKind(StrEnum):
    """What to do, as far as numbers say."""

    MISMATCH = "mismatch"
    SHIP = "ship"
    KEEP = "keep"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Verdict:
    """What the numbers say, of which arm, and why."""

    kind: VerdictKind
    arm: str | None
    why: str


def harmed(definition: Experiment, findings: Findings) -> list[MetricSequence]:
    """Return the guardrails that an arm has broken: it does worse, beyond doubt."""
    return [
        sequence
        for metric in definition.guardrails
        for sequence in findings.of(metric)
        if sequence.is_worse
    ]


def judge(definition: Experiment, findings: Findings) -> Verdict:
    """Return what the findings say about the metric that decides.

    Nothing is said while the arms do not have the people they should. An arm that broke a guardrail
    is never to be shipped.
    """
    if findings.mismatch < MISMATCH_ALPHA:
        return Verdict(
            VerdictKind.MISMATCH,
            None,
            "The arms do not have the people they should: find out why before believing anything.",
        )
    control, metric = definition.arms[0].name, definition.metrics[0]
    more = "less" if METRICS[metric].fewer_is_better else "more"
    broken = {sequence.arm for sequence in harmed(definition, findings)}
    deciding = findings.of(metric)
    better = [
        sequence for sequence in deciding if sequence.is_better and sequence.arm not in broken
    ]
    if better:
        best = max(better, key=lambda sequence: abs(_effect(sequence)))
        return Verdict(
            VerdictKind.SHIP, best.arm, f"{best.arm} has {more} {metric} than {control}."
        )
    lost = [sequence for sequence in deciding if sequence.is_worse or sequence.arm in broken]
    if deciding and len(lost) == len(deciding):
        why = f"No other arm has {more} {metric}" + (
            " without breaking a guardrail." if broken else "."
        )
        return Verdict(VerdictKind.KEEP, control, why)
    return Verdict(
        VerdictKind.UNDECIDED, None, f"Nothing is known of {metric} yet that is beyond doubt."
    )


def _effect(sequence: MetricSequence) -> float:
    return sequence.latest.effect if sequence.latest else 0.0
