"""Records checked as rows of a table: the row, or every problem that it has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar, cast

from pydantic import (
    ValidationError,
)

from graph.clock import Clock, utc_now
from graph.importing.files.record import Record
from graph.importing.files.rows import Row

_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
Model = TypeVar("Model", bound=Row)


class Problem(NamedTuple):
    """Why a value is rejected; an empty field means the whole row."""

    field: str
    value: str
    reason: str


def parse(model: type[Model], record: Record, clock: Clock = utc_now) -> Model | list[Problem]:
    """The row, or every problem of it at once, so that a file is mended in one go."""
    if record.problem:
        return [Problem("", "", record.problem)]
    values = {
        name: _LINE_BREAK.sub(" ", text) if name in model.one_line else text
        for name, text in record.values.items()
        if text
    }
    return checked(model, values, clock)


def parse_leniently(
    model: type[Model], record: Record, clock: Clock = utc_now
) -> tuple[Model | list[Problem], list[Problem]]:
    """Return the checked row, or all its problems; and the values that were dropped."""
    parsed = parse(model, record, clock)
    if not isinstance(parsed, list) or any(
        problem.field not in model.lenient for problem in parsed
    ):
        return parsed, []
    kept = {name: "" for name in {problem.field for problem in parsed}}
    without = parse(model, replace(record, values=record.values | kept), clock)
    return (parsed, []) if isinstance(without, list) else (without, parsed)


def checked(
    model: type[Model], values: Mapping[str, Any], clock: Clock = utc_now
) -> Model | list[Problem]:
    """Return the checked row of given values, or all its problems."""
    try:
        return model.model_validate(values, context={"clock": clock})
    except ValidationError as error:
        return [_problem(values, cast(Mapping[str, Any], fault)) for fault in error.errors()]


def required_columns(model: type[Row]) -> list[str]:
    """Columns without which no row of the table is valid."""
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _problem(values: Mapping[str, Any], error: Mapping[str, Any]) -> Problem:
    field = str(error["loc"][0]) if error["loc"] else ""
    return Problem(field, str(values.get(field, "")), _reason(error))


def _reason(error: Mapping[str, Any]) -> str:
    kind, details = str(error["type"]), error.get("ctx", {})
    reasons = {
        "missing": "is missing",
        "string_pattern_mismatch": "is too long, or has a line break or a character that ids and "
        "names must not have",
        "string_too_long": f"is longer than {details.get('max_length')} characters",
        "float_parsing": "is not a number",
        "finite_number": "is not a number",
        "greater_than_equal": f"is less than {details.get('ge')}",
        "greater_than": f"is not more than {details.get('gt')}",
        "less_than_equal": f"is more than {details.get('le')}",
        "literal_error": f"is not one of {details.get('expected')}",
        "enum": f"is not one of {details.get('expected')}",
        "value_error": str(details.get("error")),
    }
    return reasons.get(kind, str(error["msg"]))
