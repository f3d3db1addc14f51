"""From records of the log to the graph: what is sound is written once, what is not has a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from events.consumed import is_erased
from events.impressions import is_impression
from events.log import Record, hash_of
from events.validation import BehaviourEvent, logged_event
from graph.catalogue.entities import existing_drinks
from graph.connection import Graph
from graph.errors import GraphRefused
from graph.people.event_rules import Fault
from graph.people.interactions import EventKey, EventsClash, OffsetStep, add_events
from graph.people.privacy import erasures_of

CLASHES = "eventId was used for something else."


@dataclass(frozen=True, slots=True)
class Sound:
    """A record with the valid event in it."""

    record: Record
    event: BehaviourEvent

    @property
    def key(self) -> EventKey:
        """Its person and id."""
        return str(self.event.user_id), self.event.event_id


@dataclass(frozen=True)
class Sorted:
    """Records as they can be written, by person and id, and those that cannot, with reasons."""

    sound: Sequence[Sound]
    poison: Sequence[tuple[Record, str]]


@dataclass(frozen=True)
class Written:
    """How many events were new to the graph, how many known or clashing, and who did them."""

    new: int
    repeated: int
    clashing: int
    people: frozenset[str]


async def sort_records(graph: Graph, records: Sequence[Record]) -> Sorted:
    """Decode, validate and look up drinks; leave out people who were erased since.

    Impressions stay in the log alone. Sorted by person, so that no two writers lock the same people
    in a different order. Raises a GraphError.
    """
    behaviour = [record for record in records if not is_impression(record.body)]
    decoded = [(record, _decoded(record)) for record in behaviour]
    sound = [Sound(record, event) for record, event in decoded if isinstance(event, BehaviourEvent)]
    poison = [
        (record, f"{fault.field} {fault.reason}.")
        for record, fault in decoded
        if isinstance(fault, Fault)
    ]
    drinks = {each.event.drink_id for each in sound if each.event.drink_id is not None}
    known = await existing_drinks(graph, sorted(drinks)) if drinks else set[str]()
    unknown = drinks - known
    poison += [
        (each.record, f"There is no drink '{each.event.drink_id}'.")
        for each in sound
        if each.event.drink_id in unknown
    ]
    written = [each for each in sound if each.event.in_graph and each.event.drink_id not in unknown]
    written = await _not_erased(graph, written)
    written.sort(key=lambda each: (*each.key, each.record.offset))
    firsts: dict[tuple[str, str], Sound] = {}
    for each in written:
        if firsts.setdefault(each.key, each).event.meaning != each.event.meaning:
            poison.append((each.record, CLASHES))
    return Sorted(list(firsts.values()), poison)


async def _not_erased(graph: Graph, sound: list[Sound]) -> list[Sound]:
    people = {each.record.person_hash.hex() for each in sound}
    erased = await erasures_of(graph, sorted(people)) if people else {}
    return [each for each in sound if not is_erased(each.record, erased)]


def _decoded(record: Record) -> BehaviourEvent | Fault:
    event = logged_event(record.body, record.received)
    if isinstance(event, BehaviourEvent) and not _is_theirs(event, record):
        return Fault("userId", "is not whom the record is of")
    return event


def _is_theirs(event: BehaviourEvent, record: Record) -> bool:
    """Return whether a record is kept as what its person did: by that an erasure finds it."""
    return event.user_id is None or hash_of(event.user_id) == record.person_hash


async def write_sound(
    graph: Graph, sound: Sequence[Sound], deadline: float, step: OffsetStep | None = None
) -> Written:
    """Write events, and move the offset of their partition, in one transaction.

    Raises OffsetMoved, EventsClash, PeopleErased or a GraphError; then nothing was written.
    """
    added = await add_events(
        graph,
        [each.event.row() for each in sound],
        deadline=deadline,
        noted=_noted(sound),
        step=step,
    )
    people = frozenset(str(each.event.user_id) for each in sound)
    clashing = len(added.clashing)
    return Written(added.new, len(sound) - added.new - clashing, clashing, people)


def _noted(sound: Sequence[Sound]) -> dict[str, int]:
    """Return when the earliest event of each person came, by the hash of their id."""
    noted: dict[str, int] = {}
    for each in sound:
        person = each.record.person_hash.hex()
        noted[person] = min(noted.get(person, each.record.received), each.record.received)
    return noted


def poisoned(sound: Sequence[Sound], error: EventsClash | GraphRefused) -> list[tuple[Record, str]]:
    """Return the events that the graph does not take, with the reason."""
    if isinstance(error, EventsClash):
        return [(each.record, CLASHES) for each in sound if each.key in error.keys]
    return [(each.record, str(error)) for each in sound]
