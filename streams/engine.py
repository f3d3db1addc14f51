"""The features without a broker: DuckDB over what the log said lately, in memory.

Only the windows that something new belongs to are computed again. Rows are kept as long as a
window may need them, and no more than MOST_ROWS of them: what does not fit in memory is spilled,
encrypted.
"""

# pyarrow ships no types
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from streams.behaviour import Row
from streams.features import Feature

MEMORY = "256MB"
MOST_ROWS = 5_000_000

_COLUMNS = pa.schema(
    [
        ("person", pa.binary()),
        ("event_id", pa.string()),
        ("user_id", pa.string()),
        ("drink_id", pa.string()),
        ("action", pa.string()),
        ("wanted", pa.bool_()),
        ("happened", pa.int64()),
        ("received", pa.int64()),
        ("store", pa.string()),
        ("place_kind", pa.string()),
        ("daypart", pa.string()),
        ("session_id", pa.string()),
    ]
)
_SETTINGS: dict[str, Any] = {
    "memory_limit": MEMORY,
    "threads": 1,
    "autoinstall_known_extensions": False,
}
_VIEW = """
CREATE VIEW behaviour AS SELECT * FROM kept
WHERE happened >= getvariable('since') AND happened < getvariable('until')
"""
_OLDEST = """
DELETE FROM kept WHERE happened <= (SELECT happened FROM kept ORDER BY happened LIMIT 1 OFFSET ?)
"""

Rows = list[tuple[Any, ...]]


class WindowEngine:
    """Rows of behaviour, and the features computed of them; for one thread at a time."""

    def __init__(self, spill: Path | None = None) -> None:
        """Open it; `spill` is a folder for what does not fit in memory."""
        self._connection = duckdb.connect(":memory:", config=_SETTINGS)
        if spill is not None:
            self._rows("SET temp_directory = ?", str(spill))
            self._rows("SET temp_file_encryption = true")
        self._connection.register("empty_rows", _COLUMNS.empty_table())
        self._rows("CREATE TABLE kept AS SELECT * FROM empty_rows")
        self._rows(_VIEW)

    def add(self, rows: Sequence[Row]) -> int:
        """Keep rows of behaviour; return how many older ones had to go."""
        self._connection.register("new_rows", pa.Table.from_pylist(list(rows), _COLUMNS))
        self._rows("INSERT INTO kept SELECT * FROM new_rows")
        self._connection.unregister("new_rows")
        surplus = self.count() - MOST_ROWS
        return self._deleted(_OLDEST, surplus) if surplus > 0 else 0

    def evaluate(self, feature: Feature, ends: Sequence[int]) -> dict[int, Rows]:
        """Return the rows of a feature, sorted, for each window by its end."""
        if not ends:
            return {}
        variables = {
            "since": min(ends) - feature.span - feature.before,
            "until": max(ends),
        }
        for name, value in variables.items():
            self._rows(f"SET VARIABLE {name} = ?", value)
        query = f"SELECT * FROM ({feature.sql}) WHERE window_end IN (SELECT unnest(?)) ORDER BY ALL"  # noqa: S608 - our own file
        rows = self._rows(query, list(ends))
        place = [column.name for column in feature.columns].index("window_end")
        found: dict[int, Rows] = {end: [] for end in ends}
        for row in rows:
            found[row[place]].append(row)
        return found

    def forget_before(self, moment: int) -> int:
        """Drop what happened before a moment; return how many rows."""
        return self._deleted("DELETE FROM kept WHERE happened < ?", moment)

    def erase(self, people: Mapping[str, int]) -> int:
        """Drop what came from people, by the hex of their hash, up to a moment each (epoch ms)."""
        return sum(
            self._deleted(
                "DELETE FROM kept WHERE person = ? AND received <= ?", bytes.fromhex(person), until
            )
            for person, until in people.items()
        )

    def count(self) -> int:
        """Return how many rows are kept."""
        return self._number("SELECT count(*) FROM kept")

    def close(self) -> None:
        """Drop everything."""
        self._connection.close()

    def _deleted(self, query: str, *values: object) -> int:
        return self._number(query, *values)

    def _number(self, query: str, *values: object) -> int:
        return self._rows(query, *values)[0][0]

    def _rows(self, query: str, *values: object) -> Rows:
        """Return all rows: a result that is not read to its end keeps the connection busy."""
        return self._connection.execute(query, list(values)).fetchall()
