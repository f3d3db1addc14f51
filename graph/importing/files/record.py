"""Records: rows of any file as plain text values, as a CSV file would have them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from graph.errors import ImportRefused

BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
Note = Callable[[Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: `number` is its line (of a parquet file its place, from 1)."""

    file: str
    number: int
    values: dict[str, str]
    problem: str = ""


def record_of(file: str, number: int, loaded: dict[str, Any], note: Note) -> Record:
    """Return the record of loaded values; `note` receives their names."""
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


def records_of(
    file: str, number: int, loaded: dict[str, Any], note: Note, each: str | None
) -> Iterator[Record]:
    """Yield the records of a nested value, with names such as `recipe.name`.

    With `each`, the name of a list, one record per element. What several elements of a list
    have under one name is a list.
    """
    values = _flat(loaded)
    note(values)
    if each is None:
        yield Record(file, number, values)
        return
    for element in _elements(loaded, each.split(".")):
        row = values | dict.fromkeys(_below(values, each), "") | _flat({each: element})
        note(row)
        yield Record(file, number, row)


def _elements(value: Any, path: list[str]) -> list[Any]:
    """Return the elements of the list at a path, through lists of objects too."""
    if isinstance(value, list):
        return [inner for element in cast(list[Any], value) for inner in _elements(element, path)]
    if not path:
        return [] if value is None else [value]
    if not isinstance(value, dict):
        return []
    return _elements(cast(dict[str, Any], value).get(path[0]), path[1:])


def _below(values: dict[str, str], each: str) -> list[str]:
    start = each.strip().lower()
    return [name for name in values if name == start or name.startswith(f"{start}.")]


def _flat(value: object, name: str = "") -> dict[str, str]:
    """Return the texts of a nested value by their names, joined by dots."""
    if isinstance(value, dict):
        flat: dict[str, str] = {}
        for key, inner in cast(dict[str, Any], value).items():
            path = f"{name}.{key.strip().lower()}" if name else key.strip().lower()
            flat |= _flat(inner, path)
        return flat
    if isinstance(value, list):
        inner = [_flat(element, name) for element in cast(list[Any], value)]
        names = dict.fromkeys(key for element in inner for key in element)
        return {
            key: "|".join(filter(None, (inner_row.get(key) for inner_row in inner)))
            for key in names
        }
    return {name: "" if isinstance(value, bytes) else _text(value)}


def not_readable(path: Path, encoding: str) -> ImportRefused:
    """An ImportRefused, to be raised, that says how to name the encoding."""
    if encoding == "utf-8":
        return ImportRefused(
            f"{path.name} is not UTF-8 text.",
            "Save it as UTF-8, or give its encoding in a mapping (encoding under [format]).",
        )
    return ImportRefused(
        f"{path.name} is not text in {encoding}.", "Correct the mapping's encoding."
    )
