"""Records: rows of any file as plain text values, as a CSV file would have them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from graph.errors import ImportRefused

Note = Callable[[Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: `number` is its line (of a parquet file its place, from 1)."""

    file: str
    number: int
    values: dict[str, str]
    problem: str = ""


def record_of(file: str, number: int, loaded: dict[str, Any], note: Note) -> Record:
    """Return the record of loaded values; `note` is told their names."""
    values: dict[str, str] = {}
    problem = ""
    for name, value in loaded.items():
        try:
            values[name.strip().lower()] = _text(value)
        except ValueError as error:
            problem = f"{name} {error}"
    note(values)
    return Record(file, number, values, problem)


def _text(value: object) -> str:
    """Return a value as a CSV file would have it; NaN and None are empty."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _joined(cast(list[object], value))
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, (dict, bytes)):
        raise ValueError("is neither text, a number nor a list")
    return str(value).strip()


def _joined(values: list[object]) -> str:
    if any(isinstance(value, (list, dict)) for value in values):
        raise ValueError("is a list of lists or objects")
    texts = [_text(value) for value in values]
    if any("|" in text for text in texts):
        raise ValueError("has an element with '|', which separates elements")
    return "|".join(texts)


def not_utf8(path: Path) -> ImportRefused:
    """Return the refusal of a file in another encoding."""
    return ImportRefused(f"{path.name} is not UTF-8 text.", "Save it as UTF-8 and import it again.")
