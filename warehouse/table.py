"""One table of the warehouse: Parquet files in a folder for each day, and a Delta log beside them.

How far a table has been filled is in the log, in the same commit as the rows.
"""

# pyarrow ships no complete types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import DeltaError

from graph.errors import TastegraphError

PARTITION = "day"
Rows = Sequence[Mapping[str, Any]]


class WarehouseRefused(TastegraphError):
    """The warehouse cannot be written there, or not that way: the table stays as it was."""


class Table:
    """A Delta table partitioned by day; it is made if it is not there."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder = folder
        self._schema = schema
        self._delta = self._opened()
        found = pa.schema(self._delta.schema().to_arrow())
        if found.names != schema.names:
            raise WarehouseRefused(
                f"The table in {folder} has other columns: it was made with or without --people, "
                "or by another version of Tastegraph.",
                "Sync as before, or to another folder.",
            )

    def _opened(self) -> DeltaTable:
        """Return the table without statistics: the log must not hold anybody's name."""
        try:
            if DeltaTable.is_deltatable(str(self._folder)):
                return DeltaTable(self._folder)
            return DeltaTable.create(
                self._folder,
                schema=self._schema,
                partition_by=[PARTITION],
                configuration={"delta.dataSkippingStatsColumns": PARTITION},
            )
        except (DeltaError, OSError) as error:
            raise WarehouseRefused(
                f"There is no table to be used in {self._folder}: {error}."
            ) from (error)

    def position(self, source: str, start: int = 0) -> int:
        """Return how far a source has been read; `start` if never."""
        found = self._delta.transaction_version(source)
        return start if found is None else found

    def append(self, rows: Rows, source: str, position: int) -> None:
        """Add rows, and note how far their source has been read, in one commit."""
        self._write(self._table(rows), {"mode": "append"}, {source: position})

    def replace(self, rows: Rows) -> bool:
        """Let the table hold these rows and no others; return whether it had to be changed."""
        wanted = self._table(rows)
        if self.read(self._schema.names).sort_by(PARTITION).equals(wanted.sort_by(PARTITION)):
            return False
        self._write(wanted, {"mode": "overwrite"}, {})
        return True

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Return some columns of all rows."""
        return self._delta.to_pyarrow_table(columns=list(columns)).select(list(columns))

    def texts(self, column: str) -> set[str]:
        """Return the different texts in a column."""
        return {text for text in self.read([column])[column].to_pylist() if text is not None}

    def remove(self, column: str, values: Collection[str]) -> int:
        """Remove the rows that have one of the values in a column; return how many.

        A day at a time, each in a commit of its own. Delta's own DELETE would write the values
        into the log, where they would stay.
        """
        gone = pa.array(sorted(values), pa.string())
        found = self.read([PARTITION, column])
        hits = found.filter(pc.is_in(found[column], gone))
        for day in sorted(set(hits[PARTITION].to_pylist())):
            self._remove(day, column, gone)
        return hits.num_rows

    def _remove(self, day: date, column: str, gone: pa.Array) -> None:
        rows = self._delta.to_pyarrow_table(filters=[(PARTITION, "=", day)])
        kept = rows.filter(pc.invert(pc.is_in(rows[column], gone))).cast(self._schema)
        self._write(kept, {"mode": "overwrite", "predicate": f"day = DATE '{day}'"}, {})

    def sweep(self) -> None:
        """Delete the files that are not part of the newest version: also what was removed."""
        if self._vacuum(dry_run=True):
            self._vacuum(dry_run=False)

    def _vacuum(self, *, dry_run: bool) -> Sequence[str]:
        return self._delta.vacuum(
            retention_hours=0, enforce_retention_duration=False, dry_run=dry_run, full=True
        )

    def _table(self, rows: Rows) -> pa.Table:
        return pa.Table.from_pylist([dict(row) for row in rows], schema=self._schema)

    def _write(self, rows: pa.Table, how: Mapping[str, Any], positions: Mapping[str, int]) -> None:
        noted = [Transaction(source, position) for source, position in positions.items()]
        try:
            write_deltalake(
                self._delta, rows, **how, commit_properties=CommitProperties(app_transactions=noted)
            )
        except (DeltaError, OSError) as error:
            raise WarehouseRefused(
                f"The table in {self._folder} cannot be written: {error}.",
                "It is as it was: check the space and the permissions, and sync again.",
            ) from error
