"""Subscriptions while the graph is away, or a client does not read."""

import time
from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import ConnectionClosed

from graph.connection import Address, Graph, connect
from graph.schema import apply_schema
from service.assembly import run_service
from service.http.service import Service
from service.settings import Settings
from tests.integration.service.http.subscriptions.world import (
    Token,
    add_milk,
    change,
    drinks,
    follow,
    now,
)
from tests.support.alert_world import (
    declare_milk,
    give,
    write_alert_world,
)
from tests.support.emptying import ask, empty
from tests.support.proxy import Proxy, proxied
from tests.support.sockets import Client, listening


@pytest.fixture
async def line(address: Address) -> AsyncIterator[tuple[Proxy, Graph, Graph]]:
    """A line that can be cut, the graph behind it, and the graph itself."""
    async with (
        connect(address, deadline=30.0) as direct,
        proxied(address) as (proxy, near),
        connect(near, deadline=2.0) as graph,
    ):
        await apply_schema(direct)
        await empty(direct)
        await write_alert_world(direct)
        await declare_milk(direct, "ann")
        await give(direct, "ann", "chai", "PURCHASED", now())
        yield proxy, graph, direct


@pytest.mark.parametrize("frozen", [False, True], ids=["cut", "frozen"])
async def test_while_the_graph_is_away_this_is_told_and_then_the_watch_goes_on(
    line: tuple[Proxy, Graph, Graph], settings: Settings, token: Token, frozen: bool
) -> None:
    proxy, graph, direct = line
    async with (
        run_service(settings, graph, None) as service,
        listening(service) as place,
        Client(place) as ann,
        Client(place) as late,
    ):
        await ann.watching(token("ann"))
        (proxy.freeze if frozen else proxy.cut)()
        away = await ann.event()
        assert away["__typename"] == "GraphAway" and away["message"]
        await late.sign_in(token("ann"))
        await late.subscribe()
        assert (await late.event())["__typename"] == "GraphAway"
        await add_milk(direct)
        await ann.nothing(1.5)
        (proxy.thaw if frozen else proxy.mend)()
        for subscriber in (
            ann,
            late,
        ):  # one who came meanwhile is told all: nobody knows since when
            assert (await subscriber.event(seconds=30))["__typename"] == "WatchingAlerts"
            assert (await subscriber.event())["drink"]["id"] == "chai"
        await ann.nothing(0.1)


async def test_while_the_graph_is_away_there_is_no_list_and_then_the_one_of_then(
    line: tuple[Proxy, Graph, Graph], settings: Settings, token: Token
) -> None:
    proxy, graph, direct = line
    async with (
        run_service(settings, graph, None) as service,
        listening(service) as place,
        Client(place) as ann,
    ):
        assert await follow(ann, token("ann")) == ["chai", "black"]
        proxy.cut()
        assert (await change(ann))["__typename"] == "GraphAway"
        await add_milk(direct)
        await ann.nothing(1.5)
        proxy.mend()
        assert await drinks(ann) == ["black"]
        proxy.cut()
        assert (await change(ann))["__typename"] == "GraphAway"
        proxy.mend()
        assert await drinks(ann) == ["black"]  # the same, and said again: it had been withdrawn


async def test_a_client_that_does_not_read_holds_nothing_up(
    address_of: str, token: Token, graph: Graph, service: Service
) -> None:
    """Its alerts wait as one entry a drink, others get theirs, and the server ends in time."""
    for place in range(40):
        await ask(
            graph,
            "MATCH (tea:Ingredient {id: 'tea'}) CREATE (d:Drink {id: $id, name: $name, "
            "recipeComplete: true, changedAt: 1}) CREATE (d)-[:CONTAINS]->(tea) RETURN 1 AS one",
            id=f"d{place}",
            name="x" * 100_000,
        )
        await give(graph, "ann", f"d{place}", "SAVED", now())
    async with Client(address_of) as slow, Client(address_of) as ann:
        await slow.watching(token("ann"))
        slow.socket.transport.pause_reading()
        await ann.watching(token("ann"))
        await ask(
            graph,
            "MATCH (c:Catalogue) SET c.version = c.version + 1 WITH c "
            "MATCH (tea:Ingredient {id: 'tea'}) SET tea.reviewed = false, "
            "tea.changedAt = c.version RETURN 1 AS one",
        )
        got = {(await ann.event())["drink"]["id"] for _ in range(41)}
        assert len(got) == 41
        began = time.monotonic()
        await service.sockets.close()
        assert time.monotonic() - began < 3
        with pytest.raises(ConnectionClosed):
            await ann.receive()
        assert ann.socket.close_code == 1001
