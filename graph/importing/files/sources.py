"""Sources: which files of a folder feed which table, all read through before any is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from graph.errors import ImportRefused
from graph.importing.files.distinct_rows import Joined
from graph.importing.files.format import TableFormat
from graph.importing.files.mapped_column import Join
from graph.importing.files.mapped_table import TableMapping
from graph.importing.files.mapping import Mapping
from graph.importing.files.parsing import required_columns
from graph.importing.files.record import Record
from graph.importing.files.rows import CONTEXT, KNOWLEDGE, TABLES
from graph.importing.files.tables import TEXT_TABLES, TableFile, open_table, open_tables

BUNDLED = "bundled"
_OUR_SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".parquet")


@dataclass(frozen=True)
class Source:
    """One file that feeds one table; `keep_known` rows do not touch what is already known."""

    table: str
    columns: tuple[str, ...]
    rows: int
    records: Callable[[], Iterator[Record]]
    ignored_columns: frozenset[str] = frozenset()
    keep_known: bool = False
    joined: tuple[Joined, ...] = ()


@dataclass(frozen=True)
class Sources:
    """All sources of one import, and the files of its folder that feed no table."""

    all: tuple[Source, ...]
    ignored_files: tuple[str, ...] = ()

    def of(self, table: str) -> list[Source]:
        """Sources by the name of their table, in the order of the files."""
        return [source for source in self.all if source.table == table]

    def rows(self, *tables: str) -> int:
        """Rows of these tables together, for the progress bar."""
        return sum(source.rows for source in self.all if source.table in tables)


def open_sources(
    path: Path, mapping: Mapping | None, *, knowledge: bool, key: str | None = None
) -> Sources:
    """Return the sources of a folder (or, with a mapping, of a file), all read through once.

    Allergens, flavors, styles and regulations are read only as `knowledge`, from the bundled
    data: an operator's table must not loosen the tree of allergens. Raises ImportRefused.
    """
    if not path.exists():
        raise ImportRefused(f"There is no folder '{path.name}'.", "Check the path.")
    if mapping is not None:
        return Sources(tuple(_mapped(path, mapping, key)))
    if not path.is_dir():
        raise ImportRefused(
            f"'{path.name}' is a file.", "Name its folder, or say how to read it with a mapping."
        )
    return _folder(path, [name for name in TABLES if knowledge or name not in KNOWLEDGE])


def _folder(path: Path, tables: list[str]) -> Sources:
    files = [file for file in sorted(path.iterdir()) if file.is_file()]
    known = [file for file in files if file.stem in tables and file.suffix.lower() in _OUR_SUFFIXES]
    if not known:
        raise ImportRefused(
            f"The folder '{path.name}' has no table.",
            f"It needs at least one of {', '.join(tables)}, as .csv, .jsonl or .parquet.",
        )
    ignored = tuple(file.name for file in files if file not in known)
    return Sources(tuple(_plain(file) for file in known), ignored)


def _plain(path: Path) -> Source:
    file = open_table(path)
    wanted = list(TABLES[path.stem].model_fields)
    for column in required_columns(TABLES[path.stem]):
        if column not in file.columns and file.rows:
            raise ImportRefused(
                f"{path.name} lacks the column '{column}'.",
                f"It has {', '.join(file.columns)}.",
            )
    unknown = {
        column
        for column in file.columns
        if column not in wanted and not (path.stem == "interactions" and column.startswith(CONTEXT))
    }
    _refuse_typing_errors(path, unknown, set(wanted) - set(file.columns))
    return Source(path.stem, file.columns, file.rows, file.records, frozenset(unknown))


def _refuse_typing_errors(path: Path, unknown: set[str], absent: set[str]) -> None:
    # A column 'alergies' must not be read as "nobody has any".
    for column in sorted(unknown):
        if near := get_close_matches(column, sorted(absent), n=1, cutoff=0.8):
            raise ImportRefused(
                f"{path.name} has a column '{column}'; did you mean '{near[0]}'?",
                "Rename the column, or take it out.",
            )


def _mapped(path: Path, mapping: Mapping, key: str | None) -> Iterator[Source]:
    opened: dict[tuple[str, str | None], TableFile] = {}

    def file(name: str, each: str | None = None) -> TableFile:
        if (name, each) not in opened:
            reading = TableFormat(mapping.format, each, nested=True)
            opened[name, each] = open_tables(_locate(path, mapping, name), reading)
        return opened[name, each]

    for table in mapping.tables:
        files = {join.file: file(join.file) for join in table.joins()}
        _check_columns(table, file(table.file, table.each), files)
        joins = {join: _index(files[join.file], join) for join in table.joins()}
        yield _mapped_source(table, file(table.file, table.each), joins, key)


def _mapped_source(
    table: TableMapping,
    file: TableFile,
    joins: dict[Join, dict[str, str]],
    key: str | None,
) -> Source:
    decimal = file.reading.format.decimal if file.path.suffix.lower() in TEXT_TABLES else None
    numbers = table.numbers(file.columns)

    def records(joined: list[Joined] | None = None) -> Iterator[Record]:
        return table.rows(file.records(), joins, joined, numbers=numbers, decimal=decimal, key=key)

    joined: list[Joined] = []
    rows = sum(1 for _ in records(joined))
    return Source(
        table.table,
        tuple(table.columns),
        rows,
        records,
        keep_known=table.keep_known,
        joined=tuple(joined),
    )


def _locate(path: Path, mapping: Mapping, name: str) -> list[Path]:
    if path.is_file() and len(mapping.files()) == 1:
        return [path]
    if path.is_file():
        raise ImportRefused(
            f"The mapping needs a folder with {', '.join(mapping.files())}.", "Name the folder."
        )
    files = [file for file in sorted(path.glob(name)) if file.is_file()]
    if not files:
        raise ImportRefused(f"The mapping needs {name}, and '{path.name}' has none.")
    return files


def _check_columns(table: TableMapping, file: TableFile, files: dict[str, TableFile]) -> None:
    wanted = [(table.file, file, column) for column in sorted(table.foreign_columns())]
    for join in table.joins():
        wanted += [(join.file, files[join.file], column) for column in (join.on, join.take)]
    for name, read, column in wanted:
        if not table.finds(column, read.columns):
            raise ImportRefused(
                f"The mapping reads the column '{column}' of {name}, which has only "
                f"{', '.join(read.columns)}."
            )


def _index(file: TableFile, join: Join) -> dict[str, str]:
    on, take = join.on.lower(), join.take.lower()
    taken: dict[str, str] = {}
    for record in file.records():
        key, value = record.values.get(on, ""), record.values.get(take, "")
        if key and taken.setdefault(key, value) != value:
            raise ImportRefused(
                f"{join.file}, row {record.number}: '{key}' occurs twice in '{join.on}', "
                f"with another '{join.take}'.",
                "It is unclear which of the two is meant; nothing was imported.",
            )
    return taken
