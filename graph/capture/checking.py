"""Whether a change can be used by a mapping, as far as the change alone can tell."""

from __future__ import annotations

from graph.capture.changes import RowChange
from graph.capture.mapping import CAPTURED, CapturedTable, CaptureMapping
from graph.importing.files.parsing import Problem, parse
from graph.importing.files.record import Record


def faults_of(mapping: CaptureMapping, change: RowChange) -> list[str]:
    """Return what is wrong with a change, each fault with table and field; names stay opaque."""
    if change.stream != mapping.stream:
        return [f"source.name is '{change.stream}', and the mapping follows '{mapping.stream}'"]
    values = change.after or change.before
    if not values or not mapping.of(change.table):
        return []
    try:
        mapping.row_id(change.table, values)
    except KeyError as error:
        return [f"{change.table}: the key {error} has no value"]
    if change.after is None:
        return []
    return [
        f"{change.table} as {mapped.table}: {problem.field} {problem.reason}"
        for mapped in mapping.of(change.table)
        for record in mapped.records(change.after, 0, "check")
        for problem in _problems(mapped, record)
    ]


def _problems(mapped: CapturedTable, record: Record) -> list[Problem]:
    parsed = parse(CAPTURED[mapped.table], record)
    return parsed if isinstance(parsed, list) else []
