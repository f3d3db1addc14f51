"""What a person may ask of us: everything kept about them, and its erasure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph, Row
from graph.outbox.entries import OutboxEntry, person_erased, telling
from graph.people.interactions import ERASURES_OF
from graph.people.sealing_profiles import FINGERPRINT, UNDO
from graph.query import Query
from graph.query_files import load
from graph.sealing.profiles import opened_text, said_of
from graph.sealing.sealing import Sealing

PERSON = load("privacy/person")
LINKS_OF_PERSON = load("privacy/links_of_person")
CHANGES_BY_PERSON = load("privacy/changes_by_person")
PEOPLE_OF_PERSON = load("privacy/people_of_person")
ERASE_PEOPLE = load("privacy/erase_people")
ERASE_JOINED = load("privacy/erase_joined")
ERASE_WAITING_EVENTS = load("privacy/erase_waiting_events")
ERASE_OUTGOING_EVENTS = load("privacy/erase_outgoing_events")
RECORD_ERASURE = load("privacy/record_erasure")
ERASURES_SINCE = load("privacy/erasures_since")
FORGET_ERASURES = load("privacy/forget_erasures")
PEOPLE = load("privacy/people")
FORGET_RECOMMENDED_OF = load("privacy/forget_recommended_of")
NOT_REMEMBERED = load("privacy/not_remembered")

LONG_SECONDS = 60.0
# All of a person is handed out, or goes, in one transaction: 100,000 events took up to 40 s on two
# busy cores (benchmarks/histories.md).
WHOLE_PERSON_SECONDS = 600.0
# What was offered this shortly after an erasure may have been asked for before it, or have been
# noted by another server with another clock.
GRACE_SECONDS = 2.0
_DECLARED = {
    "allergies": ("ALLERGIC_TO", "Allergen"),
    "avoids": ("AVOIDS", "Ingredient"),
    "diets": ("FOLLOWS", "Diet"),
}


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

    `changes` are those of the catalogue that they made as an operator, `merged` the people who were
    merged into them.
    """

    user_id: str
    properties: Mapping[str, Any] | None
    links: tuple[Link, ...]
    changes: tuple[Mapping[str, Any], ...]
    merged: tuple[PersonalRecord, ...] = ()

    @property
    def people(self) -> list[str]:
        """The id of the person, and of all who were merged into them."""
        return [self.user_id, *(other.user_id for other in self.merged)]

    @property
    def known(self) -> bool:
        """Whether anything is kept."""
        return self.properties is not None or bool(self.changes)


@dataclass(frozen=True)
class Erased:
    """What an erasure removed; `changes_kept` of the catalogue still name the person.

    `people` are their id and those of all who were merged into them. It holds against all that was
    noted before `until` (epoch ms).
    """

    known: bool
    relationships: int
    changes_kept: int
    until: int
    people: tuple[str, ...]


async def personal_record(graph: Graph, user_id: str) -> PersonalRecord:
    """Return everything the graph keeps about a person, and about those merged into them.

    What is sealed is opened. Raises a GraphError: ProfileSealed if it cannot be.
    """
    others = [person for person in await people_of(graph, user_id) if person != user_id]
    return replace(
        await _record(graph, user_id),
        merged=tuple([await _record(graph, other) for other in others]),
    )


async def people_of(graph: Graph, user_id: str) -> list[str]:
    """Return the ids of the person and of everybody merged into them, sorted."""
    rows = await graph.run(PEOPLE_OF_PERSON, userId=user_id)
    return sorted({user_id, *(row["id"] for row in rows)})


async def _record(graph: Graph, user_id: str) -> PersonalRecord:
    """Return what is kept about one of them, read at one moment."""
    queries = (PERSON, LINKS_OF_PERSON, CHANGES_BY_PERSON)
    nodes, links, changes = await graph.run_together(
        [(query, {"userId": user_id}) for query in queries], deadline=WHOLE_PERSON_SECONDS
    )
    found = nodes[0]["properties"] if nodes else None
    properties, declared = _opened(graph.sealing, user_id, found)
    kept = tuple(_link(row, graph.sealing, user_id) for row in links)
    return PersonalRecord(user_id, properties, (*declared, *kept), tuple(changes))


def _opened(
    sealing: Sealing | None, user_id: str, properties: Mapping[str, Any] | None
) -> tuple[Mapping[str, Any] | None, list[Link]]:
    """Return properties and links as they would be if nothing were sealed. Raises ProfileSealed."""
    if properties is None or "sealed" not in properties:
        return properties, []
    said = said_of(sealing, user_id, properties["sealed"])
    in_the_clear = {
        "allergiesDeclaredAt": said["declaredAt"],
        "regulation": said["regulation"],
        "unresolved": said["unresolved"],
        "maxAbv": said["maxAbv"],
        "maxCaffeineMgPer100ml": said["maxCaffeine"],
    }
    mark = properties.get("fingerprint")
    if mark:
        in_the_clear["fingerprint"] = opened_text(sealing, user_id, FINGERPRINT, mark)
    stays = {name: value for name, value in properties.items() if name != "sealed"}
    stays |= {name: value for name, value in in_the_clear.items() if value is not None}
    return stays, [
        Link(type_, True, (label,), one["id"], None, _of_link(one))
        for part, (type_, label) in _DECLARED.items()
        for one in said[part]
    ]


