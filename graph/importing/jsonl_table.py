"""JSON Lines tables: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import orjson

from graph.errors import ImportRefused
from graph.importing.record import Note, Record, not_utf8, record_of


def read_jsonl(path: Path, note: Note) -> Iterator[Record]:
    """Yield the rows; `note` is told the names of their values. Raises ImportRefused."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                text = line.removeprefix(b"\xef\xbb\xbf").strip()
                if text:
                    yield _json_record(path, number, text, note)
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read ({error.strerror}).") from error


def _json_record(path: Path, number: int, text: bytes, note: Note) -> Record:
    try:
        loaded: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _refuse_unless_utf8(path, text)
        return Record(path.name, number, {}, f"is no JSON: {error}")
    if not isinstance(loaded, dict):
        return Record(path.name, number, {}, "is no JSON object")
    return record_of(path.name, number, cast(dict[str, Any], loaded), note)


def _refuse_unless_utf8(path: Path, text: bytes) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise not_utf8(path) from error
