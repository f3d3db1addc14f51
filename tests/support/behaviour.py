"""Everything that people did, as the graph has it, and one hash of all of it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from graph.connection import Graph
from tests.support.emptying import inline

LONG_SECONDS = 600.0
_ALL = """
MATCH (user:User)-[event:PURCHASED|RATED|VIEWED|SAVED]->(drink:Drink)
RETURN user.id AS user, type(event) AS type, drink.id AS drink, properties(event) AS said
"""
_COUNT = (
    "MATCH (:User)-[event:PURCHASED|RATED|VIEWED|SAVED]->(:Drink) RETURN count(event) AS events"
)


async def behaviour(graph: Graph) -> list[str]:
    """Each relationship with all its properties, sorted."""
    return sorted(json.dumps(row, sort_keys=True) for row in await _rows(graph))


async def behaviour_hash(graph: Graph) -> str:
    return hashlib.sha256("\n".join(await behaviour(graph)).encode()).hexdigest()


async def event_ids(graph: Graph) -> list[str]:
    """The id of every relationship with its person, sorted: a repeated one is there twice."""
    return sorted(f"{row['user']} {row['said']['eventId']}" for row in await _rows(graph))


async def event_count(graph: Graph) -> int:
    """How many relationships there are: quickly, to watch them grow."""
    [row] = await graph.run(inline(_COUNT, "read"), deadline=LONG_SECONDS)
    return int(row["events"])


async def _rows(graph: Graph) -> list[dict[str, Any]]:
    return await graph.run(inline(_ALL, "read"), deadline=LONG_SECONDS)
