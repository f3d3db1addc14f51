"""The rejects file: every row, or part of one, that an import rejected, and why."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from types import TracebackType
from typing import IO

import orjson

from graph.importing.files.record import Record
from graph.legible import for_spreadsheet

COLUMNS = ("file", "row", "field", "value", "reason", "raw")
_LONGEST = 1_000


class Rejects:
    """A CSV file that is made at the first reject, readable by its owner only.

    What an earlier import left in its place is removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[str] | None = None

    def __enter__(self) -> Rejects:
        """Remove an earlier file."""
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def add(self, record: Record, field: str, value: str, reason: str) -> None:
        """Write one line about one field of a record (an empty field: the whole row)."""
        self._file = self._file or self._begin()
        raw = {name: text[:_LONGEST] for name, text in record.values.items()}
        line = [record.file, record.number, field, value[:_LONGEST], reason]
        # from a stranger's file, and soon viewed in a terminal or a spreadsheet
        cells = [for_spreadsheet(cell) for cell in (*line, orjson.dumps(raw).decode())]
        csv.writer(self._file).writerow(cells)
        self.count += 1

    def _begin(self) -> IO[str]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Rows about people may name their allergies.
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
        csv.writer(file).writerow(COLUMNS)
        return file
