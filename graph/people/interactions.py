"""Writing what people did with drinks, once each, however often and at once it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.catalogue.aliases import MERGED_DRINKS, Aliases
from graph.connection import Graph, Row
from graph.query import Query, load

ADD_USERS = load("people/add_users")
KNOWN_EVENTS = load("people/known_events")
ADD_PURCHASES = load("people/add_purchases")
ADD_RATINGS = load("people/add_ratings")
ADD_SAVES = load("people/add_saves")
ADD_VIEWS = load("people/add_views")

QUERY_OF_TYPE: Mapping[str, Query] = {
    "purchase": ADD_PURCHASES,
    "rating": ADD_RATINGS,
    "like": ADD_RATINGS,
    "dislike": ADD_RATINGS,
    "save": ADD_SAVES,
    "view": ADD_VIEWS,
}
_ADDING = (ADD_PURCHASES, ADD_RATINGS, ADD_SAVES, ADD_VIEWS)

Event = Mapping[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class Added:
    """How many events were new; of the others, the person's id and the event's.

    `repeated` were there already, `clashing` ids were used for another drink or type.
    """

    new: int
    repeated: frozenset[Key]
    clashing: frozenset[Key]


async def add_events(
    graph: Graph, events: Sequence[Event], *, simulated: bool = False, deadline: float | None = None
) -> Added:
    """Add the events that the graph does not have; people whom only they name are made.

    An event has userId, drinkId, eventId, type, value, at (epoch milliseconds) and context; no two
    have the same person and id. What is there is asked for in the transaction that writes, after
    the people are locked: sent at once by many, an event counts once. What names a drink that was
    merged is about the drink it was merged into. Raises a GraphError.
    """
    people = _people(events)

    def rows_for(query: Query) -> Any:
        def values(found: Sequence[list[Row]]) -> Mapping[str, Any]:
            known = {(row["userId"], row["eventId"]) for row in found[1]}
            new = [one for one in events if key_of(one) not in known]
            rows = [one for one in new if QUERY_OF_TYPE[one["type"]] is query]
            return {"rows": _placed(rows, Aliases.of(found[2]))}

        return values

    wanted = {QUERY_OF_TYPE[one["type"]].name for one in events}
    found = await graph.run_together(
        [
            (ADD_USERS, {"ids": [one["id"] for one in people], "simulated": simulated}),
            (KNOWN_EVENTS, {"people": people}),
            (MERGED_DRINKS, {}),
            *[(query, rows_for(query)) for query in _ADDING if query.name in wanted],
        ],
        deadline=deadline,
    )
    placed = _placed(events, Aliases.of(found[2]))
    return _added(placed, found[1], sum(rows[0]["added"] for rows in found[3:]))


def _placed(events: Sequence[Event], aliases: Aliases) -> list[Event]:
    """Return the events, each about the drink that its own drink was merged into."""
    if not aliases.into:
        return list(events)
    return [
        {**one, "drinkId": aliases.now(one["drinkId"]), "mergedFrom": came}
        if (came := aliases.way(one["drinkId"]))
        else one
        for one in events
    ]


def key_of(event: Event) -> Key:
    """Return what an event is known by: the person and its id."""
    return event["userId"], event["eventId"]


def _people(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return each person with the ids of their events: a map, for a list would be searched."""
    people: dict[str, dict[str, bool]] = {}
    for one in events:
        people.setdefault(one["userId"], {})[one["eventId"]] = True
    return [{"id": user, "events": people[user]} for user in sorted(people)]


def _added(events: Sequence[Event], rows: Sequence[Row], new: int) -> Added:
    known: dict[Key, set[tuple[str, str]]] = {}
    for row in rows:
        found = known.setdefault((row["userId"], row["eventId"]), set())
        found.add((row["drinkId"], row["type"]))
    there = [one for one in events if key_of(one) in known]
    same = {key_of(one) for one in there if (one["drinkId"], one["type"]) in known[key_of(one)]}
    return Added(new, frozenset(same), frozenset(key_of(one) for one in there) - same)
