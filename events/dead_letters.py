"""Events that could not be written to the graph, each with the reason, until somebody decides."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from events.embedded_log import EmbeddedLog
from events.log import Log, Record
from graph.clock import Clock, milliseconds, utc_now

_PUT = """
INSERT INTO dead_letter (log, partition, position, received, person, reason, at, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (log, partition, position) DO NOTHING
"""
_WAITING = """
SELECT id, partition, position, received, person, body, reason, at FROM dead_letter
WHERE body IS NOT NULL ORDER BY id
"""


@dataclass(frozen=True)
class DeadLetter:
    """An event that was not written: where it was in the log, why, and since when (epoch ms)."""

    id: int
    record: Record
    reason: str
    at: int


class DeadLetters(Protocol):
    """Where events go that no retry would write; each method raises LogUnavailable."""

    async def put(self, letters: Sequence[tuple[Record, str]]) -> int:
        """Keep events with their reasons, durably, and return how many were not there already."""
        ...

    async def waiting(self) -> list[DeadLetter]:
        """Return those that nobody has decided about, oldest first."""
        ...

    async def positions(self) -> set[tuple[int, int]]:
        """Return partition and offset of all that were not written, dropped ones too."""
        ...

    async def remove(self, ids: Sequence[int]) -> None:
        """Remove those that were written after all."""
        ...

    async def drop(self, ids: Sequence[int]) -> None:
        """Forget what they say, for good; that they were dropped is kept, for a replay."""
        ...


class EmbeddedDeadLetters:
    """Dead letters in the file of the embedded log, whichever log the events came from."""

    def __init__(self, kept_in: EmbeddedLog, of: Log | None = None, clock: Clock = utc_now) -> None:
        self._log = kept_in
        self._of = of or kept_in
        self._clock = clock

    async def put(self, letters: Sequence[tuple[Record, str]]) -> int:
        """Keep events with their reasons, durably, and return how many were not there already."""
        at = milliseconds(self._clock())
        rows = [
            (
                *(self._of.name, record.partition, record.offset, record.received),
                *(record.person_hash, reason, at, record.body),
            )
            for record, reason in letters
        ]
        if not rows:
            return 0
        return await self._log.change(lambda on: on.executemany(_PUT, rows).rowcount)

    async def waiting(self) -> list[DeadLetter]:
        """Return those that nobody has decided about, oldest first."""
        return await self._log.ask(_letters)

    async def positions(self) -> set[tuple[int, int]]:
        """Return partition and offset of all that were not written, dropped ones too."""
        query = "SELECT partition, position FROM dead_letter WHERE log = ?"
        return await self._log.ask(lambda on: set(on.execute(query, (self._of.name,))))

    async def remove(self, ids: Sequence[int]) -> None:
        """Remove those that were written after all."""
        query = "DELETE FROM dead_letter WHERE id = ?"
        await self._log.change(lambda on: on.executemany(query, [(id_,) for id_ in ids]))

    async def drop(self, ids: Sequence[int]) -> None:
        """Forget what they say, for good; that they were dropped is kept, for a replay."""
        query = "UPDATE dead_letter SET body = NULL WHERE id = ?"
        await self._log.change(lambda on: on.executemany(query, [(id_,) for id_ in ids]))


def _letters(connection: sqlite3.Connection) -> list[DeadLetter]:
    return [
        DeadLetter(row[0], Record(*row[1:6]), row[6], row[7])
        for row in connection.execute(_WAITING)
    ]
