"""Changes in the graph that subscribers hear of, and waiting for them."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from graph.connection import Graph
from service.http.service import Service
from tests.support.emptying import ask
from tests.support.sockets import Client

Token = Callable[..., str]

FOLLOW = """subscription($first: Int! = 10, $filter: DrinkFilter) {
  change: recommendationsChanged(first: $first, filter: $filter) { __typename
    ... on Recommendations { modelVersion items { drink { id } reasons { sentence } } }
    ... on InvalidInput { argument } ... on Failure { message advice } } }"""


def now() -> int:
    return int(time.time() * 1000)


async def add_milk(graph: Graph, drink: str = "chai", *, version: bool = True) -> None:
    """Change a recipe as another process does, with the version or, wrongly, without."""
    await ask(
        graph,
        "MATCH (c:Catalogue) SET c.version = c.version + $step WITH c "
        "MATCH (drink:Drink {id: $drink}) SET drink.changedAt = c.version WITH drink "
        "MATCH (dairy:Ingredient {id: 'dairy'}) CREATE (drink)-[:CONTAINS]->(dairy) "
        "RETURN 1 AS one",
        drink=drink,
        step=int(version),
    )


async def seen_as_safe(service: Service, user: str, drink: str) -> None:
    """Wait until the watch has seen that a drink is safe again."""
    person = service.dependencies.alerts._people[user]
    until = time.monotonic() + 30
    while drink not in person.safe:
        assert time.monotonic() < until
        await asyncio.sleep(0.05)


async def follow(client: Client, token: str, **variables: object) -> list[str]:
    await client.sign_in(token)
    await client.subscribe("1", FOLLOW, **variables)
    return await drinks(client)


async def change(client: Client, seconds: float = 30) -> Mapping[str, Any]:
    message = await client.receive(seconds)
    assert (message["type"], message["id"]) == ("next", "1"), message
    assert "errors" not in message["payload"], message
    return message["payload"]["data"]["change"]


async def drinks(client: Client) -> list[str]:
    list_ = await change(client)
    assert list_["__typename"] == "Recommendations", list_
    return [item["drink"]["id"] for item in list_["items"]]
