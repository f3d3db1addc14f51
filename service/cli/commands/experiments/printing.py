"""How experiments are printed: as JSON, as tables, and that something was done to one."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from graph.clock import rfc3339
from graph.experiments.records import ExperimentRecord
from learning.experiments.definition import Experiment
from learning.results.measuring import Findings, MetricSequence
from learning.results.verdict import Verdict
from service.cli.common import console, print_json

# Of a long experiment, the last days.
DAYS_SHOWN = 30


def document_of(record: ExperimentRecord) -> dict[str, Any]:
    """Return what is printed of an experiment with --json."""
    return {
        "id": record.id,
        "state": str(record.state),
        "definition": record.definition,
        "first": record.first,
        "size": record.size,
        "ramp": record.ramp,
        "stopped_arms": {arm: rfc3339(at) for arm, at in record.stopped_arms.items()},
        "started_at": None if record.started_at is None else rfc3339(record.started_at),
        "stopped_at": None if record.stopped_at is None else rfc3339(record.stopped_at),
        "history": list(record.history),
        "decision": record.decision,
    }


def print_done(record: ExperimentRecord, what: str, as_json: bool) -> None:
    """Print an experiment after a step, or say what the step did."""
    if as_json:
        print_json(document_of(record))
    else:
        console.print(f"{record.id} {what}.")


def print_findings(
    record: ExperimentRecord, definition: Experiment, findings: Findings, verdict: Verdict
) -> None:
    """Print what came of an experiment so far."""
    console.print(f"{record.id} is {record.state}: {definition.hypothesis}")
    table = Table("arm", "planned", "people")
    for arm, share in definition.shares.items():
        table.add_row(arm, f"{share:.1%}", f"{findings.people[arm]:,}")
    console.print(table)
    console.print(f"Chance of so wrong a split: at most {findings.mismatch:.3g}.")
    for sequence in findings.sequences:
        _print_sequence(sequence, definition.currency)
    if record.decision:
        console.print(f"Decided: {record.decision['arm']}. {record.decision['why']}")
    else:
        console.print(f"Verdict: {verdict.kind}. {verdict.why}")
    for line in record.history:
        note = f": {line['note']}" if "note" in line else ""
        arm = f", without {line['arm']}" if "arm" in line else ""
        console.print(f"{line['at']} {line['state']}{arm} by {line['by']}{note}")


def _print_sequence(sequence: MetricSequence, currency: str) -> None:
    words = sequence.in_words(currency)
    title = f"{sequence.metric}, {sequence.arm}"
    columns = ("day", "people", "control", "arm", "difference", "95 % at any time")
    table = Table(*columns, title=title)
    for look in sequence.looks[-DAYS_SHOWN:]:
        table.add_row(
            str(look.day),
            f"{look.people:,}",
            words.level(look.control),
            words.level(look.arm),
            words.change(look.effect),
            words.interval(look.low, look.high),
        )
    console.print(table if sequence.looks else f"{title}: nobody's window is over yet.")
