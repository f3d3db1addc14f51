"""One thread that writes: what waits together is one transaction, and one flush to the disk."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from events.log import LogUnavailable, NewRecord, Outcome

MOST_TOGETHER = 5_000
MOST_WAITING = 50_000
T = TypeVar("T")
Insert = Callable[[sqlite3.Connection, Sequence[NewRecord]], list[Outcome]]


@dataclass(frozen=True)
class _Task:
    """What somebody waits for; `records` is None for anything but an append."""

    records: Sequence[NewRecord] | None
    work: Callable[[sqlite3.Connection], Any]
    done: asyncio.Future[Any]

    def settle(self, result: Any, error: Exception | None) -> None:
        loop = self.done.get_loop()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: Any, error: Exception | None) -> None:
        if self.done.done():
            return
        if error:
            self.done.set_exception(error)
        else:
            self.done.set_result(result)


class GroupCommit:
    """Writes to a database in one thread; up to 50,000 events may wait for it."""

    def __init__(self, connection: sqlite3.Connection, insert: Insert) -> None:
        self._connection = connection
        self._insert = insert
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._waiting = 0
        self._thread = threading.Thread(target=self._run, name="event-log-writer", daemon=True)
        self._thread.start()

    async def append(self, records: Sequence[NewRecord]) -> list[Outcome]:
        """Append events, and return once they are on disk. Raises LogUnavailable."""
        if self._waiting + len(records) > MOST_WAITING:
            raise LogUnavailable("Too many events wait to be written.", "Send them again later.")
        self._waiting += len(records)
        try:
            return await self._put(records, lambda on: self._insert(on, records))
        finally:
            self._waiting -= len(records)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something in a transaction of its own, and move it out of the WAL.

        Raises LogUnavailable.
        """
        return await self._put(None, work)

    async def _put(
        self, records: Sequence[NewRecord] | None, work: Callable[[sqlite3.Connection], Any]
    ) -> Any:
        task = _Task(records, work, asyncio.get_running_loop().create_future())
        self._tasks.put(task)
        return await task.done

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            tasks, ending = self._together(task)
            self._commit(tasks)
            if ending:
                break
        self._connection.close()

    def _together(self, first: _Task) -> tuple[list[_Task], bool]:
        """Return what waits now and may share a transaction, and whether the end was next."""
        tasks, count = [first], len(first.records or ())
        while count < MOST_TOGETHER:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                break
            if task is None:
                return tasks, True
            tasks.append(task)
            count += len(task.records or ())
        return tasks, False

    def _commit(self, tasks: Sequence[_Task]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            results = [task.work(self._connection) for task in tasks]
            self._connection.execute("COMMIT")
        except Exception as error:
            self._fail(tasks, error)
            return
        if any(task.records is None for task in tasks):
            # what was removed is also in the WAL until then
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA incremental_vacuum").fetchall()
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        for task, result in zip(tasks, results, strict=True):
            task.settle(result, None)

    def _fail(self, tasks: Sequence[_Task], error: Exception) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        reason = error
        if isinstance(error, sqlite3.Error):
            reason = LogUnavailable(
                f"The log of events cannot be written: {error}.",
                "Check the space and the permissions of TASTEGRAPH_HOME/events.",
            )
        for task in tasks:
            task.settle(None, reason)

    def close(self) -> None:
        """Commit what waits, and end."""
        self._tasks.put(None)
        self._thread.join()
