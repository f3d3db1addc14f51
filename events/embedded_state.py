"""Looking at an embedded log without writing anything, not even a lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from events.embedded_log import FILE, unavailable


@dataclass(frozen=True)
class LogState:
    """A log as it is: when the next event of each partition was received, None where all is read.

    `behind` counts the events from the offsets on.
    """

    behind: int
    oldest: int | None
    letters: int


def log_name(folder: Path) -> tuple[str, int] | None:
    """Return a log's name and its number of partitions; None if there is none yet.

    Raises LogUnavailable.
    """
    if not (folder / FILE).exists():
        return None
    try:
        with closing(_looking(folder)) as connection:
            found = dict(connection.execute("SELECT name, value FROM meta"))
            return found["name"], int(found["partitions"])
    except (sqlite3.Error, KeyError, ValueError) as error:
        raise unavailable(error) from error


def log_state(folder: Path, offsets: Mapping[int, int]) -> LogState:
    """Return how a log is from these offsets on, by partition. Raises LogUnavailable."""
    behind, oldest = 0, list[int]()
    query = "SELECT count(*), min(received) FROM event WHERE partition = ? AND position >= ?"
    letters = "SELECT count(*) FROM dead_letter WHERE body IS NOT NULL"
    try:
        with closing(_looking(folder)) as connection:
            for place in offsets.items():
                count, first = connection.execute(query, place).fetchone()
                behind += count
                oldest += [first] if count else []
            waiting = connection.execute(letters).fetchone()[0]
    except sqlite3.Error as error:
        raise unavailable(error) from error
    return LogState(behind, min(oldest, default=None), waiting)


def _looking(folder: Path) -> sqlite3.Connection:
    path = folder / FILE
    # without a WAL nobody has it open, and SQLite is not to make one
    unused = not path.with_name(f"{FILE}-wal").exists()
    return sqlite3.connect(f"{path.as_uri()}?mode=ro{'&immutable=1' if unused else ''}", uri=True)
