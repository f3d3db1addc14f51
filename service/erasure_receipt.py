"""What an erasure did, store by store, and the search for what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from events.embedded_log import FILE, EmbeddedLog
from graph.connection import Graph
from graph.people.privacy import Erased, personal_record
from service.settings import Settings


def erased_stores(settings: Settings, done: Erased, left: Sequence[str]) -> list[dict[str, Any]]:
    """Return each store with what became of the person there; `left` are those of a search."""
    stores = [
        ("graph", "node, relationships and what others were still to be told: deleted"),
        ("receivers", "told to erase them too (person.erased), where they are told of people"),
        ("log", "events, lists shown and dead letters: overwritten"),
        ("memory of servers", "dropped by each running server within a second"),
        ("windows", "dropped by each running server within a second; counts name nobody"),
        ("models", "hold nothing of anybody; left out of the next training"),
        ("warehouse", "removed by the next sync, without being told who it is"),
        *_keys(settings),
        ("backups", "erased again when one is restored; delete old ones"),
        ("record of acts", "what was done to them stays, under a pseudonym and without values"),
    ]
    if settings.kafka:
        stores.append(("Kafka", "see 'kafka'"))
    if done.changes_kept:
        stores.append(("history of the catalogue", "changes that they made as operator stay"))
    return [{"store": store, "what": what, "found": store in left} for store, what in stores]


def _keys(settings: Settings) -> list[tuple[str, str]]:
    """Return what became of what opens the profile, where profiles are sealed."""
    if not settings.people_keys.exists():
        return []
    return [("keys of people", "destroyed: no copy of the graph says what they declared")]


async def left_of(settings: Settings, graph: Graph, people: Sequence[str]) -> list[str]:
    """Return the stores in which a search still finds any of these people. Raises a GraphError."""
    records = [await personal_record(graph, person) for person in people]
    left = ["graph"] if any(each.properties or each.links for each in records) else []
    if (settings.events / FILE).exists():
        with EmbeddedLog(settings.events) as log:
            left += ["log"] if await log.of_people(people) else []
    return left
