"""Writing what people did with drinks, once each, however often or concurrently it is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graph.catalogue.aliases import MERGED_DRINKS_OF, Aliases
from graph.connection import Graph, Row
from graph.errors import GraphError
from graph.event_offsets import MOVE_EVENT_OFFSET, OffsetMoved
from graph.outbox.entries import OutboxEntry, interaction_recorded, telling
from graph.outbox.wanted import FreshlyWanted
from graph.people.event_rows import Event, EventKey, by_person, firsts, joined, key_of, placed
from graph.people.late_events import follow_merges
from graph.query import Query
from graph.query_files import load
from graph.vocabulary import EventType

ADD_USERS = load("people/add_users")
MERGED_PEOPLE = load("people/merged_people")
KNOWN_EVENTS = load("people/known_events")
ADD_PURCHASES = load("people/add_purchases")
ADD_RATINGS = load("people/add_ratings")
ADD_SAVES = load("people/add_saves")
ADD_VIEWS = load("people/add_views")
WITHDRAW_PURCHASES = load("people/withdraw_purchases")
UNCOUNT_PURCHASES = load("people/uncount_purchases")
ERASURES_OF = load("privacy/erasures_of")

QUERY_OF_TYPE: Mapping[EventType, Query] = {
    EventType.PURCHASE: ADD_PURCHASES,
    EventType.RATING: ADD_RATINGS,
    EventType.LIKE: ADD_RATINGS,
    EventType.DISLIKE: ADD_RATINGS,
    EventType.SAVE: ADD_SAVES,
    EventType.VIEW: ADD_VIEWS,
    EventType.CLICK: ADD_VIEWS,
    EventType.CART: ADD_VIEWS,
}
_ADDING = (ADD_PURCHASES, ADD_RATINGS, ADD_SAVES, ADD_VIEWS)
# steps of a batch before those that add
_READ = 4

log = logging.getLogger("tastegraph.events")


class EventsClash(Exception):
    """Ids of events were used for something else: nothing was written."""

    def __init__(self, keys: frozenset[EventKey]) -> None:
        super().__init__(f"{len(keys)} ids of events were used for something else")
        self.keys = keys


class PeopleErased(Exception):
    """People were erased while what they did was on its way: nothing was written."""


@dataclass(frozen=True)
class OffsetStep:
    """How far events bring a partition of their log; `id` is of both, `start` is expected there."""

    id: str
    start: int
    end: int


@dataclass(frozen=True)
class Added:
    """How many events were new, and the person and event ids of the others.

    `repeated` were already there, `clashing` ids were used for another drink or type.
    """

    new: int
    repeated: frozenset[EventKey]
    clashing: frozenset[EventKey]


async def add_events(
    graph: Graph,
    events: Sequence[Event],
    *,
    simulated: bool = False,
    ground: str | None = None,
    deadline: float | None = None,
    noted: Mapping[str, int] | None = None,
    step: OffsetStep | None = None,
) -> Added:
    """Add the events that the graph does not have; people that only they name are created.

    An event has userId, drinkId, eventId, type, value, at (epoch milliseconds) and context; no two
    have the same person and id. What exists is read in the transaction that writes, after
    the people are locked: sent by many at once, an event counts once. What names a drink or a
    person that was merged is about the one it was merged into, also if that changes meanwhile.
    Raises a GraphError.

    `ground` is on what an operator brings these people; None for those who come by themselves.
    `noted` is when each person's earliest event came, in epoch milliseconds, by the hash of their
    id: if one was erased since, PeopleErased is raised. With a step, the same transaction moves the
    offset of the partition that they come from, so that each is written once whatever ends in
    between; raises OffsetMoved or EventsClash.
    """
    batch = _Batch(events, simulated, ground, noted, step)
    results = await graph.run_together(batch.steps(), deadline=deadline, accept=batch.accept)
    added = batch.added(results)
    if added.new:
        await _follow_merges(graph, batch.drinks, results)
    return added


async def _follow_merges(graph: Graph, drinks: Sequence[str], results: Sequence[list[Row]]) -> None:
    """Move what has just been written if its drinks were merged meanwhile.

    It is written, so that a failure is not the sender's: whoever consumes the log looks again.
    """
    try:
        await follow_merges(graph, drinks, Aliases.of(results[3]), results[0][0]["version"])
    except GraphError as error:
        log.warning("drinks may have been merged while events were written: %s", error)


@dataclass(frozen=True)
class _Batch:
    """Events on their way into the graph; each step is made from what those before it have read.

    `results` are rows by step, in the order of `steps`.
    """

    events: Sequence[Event]
    simulated: bool
    ground: str | None
    noted: Mapping[str, int] | None
    step: OffsetStep | None
    wanted: FreshlyWanted = field(default_factory=FreshlyWanted)

    def steps(self) -> list[tuple[Query, Any]]:
        """Lock the people, read what there is, add what is new, then check."""
        ids = sorted({event["userId"] for event in self.events})
        people = {"ids": ids, "simulated": self.simulated, "ground": self.ground}
        return [
            (ADD_USERS, self.wanted.beginning(people)),
            (MERGED_PEOPLE, {"ids": ids}),
            (KNOWN_EVENTS, self._people),
            (MERGED_DRINKS_OF, {"ids": self.drinks}),
            *((query, partial(self._new_rows, query)) for query in self._adding),
            *self._checks(),
            *self._telling,
        ]

    @property
    def drinks(self) -> list[str]:
        """The drinks that the events name."""
        return sorted({event["drinkId"] for event in self.events})

    def accept(self, results: Sequence[list[Row]]) -> None:
        """Raise PeopleErased, OffsetMoved or EventsClash if nothing may be written."""
        checks = results[_READ + len(self._adding) :][: len(self._checks())]
        if self.noted and any(row["at"] >= self.noted[row["id"]] for row in checks[0]):
            raise PeopleErased
        if self.step:
            _check(self.step, self.added(results), checks[-1][0]["was"])

    def added(self, results: Sequence[list[Row]]) -> Added:
        """Return what became of the events."""
        events = placed(self._joined(results), Aliases.of(results[3]))
        new = sum(rows[0]["added"] for rows in results[_READ : _READ + len(self._adding)])
        return _added(list(zip(self.events, events, strict=True)), results[2], new)

    @property
    def _adding(self) -> list[Query]:
        wanted = {QUERY_OF_TYPE[event["type"]].name for event in self.events}
        return [query for query in _ADDING if query.name in wanted]

    @property
    def _telling(self) -> list[tuple[Query, Any]]:
        # last: nothing but the commit may lie between what sinks want and the end
        return [] if self.simulated else [telling(self._told, wanted=self.wanted)]

    def _told(self, results: Sequence[list[Row]]) -> Iterable[OutboxEntry]:
        return map(interaction_recorded, self._new(results))

    def _joined(self, results: Sequence[list[Row]]) -> list[Event]:
        return joined(self.events, Aliases.of(results[1]))

    def _people(self, results: Sequence[list[Row]]) -> Mapping[str, Any]:
        return {"people": by_person(self._joined(results))}

    def _new(self, results: Sequence[list[Row]]) -> list[Event]:
        known = {(row["userId"], row["eventId"]) for row in results[2]}
        new = [event for event in firsts(self._joined(results)) if key_of(event) not in known]
        return placed(new, Aliases.of(results[3]))

    def _new_rows(self, query: Query, results: Sequence[list[Row]]) -> Mapping[str, Any]:
        rows = [event for event in self._new(results) if QUERY_OF_TYPE[event["type"]] is query]
        return {"rows": rows}

    def _checks(self) -> list[tuple[Query, Any]]:
        """The last steps: who was erased is read once the people are locked."""
        checks: list[tuple[Query, Any]] = []
        if self.noted:
            checks.append((ERASURES_OF, {"ids": sorted(self.noted)}))
        if self.step:
            checks.append((MOVE_EVENT_OFFSET, {"id": self.step.id, "next": self.step.end}))
        return checks


def _check(step: OffsetStep, added: Added, was: int) -> None:
    if was != step.start:
        raise OffsetMoved(f"{step.id} is at {was}, not at {step.start}")
    if added.clashing:
        raise EventsClash(added.clashing)


async def withdraw_purchases(graph: Graph, purchases: Sequence[Mapping[str, str]]) -> None:
    """Remove purchases, each with drinkId and eventId, that were no orders. Raises a GraphError."""
    if purchases:
        rows = {"rows": list(purchases)}
        await graph.run_together([(WITHDRAW_PURCHASES, rows), (UNCOUNT_PURCHASES, rows)])


async def add_people(graph: Graph, ids: Sequence[str]) -> None:
    """Create people that the graph does not have, with nothing declared. Raises a GraphError."""
    await graph.run(ADD_USERS, ids=list(ids), simulated=False, ground=None)


def _added(sent: Sequence[tuple[Event, Event]], rows: Sequence[Row], new: int) -> Added:
    """Return what became of the events, as sent and as placed."""
    known: dict[EventKey, set[tuple[str, str]]] = {}
    for row in rows:
        known.setdefault((row["userId"], row["eventId"]), set()).add((row["drinkId"], row["type"]))
    same: set[EventKey] = set()
    clashing: set[EventKey] = set()
    for own, event in sent:
        there = known.get(key_of(event))
        if there is None:
            known[key_of(event)] = {(event["drinkId"], event["type"])}
        elif (event["drinkId"], event["type"]) in there:
            same.add(key_of(own))
        else:
            clashing.add(key_of(own))
    return Added(new, frozenset(same), frozenset(clashing))
