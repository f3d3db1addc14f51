"""What one person may ask of us: all that is kept about them, that it goes, what they agree to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from graph.clock import Clock, iso_seconds, milliseconds, utc_now
from graph.connection import Graph, Row
from graph.people.declarations import ADVANCE_PROFILE
from graph.query import load

PERSON = load("privacy/person")
LINKS_OF_PERSON = load("privacy/links_of_person")
CHANGES_BY_PERSON = load("privacy/changes_by_person")
ERASE_PERSON = load("privacy/erase_person")
RECORD_ERASURE = load("privacy/record_erasure")
ERASURES_SINCE = load("privacy/erasures_since")
FORGET_ERASURES = load("privacy/forget_erasures")
PEOPLE = load("privacy/people")
SET_CONSENTS = load("privacy/set_consents")
FORGET_RECOMMENDED_OF = load("privacy/forget_recommended_of")

LONG_SECONDS = 60.0
# All of a person is handed out, or goes, in one transaction: 100,000 events took up to 40 s on two
# cores with much else to do (benchmarks/histories.md).
WHOLE_PERSON_SECONDS = 600.0
# What was offered this shortly after an erasure may have been asked for before it, or have been
# noted by another server with another clock.
GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Link:
    """A relationship that touches a person's node, and what is at its other end."""

    type: str
    outgoing: bool
    labels: tuple[str, ...]
    other_id: str
    other_name: str | None
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class PersonalRecord:
    """All that the graph keeps about one person; `properties` is None for somebody it never saw.

    `changes` are those of the catalogue that they made as an operator.
    """

    user_id: str
    properties: Mapping[str, Any] | None
    links: tuple[Link, ...]
    changes: tuple[Mapping[str, Any], ...]

    @property
    def known(self) -> bool:
        """Whether anything is kept."""
        return self.properties is not None or bool(self.changes)


@dataclass(frozen=True)
class Erased:
    """What an erasure removed; `changes_kept` of the catalogue still name the person.

    It holds against all that was noted before `until` (epoch ms).
    """

    known: bool
    relationships: int
    changes_kept: int
    until: int


async def personal_record(graph: Graph, user_id: str) -> PersonalRecord:
    """Return all that the graph keeps about a person, read at one moment."""
    queries = (PERSON, LINKS_OF_PERSON, CHANGES_BY_PERSON)
    nodes, links, changes = await graph.run_together(
        [(query, {"userId": user_id}) for query in queries], deadline=WHOLE_PERSON_SECONDS
    )
    return PersonalRecord(
        user_id,
        nodes[0]["properties"] if nodes else None,
        tuple(_link(row) for row in links),
        tuple(changes),
    )


def _link(row: Row) -> Link:
    return Link(
        row["type"],
        row["outgoing"],
        tuple(row["labels"]),
        row["otherId"],
        row["otherName"],
        row["properties"],
    )


async def erase(graph: Graph, user_id: str, clock: Clock = utc_now) -> Erased:
    """Remove a person and all that is about them, and record that this was done.

    The record comes first, so that what a server still has to write about them is not written. It
    holds a hash of the id and the time. Changes that they made to the catalogue stay: the history
    of what is safe must say who vouched for it.
    """
    until = milliseconds(clock() + timedelta(seconds=GRACE_SECONDS))
    await graph.run(RECORD_ERASURE, erasureId=erasure_id(user_id), at=until)
    removed, changes = await graph.run_together(
        [(ERASE_PERSON, {"userId": user_id}), (CHANGES_BY_PERSON, {"userId": user_id})],
        deadline=WHOLE_PERSON_SECONDS,
    )
    return Erased(
        known=bool(removed),
        relationships=removed[0]["relationships"] if removed else 0,
        changes_kept=len(changes),
        until=until,
    )


def erasure_id(user_id: str) -> str:
    """Return the hash that stands for somebody in the record of erasures."""
    return hashlib.sha256(f"erased {user_id}".encode()).hexdigest()


async def erasures(graph: Graph, since: int) -> Sequence[tuple[str, int]]:
    """Return the erasures since a moment (epoch ms): the hash of an id, and until when it holds."""
    rows = await graph.run(ERASURES_SINCE, since=since)
    return [(row["id"], row["at"]) for row in rows]


async def erase_again(graph: Graph, erased: Sequence[tuple[str, int]]) -> int:
    """Erase whoever was erased elsewhere, as told by `erasures`; return how many were still here.

    What speaks for their erasure is recorded here too.
    """
    until = dict(erased)
    for each, at in erased:
        await graph.run(RECORD_ERASURE, erasureId=each, at=at)
    rows = await graph.run(PEOPLE, deadline=LONG_SECONDS) if erased else []
    still = [row["id"] for row in rows if erasure_id(row["id"]) in until]
    for user_id in still:
        await graph.run(ERASE_PERSON, userId=user_id, deadline=WHOLE_PERSON_SECONDS)
    return len(still)


async def forget_erasures(graph: Graph, before: int) -> None:
    """Remove the records of erasures before a moment (epoch ms)."""
    await graph.run(FORGET_ERASURES, before=before)


async def set_consents(
    graph: Graph,
    user_id: str,
    *,
    personalisation: bool | None,
    remembering: bool | None,
    clock: Clock = utc_now,
) -> None:
    """Keep what a person agrees to; None leaves an answer as it is.

    Who does not want recommendations remembered has none from then on.
    """
    said = {"personalisation": personalisation, "remembering": remembering}
    await graph.run_together(
        [
            (ADVANCE_PROFILE, {"userId": user_id}),
            (SET_CONSENTS, {"userId": user_id, "at": iso_seconds(clock()), **said}),
            (FORGET_RECOMMENDED_OF, {"userId": user_id}),
        ]
    )
