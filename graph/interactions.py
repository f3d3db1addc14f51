"""Writing what people did with drinks; an event that is there already changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.query import Query, load

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


def writing_steps(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Query, dict[str, Any]]]:
    """Return the steps that add events.

    A row has userId, drinkId, eventId, type, value, at (epoch milliseconds) and context.
    """
    by_query: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_query.setdefault(QUERY_OF_TYPE[row["type"]].name, []).append(row)
    queries = {query.name: query for query in QUERY_OF_TYPE.values()}
    return [(queries[name], {"rows": list(batch)}) for name, batch in by_query.items()]
