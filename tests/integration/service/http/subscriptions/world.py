"""Changes in the graph that alerts tell of, and waiting for them."""

import asyncio
import time
from collections.abc import Callable

from graph.connection import Graph
from service.http.service import Service
from tests.support.emptying import ask

Token = Callable[..., str]


def now() -> int:
    return int(time.time() * 1000)


async def add_milk(graph: Graph, drink: str = "chai") -> None:
    """Change a recipe as another process does, with the version."""
    await ask(
        graph,
        "MATCH (c:Catalogue) SET c.version = c.version + 1 WITH c "
        "MATCH (drink:Drink {id: $drink}) SET drink.changedAt = c.version WITH drink "
        "MATCH (dairy:Ingredient {id: 'dairy'}) CREATE (drink)-[:CONTAINS]->(dairy) "
        "RETURN 1 AS one",
        drink=drink,
    )


async def seen_as_safe(service: Service, user: str, drink: str) -> None:
    """Wait until the watch has seen that a drink is safe again."""
    person = service.dependencies.alerts._people[user]
    until = time.monotonic() + 30
    while drink not in person.safe:
        assert time.monotonic() < until
        await asyncio.sleep(0.05)
