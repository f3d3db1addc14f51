"""JSON tables: one JSON object a line, or one document that is or holds a list of objects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import orjson

from graph.errors import ImportRefused
from graph.importing.files.format import TableFormat
from graph.importing.files.record import Note, Record, not_readable, record_of, records_of


def read_json(path: Path, note: Note, reading: TableFormat) -> Iterator[Record]:
    """Yield the rows; `note` receives the names of their values. Raises ImportRefused."""
    encoding = "utf-8"
    try:
        encoding = reading.format.text_encoding(path)
        with path.open(encoding=encoding) as file:
            whole = path.suffix.lower() == ".json" or _begins_as_list(file.read(1_000))
        document = _document(path, encoding, reading) if whole else None
        values = _lines(path, encoding) if document is None else enumerate(document, 1)
        for number, loaded in values:
            yield from _records(path.name, number, loaded, note, reading)
    except UnicodeError as error:
        raise not_readable(path, encoding) from error
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read ({error.strerror}).") from error


def _begins_as_list(text: str) -> bool:
    return text.lstrip().startswith("[")


def _document(path: Path, encoding: str, reading: TableFormat) -> list[Any] | None:
    """Return the records of a file that is one JSON document; None if each line is one."""
    text = path.read_text(encoding=encoding)
    try:
        loaded: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if _is_json(text.lstrip().partition("\n")[0]):
            return None
        raise ImportRefused(f"{path.name} is not JSON: {error}.") from error
    for name in reading.format.records.split(".") if reading.format.records else ():
        loaded = cast(dict[str, Any], loaded).get(name) if isinstance(loaded, dict) else None
    if isinstance(loaded, dict):
        return [loaded]
    if not isinstance(loaded, list):
        where = f" under '{reading.format.records}'" if reading.format.records else ""
        raise ImportRefused(f"{path.name} has no list of records{where}.")
    return cast(list[Any], loaded)


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, Any]]:
    with path.open(encoding=encoding, newline="\n") as file:
        for number, line in enumerate(file, 1):
            if text := line.strip():
                try:
                    yield number, orjson.loads(text)
                except orjson.JSONDecodeError as error:
                    yield number, error


def _records(
    file: str, number: int, loaded: Any, note: Note, reading: TableFormat
) -> Iterator[Record]:
    if isinstance(loaded, orjson.JSONDecodeError):
        yield Record(file, number, {}, f"is not JSON: {loaded}")
    elif not isinstance(loaded, dict):
        yield Record(file, number, {}, "is not a JSON object")
    elif reading.nested:
        yield from records_of(file, number, cast(dict[str, Any], loaded), note, reading.each)
    else:
        yield record_of(file, number, cast(dict[str, Any], loaded), note)
