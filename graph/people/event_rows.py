"""Events as rows: by whom, with which key, and about what, once people and drinks were merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.catalogue.aliases import Aliases

Event = Mapping[str, Any]
EventKey = tuple[str, str]


def joined(events: Sequence[Event], aliases: Aliases) -> list[Event]:
    """Return the events, each moved to the person that its own was merged into."""
    if not aliases.into:
        return list(events)
    return [
        {**event, "userId": aliases.now(event["userId"]), "joinedFrom": came}
        if (came := aliases.way(event["userId"]))
        else event
        for event in events
    ]


def firsts(events: Sequence[Event]) -> list[Event]:
    """Return the first event of each key."""
    first_of: dict[EventKey, Event] = {}
    for event in events:
        first_of.setdefault(key_of(event), event)
    return list(first_of.values())


def placed(events: Sequence[Event], aliases: Aliases) -> list[Event]:
    """Return the events, each moved to the drink that its own was merged into."""
    if not aliases.into:
        return list(events)
    return [
        {**event, "drinkId": aliases.now(event["drinkId"]), "mergedFrom": came}
        if (came := aliases.way(event["drinkId"]))
        else event
        for event in events
    ]


def key_of(event: Event) -> EventKey:
    """The key of an event: its person and id."""
    return event["userId"], event["eventId"]


def by_person(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return each person with the ids of their events, as a map: a list would be searched."""
    people: dict[str, dict[str, bool]] = {}
    for event in events:
        people.setdefault(event["userId"], {})[event["eventId"]] = True
    return [{"id": user, "events": people[user]} for user in sorted(people)]
