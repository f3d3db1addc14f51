"""Answers to questions, in the forms that people and programs read."""

# pyarrow ships no complete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from rich.table import Table

from graph.analytics.run import QueryResult
from graph.legible import for_spreadsheet
from service.cli.output.terminal import plain_json

FORMATS = ("table", "csv", "json", "parquet")

_TYPES = {
    "STRING": pa.string(),
    "INTEGER": pa.int64(),
    "FLOAT": pa.float64(),
    "BOOLEAN": pa.bool_(),
}
_NUMBERS = {"INTEGER", "FLOAT"}


def as_table(answer: QueryResult) -> Table:
    """Return the rows as a table for a terminal, with numbers right-aligned."""
    table = Table(show_edge=False)
    declared = dict(answer.query.returns)
    for column in answer.columns:
        right = declared.get(column) in _NUMBERS
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in answer.rows:
        table.add_row(*(cell(row[column]) for column in answer.columns))
    return table


def cell(value: Any) -> str:
    """Format a value for people: lists with commas, numbers with few digits, none as '-'."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
        case list():
            return ", ".join(map(cell, value))
        case dict():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value)


def as_bytes(answer: QueryResult, form: str, *, raw: bool = False) -> bytes:
    """Return the rows as csv, json or parquet; lists and maps in csv are JSON.

    Unless `raw`, csv has no text that a spreadsheet would run.
    """
    if form == "csv":
        return _csv(answer, raw).encode()
    if form == "json":
        return plain_json(answer.rows).encode() + b"\n"
    return _parquet(answer)


def _csv(answer: QueryResult, raw: bool) -> str:
    cell = _plain if raw else _for_spreadsheet
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([cell(column) for column in answer.columns])
    writer.writerows([cell(row[column]) for column in answer.columns] for row in answer.rows)
    return target.getvalue()


def _for_spreadsheet(value: Any) -> Any:
    return for_spreadsheet(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _parquet(answer: QueryResult) -> bytes:
    declared = dict(answer.query.returns)
    columns = {
        name: column([row[name] for row in answer.rows], declared.get(name))
        for name in answer.columns
    }
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def column(values: list[Any], declared: str | None = None) -> Any:
    """Return an Arrow array in the declared type, else in one that fits all, else as texts."""
    type_ = _type(declared)
    if declared and "MAP" in declared:
        return pa.array([None if value is None else _plain(value) for value in values], pa.string())
    try:
        return pa.array(values, type_)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        texts = [None if value is None else str(_plain(value)) for value in values]
        return pa.array(texts, pa.string())


def _type(declared: str | None) -> Any:
    if declared and declared.startswith("LIST<"):
        inner = _TYPES.get(declared.removeprefix("LIST<").removesuffix(">"))
        return None if inner is None else pa.list_(inner)
    return _TYPES.get(declared or "")
