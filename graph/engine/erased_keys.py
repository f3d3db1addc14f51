"""Keys of erased people in the embedded engine's index, which keeps them until it is rebuilt.

An index can be rebuilt only while nobody writes: when the engine starts, before it listens.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FILE = "erased.json"
_NEWEST = "SELECT max(at) AS newest FROM Erasure"
# The index is rebuilt without declaring its property, and the engine needs it declared.
_DECLARE = "CREATE PROPERTY User.id IF NOT EXISTS STRING"
_REBUILD = "REBUILD INDEX `User[id]`"
_PRESENT = "CREATE INDEX IF NOT EXISTS ON User (id) UNIQUE"


class ErasedKeys:
    """What a data folder knows about erasures whose keys may still be in the index."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def note(self, database: Any) -> None:
        """Note the newest erasure of an open database, for the next start."""
        newest = _newest(database)
        known = self._read()
        if newest > known["noted"]:
            self._write({**known, "noted": newest})

    def waiting(self) -> bool:
        """Return whether anybody was erased since the index was last rebuilt."""
        known = self._read()
        return known["noted"] > known["purged"]

    def purge(self, database: Any) -> None:
        """Rebuild the index of people; nobody else may use the database.

        Raises whatever the engine raises; then the index is there as before.
        """
        known = self._read()
        try:
            if database.schema.exists_type("User"):
                database.command("sql", _DECLARE)
                database.command("sql", _REBUILD)
        finally:
            # an index that could not be rebuilt is gone: ids would no longer be unique
            if database.schema.exists_type("User"):
                database.command("sql", _PRESENT)
        self._write({**known, "purged": known["noted"]})

    def _read(self) -> dict[str, int]:
        try:
            said = json.loads(self._path.read_text(encoding="utf-8"))
            return {"noted": int(said["noted"]), "purged": int(said["purged"])}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {"noted": 0, "purged": 0}

    def _write(self, known: dict[str, int]) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(known), encoding="utf-8")
        new.replace(self._path)


def _newest(database: Any) -> int:
    if not database.schema.exists_type("Erasure"):
        return 0
    for row in database.query("sql", _NEWEST):
        return int(row.get("newest") or 0)
    return 0