def _of_link(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "id" and value is not None}


def _link(row: Row, sealing: Sealing | None, user_id: str) -> Link:
    properties = row["properties"]
    if not row["outgoing"] and (undo := properties.get("undo")):
        properties = {**properties, "undo": opened_text(sealing, user_id, UNDO, undo)}
    return Link(
        row["type"],
        row["outgoing"],
        tuple(row["labels"]),
        row["otherId"],
        row["otherName"],
        properties,
    )


async def erase(graph: Graph, user_id: str, clock: Clock = utc_now) -> Erased:
    """Remove a person and everything about them, and record the erasure.

    Everybody merged into them goes too; of a merged person, also what joined the other. Others are
    told whom to erase, in the same transaction.
    The record comes first, so that what a server still has to write about them is not written. It
    holds a hash of the id and the time. Changes that they made to the catalogue stay: the history
    of what is safe must say who vouched for it.
    """
    until = milliseconds(clock() + timedelta(seconds=GRACE_SECONDS))
    people = await people_of(graph, user_id)
    await _record_erasures(graph, people, until)
    _destroy_keys(graph, people)
    gone, joined, removed, _, _, _, changes = await graph.run_together(
        [*_erasing(user_id), (CHANGES_BY_PERSON, {"userId": user_id})],
        deadline=WHOLE_PERSON_SECONDS,
    )
    late = {row["id"] for row in gone} - set(people)
    await _record_erasures(graph, sorted(late), until)
    # again, for what was sealed for them while they were deleted
    _destroy_keys(graph, [*people, *late])
    return Erased(
        known=bool(removed),
        relationships=joined[0]["erased"] + sum(row["relationships"] for row in removed),
        changes_kept=len(changes),
        until=until,
        people=(*people, *sorted(late)),
    )


def _destroy_keys(graph: Graph, people: Sequence[str]) -> None:
    """Make all that was ever sealed of people unreadable, in every copy of the graph."""
    if graph.sealing:
        graph.sealing.destroy(people)


async def _record_erasures(graph: Graph, people: Sequence[str], until: int) -> None:
    for person in people:
        await graph.run(RECORD_ERASURE, erasureId=erasure_id(person), at=until)


def _erasing(user_id: str) -> list[tuple[Query, Any]]:
    """Return the steps that erase somebody and everybody merged into them by then."""

    def people(results: Sequence[Sequence[Row]]) -> Mapping[str, Any]:
        return {"ids": [row["id"] for row in results[0]]}

    def told(results: Sequence[Sequence[Row]]) -> list[OutboxEntry]:
        return [person_erased(row["id"]) for row in results[0]]

    return [
        (PEOPLE_OF_PERSON, {"userId": user_id}),
        (ERASE_JOINED, people),
        (ERASE_PEOPLE, people),
        (ERASE_WAITING_EVENTS, people),
        (ERASE_OUTGOING_EVENTS, people),
        telling(told),
    ]


def erasure_id(user_id: str) -> str:
    """Return the hash of a person's id for the record of erasures."""
    return hashlib.sha256(f"erased {user_id}".encode()).hexdigest()


async def erasures(graph: Graph, since: int) -> Sequence[tuple[str, int]]:
    """Return the erasures since a moment (epoch ms): the hash of an id, and until when it holds."""
    rows = await graph.run(ERASURES_SINCE, since=since)
    return [(row["id"], row["at"]) for row in rows]


async def erasures_of(graph: Graph, hashes: Sequence[str]) -> dict[str, int]:
    """Return until when (epoch ms) an erasure holds, of those of these people who were erased."""
    rows = await graph.run(ERASURES_OF, ids=list(hashes))
    return {row["id"]: row["at"] for row in rows}


async def not_remembered(graph: Graph, people: Sequence[str]) -> dict[str, int | None]:
    """Return who of these people refused to be remembered (None) or was erased, and until when.

    What was noted until that moment (epoch ms) is not to be written; of who refused, nothing is.
    """
    rows = [{"userId": person, "erasureId": erasure_id(person)} for person in people]
    found = await graph.run(NOT_REMEMBERED, rows=rows) if rows else []
    return {row["userId"]: row["at"] for row in found}


def may_be_kept(user_id: str, at: int, unwanted: Mapping[str, int | None]) -> bool:
    """Return whether what was noted of somebody at a moment stays; see `not_remembered`."""
    if user_id not in unwanted:
        return True
    until = unwanted[user_id]
    return until is not None and at > until


async def erase_again(graph: Graph, erased: Sequence[tuple[str, int]]) -> int:
    """Erase the people erased elsewhere, given by `erasures`; return how many were still here.

    Their erasure is recorded here too.
    """
    until = dict(erased)
    for each, at in erased:
        await graph.run(RECORD_ERASURE, erasureId=each, at=at)
    rows = await graph.run(PEOPLE, deadline=LONG_SECONDS) if erased else []
    still = [row["id"] for row in rows if erasure_id(row["id"]) in until]
    for user_id in still:
        await graph.run_together(_erasing(user_id), deadline=WHOLE_PERSON_SECONDS)
    return len(still)


async def forget_erasures(graph: Graph, before: int) -> None:
    """Remove the records of erasures before a moment (epoch ms)."""
    await graph.run(FORGET_ERASURES, before=before)
