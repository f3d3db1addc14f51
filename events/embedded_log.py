"""The log without a broker: one SQLite file in the home, in WAL, flushed at each commit.

What waits together is committed together, so that a flush is shared by all who wait for it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from events.embedded_tables import CREATE, insert_records, meta
from events.group_commit import GroupCommit
from events.log import LogUnavailable, NewRecord, Outcome, Record, hash_of, readable, wait_for
from graph.clock import Clock, milliseconds, utc_now
from graph.engine.locks import FileLock

FILE = "log.db"
PARTITIONS = 4
BUSY_SECONDS = 5.0
READ = """
SELECT partition, position, received, person, body FROM event
WHERE partition = ? AND position >= ? ORDER BY position LIMIT ?
"""
_DROP_BEFORE = """
DELETE FROM event
WHERE partition = ?1 AND position < ?2 AND received < ?3 AND (?4 IS NULL OR meaning = ?4)
"""
_DROP_OF = "DELETE FROM event WHERE person = ? AND meaning = ?"
T = TypeVar("T")


class EmbeddedLog:
    """A log in a folder; several processes may append to it, and one of them consumes it."""

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self.path = folder / FILE
        self._clock = clock
        self._appended = asyncio.Event()
        self._consuming = FileLock(folder / "consumer.lock")
        self._holds = False
        _create(self.path)
        self._connection = connected(self.path)
        self.name, self.partitions = meta(self._connection, secrets.token_hex(8), PARTITIONS)
        self._reader = ThreadPoolExecutor(1, "event-log")
        self._writer = GroupCommit(connected(self.path), self._insert)

    def _insert(
        self, connection: sqlite3.Connection, records: Sequence[NewRecord]
    ) -> list[Outcome]:
        received = milliseconds(self._clock())
        return insert_records(connection, records, received, self.partitions)

    async def ready(self) -> None:
        """Do nothing: the name is known from the start."""

    async def append(self, records: Sequence[NewRecord]) -> Sequence[Outcome]:
        """Append, and return what became of each once all are on disk."""
        outcomes = await self._writer.append(records)
        self._appended.set()
        return outcomes

    async def read(self, partition: int, offset: int, limit: int) -> Sequence[Record]:
        """Return up to `limit` records from an offset on, oldest first."""

        def rows(connection: sqlite3.Connection) -> list[Record]:
            return [Record(*row) for row in connection.execute(READ, (partition, offset, limit))]

        return await self.ask(rows)

    async def end(self, partition: int) -> int:
        """Return the offset that the next record will have."""
        query = "SELECT next FROM partition WHERE partition = ?"
        return await self._one(query, partition) or 0

    async def offset_at(self, partition: int, moment: int) -> int:
        """Return the first offset received at or after a moment (epoch milliseconds)."""
        found = await self._one(
            "SELECT min(position) FROM event WHERE partition = ? AND received >= ?",
            partition,
            moment,
        )
        return await self.end(partition) if found is None else found

    async def assigned(self) -> frozenset[int]:
        """Return all partitions in the one process that consumes, and none in others.

        The place is free again when that process ends, however it ends.
        """
        self._holds = self._holds or self._consuming.acquire()
        return frozenset(range(self.partitions)) if self._holds else frozenset()

    async def wait(self, seconds: float) -> None:
        """Return when this process has appended something, or after so many seconds."""
        await wait_for(self._appended, seconds)

    async def of_people(self, people: Iterable[str]) -> dict[str, list[Any]]:
        """Return every event of some people, dead letters too, as it was sent, oldest first."""
        found = {person: await self.ask(partial(_of, hash_of(person))) for person in people}
        return {person: events for person, events in found.items() if events}

    async def erase(self, people: Mapping[str, int]) -> None:
        """Remove what came from people, by hash, up to a moment each (epoch ms), from the disk."""
        if people:
            await self._writer.run(lambda connection: _erase(connection, people))

    async def drop_before(self, moment: int, consumed: Mapping[int, int]) -> int:
        """Drop what was received before a moment and lies before these offsets, by partition."""
        return await self._writer.run(lambda on: _drop_before(on, moment, consumed))

    async def drop_of(self, person: str, meaning: str) -> None:
        """Drop the records of a person that mean this, from the disk."""
        await self._writer.run(lambda on: on.execute(_DROP_OF, (hash_of(person), meaning)))

    async def drop_old(self, meaning: str, moment: int, consumed: Mapping[int, int]) -> int:
        """Drop records that mean this as `drop_before` does; return how many."""
        return await self._writer.run(lambda on: _drop_before(on, moment, consumed, meaning))

    async def be_another(self) -> None:
        """Take another name, so that all of it is read again: what is known is not written twice.

        For where the graph has read further than this log goes: it was restored from a copy.
        """
        self.name = await self._writer.run(_rename)

    async def change(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something to the tables in a transaction of its own, durably."""
        return await self._writer.run(work)

    async def ask(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read from the tables."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._reader, work, self._connection)
        except sqlite3.Error as error:
            raise unavailable(error) from error

    async def _one(self, query: str, *values: int) -> int | None:
        rows = await self.ask(lambda connection: list(connection.execute(query, values)))
        return rows[0][0]

    def close(self) -> None:
        """Commit what waits, and let others consume."""
        self._writer.close()
        self._reader.shutdown()
        self._connection.close()
        self._consuming.release()
        self._holds = False

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _of(person: bytes, connection: sqlite3.Connection) -> list[Any]:
    return [
        readable(body)
        for (body,) in connection.execute(
            """
            SELECT body FROM (
              SELECT received, position, body FROM event WHERE person = ?1
              UNION SELECT received, position, body FROM dead_letter
              WHERE person = ?1 AND body IS NOT NULL
            ) ORDER BY received, position
            """,
            (person,),
        )
    ]


def connected(path: Path) -> sqlite3.Connection:
    """Return a connection for one thread at a time; each commit is on disk when it returns."""
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = FULL")
    # what is deleted is overwritten: an erased person is not to be found in free pages
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def unavailable(error: Exception) -> LogUnavailable:
    """Return the error that says why the log takes nothing."""
    return LogUnavailable(
        f"The log of events cannot be used: {error}.",
        "Nothing was acknowledged. Check the space and the permissions of TASTEGRAPH_HOME/events.",
    )


def _create(path: Path) -> None:
    """Make the file, which only its owner can read, and its tables."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = connected(path)
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            for statement in CREATE:
                connection.execute(statement)
        finally:
            connection.close()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except (OSError, sqlite3.Error) as error:
        raise unavailable(error) from error


def _erase(connection: sqlite3.Connection, people: Mapping[str, int]) -> None:
    found = [(bytes.fromhex(person), until) for person, until in people.items()]
    for table in ("event", "dead_letter"):
        connection.executemany(
            f"DELETE FROM {table} WHERE person = ? AND received <= ?",  # noqa: S608 - our own names
            found,
        )


def _rename(connection: sqlite3.Connection) -> str:
    name = secrets.token_hex(8)
    connection.execute("UPDATE meta SET value = ? WHERE name = 'name'", (name,))
    connection.execute("UPDATE dead_letter SET log = ?", (name,))
    return name


def _drop_before(
    connection: sqlite3.Connection,
    moment: int,
    consumed: Mapping[int, int],
    meaning: str | None = None,
) -> int:
    dropped = 0
    for partition, offset in consumed.items():
        values = (partition, offset, moment, meaning)
        dropped += connection.execute(_DROP_BEFORE, values).rowcount
    return dropped
