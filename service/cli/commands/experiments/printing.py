"""How an experiment is printed as JSON, and that something was done to it."""

from __future__ import annotations

from typing import Any

from graph.clock import rfc3339
from graph.experiments.records import ExperimentRecord
from service.cli.common import console, print_json


def document_of(record: ExperimentRecord) -> dict[str, Any]:
    """Return what is printed of an experiment with --json."""
    return {
        "id": record.id,
        "state": str(record.state),
        "definition": record.definition,
        "first": record.first,
        "size": record.size,
        "ramp": record.ramp,
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
