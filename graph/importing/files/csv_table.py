"""CSV tables: a malformed row is passed on with its problem.

If an open quote may have swallowed other rows, the file is refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from graph.counting import counted
from graph.errors import ImportRefused
from graph.importing.files.format import TableFormat
from graph.importing.files.record import Note, Record, not_readable
from graph.legible import from_spreadsheet

_LINE_END = re.compile(r"\r\n|\r|\n")
LONG_TEXT = frozenset({"description"})


class _Lines:
    """The lines of a file, remembering those of the record that is being read."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.record: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._file)
        self.number += 1
        self.record.append(line)
        return line


def read_csv(path: Path, note: Note, reading: TableFormat) -> Iterator[Record]:
    """Yield the rows; `note` receives the column names. Raises ImportRefused."""
    encoding = "utf-8"
    try:
        encoding = reading.format.text_encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            delimiter, said = reading.format.separator(path, file.readline(20))
            file.seek(0)
            lines = _Lines(file)
            if said:
                next(lines)
            yield from _csv_records(path.name, lines, note, delimiter)
    except UnicodeError as error:
        raise not_readable(path, encoding) from error
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read ({error.strerror}).") from error


def _csv_records(file: str, lines: _Lines, note: Note, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    header = _header(file, reader)
    note(name for name in header if name)
    long_text = [name in LONG_TEXT for name in header]
    while True:
        start = lines.number + 1
        lines.record.clear()
        try:
            raw = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _refuse_if_long(file, start, lines.record)
            roughly = _roughly(header, lines.record, delimiter)
            yield Record(file, start, roughly, f"cannot be read: {error}")
            continue
        cells = [from_spreadsheet(cell.strip()).strip() for cell in raw]
        if not any(cells):
            continue
        problem = _misfit(header, cells)
        if len(lines.record) > 1 and (problem or _swallowed_rows(raw, long_text, delimiter)):
            _refuse_if_long(file, start, lines.record)
        yield Record(file, start, _named(header, cells), problem)


def _misfit(header: list[str], cells: list[str]) -> str:
    if len(cells) != len(header):
        return f"has {counted(len(cells), 'value')} for {counted(len(header), 'column')}"
    for place, (name, cell) in enumerate(zip(header, cells, strict=True), 1):
        if cell and not name:
            return f"has a value in column {place}, which has no name"
    return ""


def _named(header: list[str], cells: list[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(header, cells, strict=False) if name}


def _header(file: str, reader: Iterator[list[str]]) -> list[str]:
    try:
        header = [" ".join(from_spreadsheet(name.strip()).split()).lower() for name in next(reader)]
    except StopIteration:
        raise ImportRefused(
            f"{file} is empty.", "It needs at least a line of column names."
        ) from None
    except csv.Error as error:
        raise ImportRefused(f"{file}: its first line cannot be read ({error}).") from error
    if any("\x00" in name for name in header):
        raise ImportRefused(
            f"{file} has null characters: it is written in another encoding, such as UTF-16.",
            "Save it as UTF-8, or give its encoding in a mapping (encoding under [format]).",
        )
    if not any(header):
        raise ImportRefused(f"{file}: its first line names no columns.")
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise ImportRefused(f"{file} has the column '{repeated[0]}' more than once.")
    return header


def _swallowed_rows(cells: list[str], long_text: list[bool], delimiter: str) -> bool:
    """Return whether, without the quotes, each line of a quoted value would be a row of its own."""
    return any(
        not long and _looks_like_rows(cell, place, len(cells), delimiter)
        for place, (cell, long) in enumerate(zip(cells, long_text, strict=True))
    )


def _looks_like_rows(cell: str, place: int, width: int, delimiter: str) -> bool:
    if "\n" not in cell and "\r" not in cell:
        return False
    first, *middle, last = [line.count(delimiter) for line in _LINE_END.split(cell)]
    whole_first, whole_last = place + first, last + width - 1 - place
    return all(count == width - 1 for count in (whole_first, *middle, whole_last))


def _refuse_if_long(file: str, start: int, record: list[str]) -> None:
    # A quote left open swallows the rows after it: nobody can tell which are lost.
    if len(record) > 1:
        raise ImportRefused(
            f"{file}: the quoted text that begins in line {start} runs over {len(record)} lines.",
            "Close the quote, or put the text in one line; nothing was imported.",
        )


def _roughly(header: list[str], lines: list[str], delimiter: str) -> dict[str, str]:
    cells = [cell.strip(' "\r\n')[:200] for cell in "".join(lines).split(delimiter)]
    return _named(header, cells)
