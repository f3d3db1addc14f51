"""Tables: CSV, JSON and Parquet files as streams of records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.errors import ImportRefused
from graph.importing.files.csv_table import read_csv
from graph.importing.files.format import TableFormat
from graph.importing.files.jsonl_table import read_json
from graph.importing.files.parquet_table import read_parquet
from graph.importing.files.record import Note, Record

Reader = Callable[[Path, Note, TableFormat], Iterator[Record]]
_READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".json": read_json,
    ".jsonl": read_json,
    ".parquet": read_parquet,
}
SUFFIXES = tuple(_READERS)
TEXT_TABLES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that has been read through once: its columns and its number of rows are known.

    `others` are more files of the same kind, read after it.
    """

    path: Path
    columns: tuple[str, ...]
    rows: int
    reading: TableFormat = field(default_factory=TableFormat)
    others: tuple[TableFile, ...] = ()

    def records(self) -> Iterator[Record]:
        """Yield the file's rows in order; raises ImportRefused if they cannot be told apart."""
        yield from _reader(self.path)(self.path, lambda names: None, self.reading)
        for other in self.others:
            name = f"{other.path.parent.name}/{other.path.name}"
            yield from (replace(record, file=name) for record in other.records())


def open_tables(paths: Sequence[Path], reading: TableFormat) -> TableFile:
    """Read files of one kind through once, as if they were one."""
    first, *others = [open_table(path, reading) for path in paths]
    columns = dict.fromkeys(name for other in (first, *others) for name in other.columns)
    rows = sum(other.rows for other in (first, *others))
    return TableFile(first.path, tuple(columns), rows, reading, tuple(others))


def open_table(path: Path, reading: TableFormat | None = None) -> TableFile:
    """Read the file through once; raise ImportRefused if it cannot be read as a table."""
    reading = reading or TableFormat()
    columns: list[str] = []

    def note(names: Iterable[str]) -> None:
        columns.extend(name for name in names if name not in columns)

    rows = sum(1 for _ in _reader(path)(path, note, reading))
    if not columns:
        raise ImportRefused(f"{path.name} is empty.", "It needs at least a line of column names.")
    return TableFile(path, tuple(columns), rows, reading)


def _reader(path: Path) -> Reader:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ImportRefused(f"{path.name} is not one of {', '.join(SUFFIXES)}.")
    return reader
