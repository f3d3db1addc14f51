"""The store of people's keys, each wrapped: one SQLite file beside the graph, never in it.

Whoever copies the graph has no keys; whoever is erased has none left, in the store or in any copy
of the graph. All processes of a home share the file.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from graph.errors import KeyStoreFailed
from graph.rows import parts

SECONDS = 10.0  # that a writer waits for another
AT_ONCE = 500
_TABLES = """
CREATE TABLE IF NOT EXISTS keys (
  person TEXT PRIMARY KEY, wrapped BLOB NOT NULL, master TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_master ON keys (master);
CREATE TABLE IF NOT EXISTS retired (master TEXT PRIMARY KEY) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A person's key as it is kept, and the id of the master key that wraps it."""

    key: bytes
    master: str


class KeyStore:
    """The wrapped keys of people, by person."""

    def __init__(self, path: Path) -> None:
        """Open the store, made if it is not there. Raises KeyStoreFailed."""
        self.path = path
        self._lock = Lock()
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._base = sqlite3.connect(
                path, timeout=SECONDS, isolation_level=None, check_same_thread=False
            )
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = FULL")
            # what is deleted is overwritten
            self._base.execute("PRAGMA secure_delete = ON")
            self._base.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def find(self, people: Collection[str]) -> dict[str, Wrapped]:
        """Return the keys of those of these people who have one. Raises KeyStoreFailed."""
        person_of = {mark_of(person): person for person in people}
        found: dict[str, Wrapped] = {}
        with self._reading() as base:
            for some in parts(list(person_of), AT_ONCE):
                marks = ",".join("?" * len(some))
                rows = base.execute(
                    f"SELECT person, wrapped, master FROM keys WHERE person IN ({marks})",  # noqa: S608
                    list(some),
                )
                found |= {person_of[mark]: Wrapped(key, master) for mark, key, master in rows}
        return found

    def add(self, keys: Mapping[str, Wrapped]) -> bool:
        """Keep keys of people who have none; return whether their master keys are still in use.

        If not, nothing is kept: wrap them again. Raises KeyStoreFailed.
        """
        masters = {each.master for each in keys.values()}
        with self._writing() as base:
            if masters & {master for (master,) in base.execute("SELECT master FROM retired")}:
                return False
            base.executemany(
                "INSERT OR IGNORE INTO keys (person, wrapped, master) VALUES (?, ?, ?)",
                [(mark_of(person), each.key, each.master) for person, each in keys.items()],
            )
        return True

    def destroy(self, people: Iterable[str]) -> int:
        """Destroy the keys of people, on the disk too; return how many had one.

        Raises KeyStoreFailed.
        """
        marks = [(mark_of(person),) for person in people]
        with self._writing() as base:
            before = base.total_changes
            base.executemany("DELETE FROM keys WHERE person = ?", marks)
            destroyed = base.total_changes - before
        with self._reading() as base:
            # the log of the last writes is emptied into the file, where they are overwritten
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return destroyed

    def masters(self) -> dict[str, int]:
        """Return how many keys each master key wraps. Raises KeyStoreFailed."""
        with self._reading() as base:
            return dict(base.execute("SELECT master, count(*) FROM keys GROUP BY master"))

    def retire(self, masters: Collection[str]) -> None:
        """Let nothing be wrapped with these master keys from now on. Raises KeyStoreFailed."""
        with self._writing() as base:
            base.executemany(
                "INSERT OR IGNORE INTO retired (master) VALUES (?)", [(each,) for each in masters]
            )

    def wrapped_otherwise(self, master: str, most: int) -> Sequence[tuple[str, Wrapped]]:
        """Return some keys that another master key wraps, by the mark of the person."""
        with self._reading() as base:
            rows = base.execute(
                "SELECT person, wrapped, master FROM keys WHERE master <> ? LIMIT ?", (master, most)
            )
            return [(mark, Wrapped(key, by)) for mark, key, by in rows]

    def rewrap(self, keys: Sequence[tuple[str, Wrapped, Wrapped]]) -> None:
        """Replace keys, by the mark of the person: what each was, and what it is now.

        Whoever was erased meanwhile gets none back. Raises KeyStoreFailed.
        """
        with self._writing() as base:
            base.executemany(
                "UPDATE keys SET wrapped = ?, master = ? WHERE person = ? AND wrapped = ?",
                [(now.key, now.master, mark, was.key) for mark, was, now in keys],
            )

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._lock, _explained(self.path):
            yield self._base

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        with self._reading() as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
                base.execute("COMMIT")
            except BaseException:
                base.execute("ROLLBACK")
                raise


def mark_of(person: str) -> str:
    """Return what a person is called in the store: who only has that knows nobody from it."""
    return hashlib.sha256(f"sealed {person}".encode()).hexdigest()


@contextmanager
def _explained(path: Path) -> Generator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise KeyStoreFailed(
            f"The store of people's keys, {path}, cannot be used: {error}.",
            "Look at the file's owner and the disk. If it is lost, put back a copy of it.",
        ) from error
