"""The record of a decision: what was tried, what was found, what was decided, by whom and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from graph.experiments.records import ExperimentRecord
from learning.errors import ExperimentRefused
from learning.experiments.definition import Experiment
from learning.experiments.lifecycle import definition_of
from learning.results.measuring import Findings, MetricSequence
from learning.results.verdict import Verdict, VerdictKind


def decision_of(
    definition: Experiment, findings: Findings, verdict: Verdict, arm: str, despite: str | None
) -> dict[str, Any]:
    """Return what is kept of a decision for an arm: everything known then, as plain values.

    Raises ExperimentRefused for an unknown arm, and where the verdict is blocked or another, unless
    it says despite what.
    """
    if arm not in definition.shares:
        raise ExperimentRefused(
            f"The experiment '{definition.id}' has no arm '{arm}'.",
            f"Its arms: {', '.join(definition.shares)}.",
        )
    if verdict.kind is VerdictKind.MISMATCH and not despite:
        raise ExperimentRefused(verdict.why, "Or say with --despite why you decide all the same.")
    if verdict.arm != arm and arm != definition.arms[0].name and not despite:
        raise ExperimentRefused(
            f"The numbers do not say that '{arm}' is better. {verdict.why}",
            "Keep the control, or say with --despite why you decide all the same.",
        )
    return {
        "arm": arm,
        "verdict": str(verdict.kind),
        "why": verdict.why,
        "despite": despite,
        "people": dict(findings.people),
        "mismatch": findings.mismatch,
        "metrics": [
            {"metric": sequence.metric, "arm": sequence.arm, **asdict(sequence.latest)}
            for sequence in findings.sequences
            if sequence.latest
        ],
    }


def decision_page(record: ExperimentRecord, findings: Findings) -> str:
    """Return a decided experiment as a page of Markdown. Raises ExperimentRefused."""
    definition, decision = definition_of(record), record.decision or {}
    lines = [
        f"# {record.id}",
        "",
        definition.hypothesis,
        "",
        f"**Decided: {decision.get('arm')}.** The numbers say: {decision.get('why')}",
    ]
    if decision.get("despite"):
        lines += ["", f"Decided despite that: {decision['despite']}"]
    lines += ["", "| arm | planned | people |", "|---|---|---|"]
    lines += [
        f"| {arm} | {share:.1%} | {findings.people.get(arm, 0):,} |"
        for arm, share in definition.shares.items()
    ]
    lines += ["", f"Chance of so wrong a split: at most {findings.mismatch:.3g}.", ""]
    lines += ["| metric | arm | people | control | arm | difference | 95 % at any time |"]
    lines += ["|---|---|---|---|---|---|---|"]
    lines += [
        _row(sequence, definition.currency) for sequence in findings.sequences if sequence.latest
    ]
    lines += ["", "## History", ""]
    lines += [
        f"- {step['at']} {step['state']} by {step['by']}"
        + (f", {step['ramp']:.0%}" if "ramp" in step else "")
        + (f", without {step['arm']}" if "arm" in step else "")
        + (f": {step['note']}" if "note" in step else "")
        for step in record.history
    ]
    return "\n".join(lines) + "\n"


def _row(sequence: MetricSequence, currency: str) -> str:
    look, words = sequence.latest, sequence.in_words(currency)
    if look is None:
        return ""
    return (
        f"| {sequence.metric} | {sequence.arm} | {look.people:,} | {words.level(look.control)} | "
        f"{words.level(look.arm)} | {words.change(look.effect)} | "
        f"{words.interval(look.low, look.high)} |"
    )
