"""Entries of the outbox: what has happened, written in the transaction in which it happens.

An event names nobody's allergy, and nothing from which one follows: `allergies.changed` says only
that somebody declared something, `drink.unsafe` counts people in fives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from graph.clock import Clock, milliseconds, rfc3339, utc_now
from graph.connection import Row
from graph.crowds import SMALLEST_GROUP
from graph.outbox.wanted import Wanted
from graph.query import Query
from graph.query_files import load

ADD_EVENTS = load("outbox/add_events")


class OutgoingType(StrEnum):
    """What others can be told of."""

    INTERACTION_RECORDED = "interaction.recorded"
    LIST_SHOWN = "list.shown"
    ALLERGIES_CHANGED = "allergies.changed"
    DRINK_UNSAFE = "drink.unsafe"
    RECALL_APPLIED = "recall.applied"
    MODEL_ACTIVATED = "model.activated"
    EXPERIMENT_DECIDED = "experiment.decided"
    TRIGGER_FIRED = "trigger.fired"
    PERSON_ERASED = "person.erased"


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One thing that happened to a subject; events of a subject stay in order.

    `person` is whom it is about, if anybody. Without a `sequence`, the order is that of the
    person's version.
    """

    type: OutgoingType
    subject: str
    data: Mapping[str, Any]
    person: str | None = None
    sequence: int | None = None


Entries = Callable[[Sequence[list[Row]]], Iterable[OutboxEntry]]


def telling(
    entries: Iterable[OutboxEntry] | Entries, clock: Clock = utc_now, wanted: Wanted | None = None
) -> tuple[Query, Any]:
    """Return the step that writes entries, within the transaction of what they tell.

    They may be made from the rows of the steps before it. With nothing to write, also since no
    sink wants it, the step is left out.
    """

    def rows(results: Sequence[list[Row]]) -> Mapping[str, Any] | None:
        types = wanted(results) if wanted else None
        if types is not None and not types:
            return None
        made = entries(results) if callable(entries) else entries
        at = milliseconds(clock())
        written = [
            _row(entry, number, at)
            for number, entry in enumerate(made)
            if types is None or entry.type in types
        ]
        return {"rows": written} if written else None

    return ADD_EVENTS, rows


def _row(entry: OutboxEntry, number: int, at: int) -> dict[str, Any]:
    return {
        "id": uuid4().hex,
        "type": str(entry.type),
        "at": at,
        "subject": entry.subject,
        "person": entry.person,
        "sequence": entry.sequence,
        "number": number,
        "data": json.dumps(entry.data, ensure_ascii=False),
    }


def interaction_recorded(event: Mapping[str, Any]) -> OutboxEntry:
    """Return that a person did something with a drink: a row of `add_events`."""
    person = event["userId"]
    said = {"eventId": event["eventId"], "drinkId": event["drinkId"], "kind": str(event["type"])}
    value = {} if event["value"] is None else {"value": event["value"]}
    at = {} if event["at"] is None else {"at": rfc3339(event["at"])}
    data = {**said, **value, **at}
    return OutboxEntry(OutgoingType.INTERACTION_RECORDED, f"person/{person}", data, person)


def list_shown(person: str, drink_ids: Sequence[str], at: int) -> OutboxEntry:
    """Return that drinks were offered to a person, at a moment (epoch ms)."""
    data = {"drinkIds": list(drink_ids), "at": rfc3339(at)}
    return OutboxEntry(OutgoingType.LIST_SHOWN, f"list/{person}", data, person, sequence=at)


def allergies_changed(person: str) -> OutboxEntry:
    """Return that a person declared their allergies, be it none."""
    return OutboxEntry(OutgoingType.ALLERGIES_CHANGED, f"person/{person}", {}, person)


def drink_unsafe(drink_id: str, people: int, version: int) -> OutboxEntry | None:
    """Return that a drink became unsafe for people who had it; None for fewer than five of them.

    Their number is rounded down to a multiple of five.
    """
    at_least = people // SMALLEST_GROUP * SMALLEST_GROUP
    if not at_least:
        return None
    data = {"drinkId": drink_id, "peopleAtLeast": at_least, "catalogueVersion": version}
    return OutboxEntry(OutgoingType.DRINK_UNSAFE, f"drink/{drink_id}", data, sequence=version)


def model_activated(version: str, at: int) -> OutboxEntry:
    """Return that a model ranks from now on."""
    data = {"modelVersion": version}
    return OutboxEntry(OutgoingType.MODEL_ACTIVATED, "model", data, sequence=at)


def experiment_decided(experiment: str, arm: str) -> OutboxEntry:
    """Return that an experiment was decided for one of its arms, as it is once."""
    data = {"experimentId": experiment, "arm": arm}
    subject = f"experiment/{experiment}"
    return OutboxEntry(OutgoingType.EXPERIMENT_DECIDED, subject, data, sequence=1)


def trigger_fired(person: str, trigger_id: str, at: int) -> OutboxEntry:
    """Return that a trigger was fired for a person; what it offers them is not told."""
    data = {"triggerId": trigger_id, "at": rfc3339(at)}
    return OutboxEntry(OutgoingType.TRIGGER_FIRED, f"trigger/{person}", data, person, sequence=at)


def person_erased(person: str) -> OutboxEntry:
    """Return that a person was erased; whatever waited about them has gone before."""
    return OutboxEntry(OutgoingType.PERSON_ERASED, f"person/{person}", {}, person, sequence=0)
