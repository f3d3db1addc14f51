"""Tables: .csv, .jsonl and .parquet files as streams of records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ImportRefused
from graph.importing.csv_table import read_csv
from graph.importing.jsonl_table import read_jsonl
from graph.importing.parquet_table import read_parquet
from graph.importing.record import Note, Record

Reader = Callable[[Path, Note], Iterator[Record]]
_READERS: dict[str, Reader] = {".csv": read_csv, ".jsonl": read_jsonl, ".parquet": read_parquet}
SUFFIXES = tuple(_READERS)


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that has been read through once: its columns and its number of rows are known."""

    path: Path
    columns: tuple[str, ...]
    rows: int

    def records(self) -> Iterator[Record]:
        """Yield the file's rows in order; raises ImportRefused where they cannot be told apart."""
        return _reader(self.path)(self.path, lambda names: None)


def open_table(path: Path) -> TableFile:
    """Read the file through once; raise ImportRefused if it cannot be read as a table."""
    columns: list[str] = []

    def note(names: Iterable[str]) -> None:
        columns.extend(name for name in names if name not in columns)

    rows = sum(1 for _ in _reader(path)(path, note))
    if not columns:
        raise ImportRefused(f"{path.name} is empty.", "It needs at least a line of column names.")
    return TableFile(path, tuple(columns), rows)


def _reader(path: Path) -> Reader:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ImportRefused(f"{path.name} is none of {', '.join(SUFFIXES)}.")
    return reader
