"""What people did, as rows: from the log, and from the graph what the log does not have."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from events.consumed import consumed_records, offset_name
from events.dead_letters import DeadLetters
from events.log import Log, Record, hash_of
from events.validation import BehaviourEvent, logged_event
from graph.analytics.warehouse_rows import behaviour_of
from graph.connection import Graph
from graph.experiments.list_ids import origin_of
from graph.people.event_counts import apart
from graph.rows import parts
from warehouse.names import Names
from warehouse.people import People

TOGETHER = 20_000
PEOPLE_TOGETHER = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CONTEXT = ("store", "channel", "device", "place", "weather", "occasion", "daypart", "season")
# Named impressions would show what somebody is never offered, and so what they must not have.
IMPRESSION = "impression"

Row = dict[str, Any]


@dataclass(frozen=True)
class Describer:
    """Makes rows of events; people are in them by `names` only `with_people`."""

    names: Names
    people: People
    with_people: bool

    def logged(self, record: Record, event: BehaviourEvent) -> Row:
        """Return the row of an event of the log."""
        said = event.said
        price: Mapping[str, Any] = said.get("price", {})
        row: Row = {
            "type": event.type,
            "drink": event.drink_id,
            "value": event.value,
            "price": price.get("amount"),
            "currency": price.get("currency"),
            "position": said.get("position"),
            **{name: said.get("context", {}).get(name) for name in CONTEXT},
        }
        known = record.person_hash if event.user_id is not None else None
        row |= _origin(said.get("recommendationId"))
        return self._placed(row, record.person_hash, event.event_id, event.at, known)

    def kept(self, found: Mapping[str, Any]) -> Row:
        """Return the row of what the graph keeps of an event."""
        said = found["said"]
        person = hash_of(found["userId"])
        row: Row = {
            "type": found["type"],
            "drink": found["drinkId"],
            "value": found["value"],
            "price": said.get("price"),
            "currency": said.get("currency"),
            **{name: said.get(f"context_{name}") for name in CONTEXT},
            **_origin(said.get("recommendationId")),
        }
        return self._placed(row, person, found["eventId"], found["at"] or 0, person)

    def _placed(self, row: Row, person: bytes, event_id: str, at: int, known: bytes | None) -> Row:
        """Add its name, its time (to the hour where nobody is named) and who it was, if wanted."""
        moment = EPOCH + timedelta(milliseconds=at)
        named = self.with_people and known in self.people.named
        row["event"] = self.names.event(person, event_id)
        row["day"] = moment.date()
        row["at"] = moment if named else moment.replace(minute=0, second=0, microsecond=0)
        row["known"] = known is not None
        row["simulated"] = person in self.people.simulated
        if self.with_people:
            row["person"] = self.names.person(person) if named else None
            row["arms"] = self.people.arms_at(person, at) if named else None
        return row


def _origin(list_: str | None) -> Row:
    """Return what listed the drink and which model ranked it; nothing where no list did."""
    return {} if list_ is None else dict(origin_of(list_)._asdict())


@dataclass(frozen=True)
class Logged:
    """Rows of a partition, up to an offset."""

    source: str
    position: int
    rows: list[Row]


async def logged_events(
    graph: Graph,
    log: Log,
    letters: DeadLetters,
    describe: Describer,
    start: Mapping[str, int],
) -> AsyncGenerator[Logged]:
    """Yield what the log has from these offsets on and the graph has read; not the dead letters.

    Raises a GraphError or LogUnavailable.
    """
    offsets = {part: start[offset_name(log, part)] for part in range(log.partitions)}
    async for consumed in consumed_records(graph, log, letters, offsets, TOGETHER):
        rows = _rows(consumed.records, describe)
        yield Logged(offset_name(log, consumed.partition), consumed.end, rows)


def _rows(records: list[Record], describe: Describer) -> list[Row]:
    events = [(record, logged_event(record.body, record.received)) for record in records]
    return [
        describe.logged(record, event)
        for record, event in events
        if isinstance(event, BehaviourEvent)
        and not (describe.with_people and event.type == IMPRESSION)
    ]


async def kept_events(graph: Graph, describe: Describer) -> AsyncGenerator[list[Row]]:
    """Yield all that the graph keeps of what people did. Raises a GraphError."""
    rows: list[Row] = []
    for ids in parts(describe.people.ids, PEOPLE_TOGETHER):
        found = await behaviour_of(graph, ids)
        rows += [describe.kept(event) for each in found for event in apart(each)]
        if len(rows) >= TOGETHER:
            yield rows
            rows = []
    yield rows
