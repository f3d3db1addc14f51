"""The log of events: durable, append-only, in partitions by person.

The embedded log and a broker's both keep this protocol, so that the same consumers read either.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import orjson

from graph.errors import TastegraphError
from graph.people.privacy import erasure_id


class LogUnavailable(TastegraphError):
    """The log takes nothing now, or cannot be read: nothing was acknowledged."""


class Outcome(Enum):
    """What became of an event that was handed to the log."""

    ACCEPTED = "accepted"
    """It is on disk."""
    REPEATED = "repeated"
    """It was there already."""
    CLASHING = "clashing"
    """Its id was used for something else: it is not in the log."""


@dataclass(frozen=True, slots=True)
class NewRecord:
    """An event for the log; `body` is its JSON as sent.

    `person` is who did it, or the key of somebody unknown; events of one person stay in order.
    `meaning` is what an event sent again under the same id has to mean.
    """

    person: str
    event_id: str
    meaning: str
    body: bytes

    @property
    def person_hash(self) -> bytes:
        """By which an erasure finds it: the same hash as in the graph's record of an erasure."""
        return hash_of(self.person)

    @property
    def key(self) -> bytes:
        """What no two events have in common: person and id."""
        return hashlib.blake2b(f"{self.person}\n{self.event_id}".encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Record:
    """An event in the log; `received` is in milliseconds since 1970."""

    partition: int
    offset: int
    received: int
    person_hash: bytes
    body: bytes


class Log(Protocol):
    """A log in numbered partitions; within one, offsets rise, and need not be without gaps."""

    @property
    def name(self) -> str:
        """The name of this log: offsets of another mean nothing in it."""
        ...

    @property
    def partitions(self) -> int:
        """How many there are."""
        ...

    async def ready(self) -> None:
        """Know the name and the number of partitions. Raises LogUnavailable."""
        ...

    async def append(self, records: Sequence[NewRecord]) -> Sequence[Outcome]:
        """Append, and return what became of each once all are durable.

        Raises LogUnavailable if nothing was acknowledged. A log that cannot know whether an id was
        used before accepts it again, and the graph decides.
        """
        ...

    async def read(self, partition: int, offset: int, limit: int) -> Sequence[Record]:
        """Return up to `limit` records from an offset on, oldest first."""
        ...

    async def end(self, partition: int) -> int:
        """Return the offset that the next record will have."""
        ...

    async def offset_at(self, partition: int, moment: int) -> int:
        """Return the first offset received at or after a moment (epoch milliseconds)."""
        ...

    async def assigned(self) -> frozenset[int]:
        """Return the partitions that this process is to consume now: each has one consumer."""
        ...

    async def wait(self, seconds: float) -> None:
        """Return when something may have been appended, or after so many seconds."""
        ...


async def wait_for(appended: asyncio.Event, seconds: float) -> None:
    """Return when the event is set, which it then is no more, or after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await appended.wait()
    except TimeoutError:
        return
    appended.clear()


def hash_of(person: str) -> bytes:
    """Return the hash of a person that the graph's record of an erasure has."""
    return bytes.fromhex(erasure_id(person))


def partition_of(person_hash: bytes, partitions: int) -> int:
    """Return the partition of a person."""
    return int.from_bytes(person_hash[:8], "big") % partitions


def readable(body: bytes) -> Any:
    """Return what an event says, as text if it is no JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")
