"""The subscription safetyAlerts over real WebSockets, on both engines."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from graph.connection import Address, Graph, connect
from graph.people.declarations import declare_avoids
from graph.schema import apply_schema
from recommend.alerts.checks import Alert
from recommend.alerts.listener import Watching
from service.assembly import run_service
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.support.alert_world import (
    CHAI_WITH_MILK,
    CHAI_WITHOUT_MILK,
    declare_milk,
    give,
    write_alert_world,
)
from tests.support.api import Api
from tests.support.emptying import ask, empty
from tests.support.import_elsewhere import import_elsewhere
from tests.support.proxy import Proxy, proxied
from tests.support.sockets import WATCH, Client, listening

Token = Callable[..., str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"TASTEGRAPH_HOME": str(tmp_path)})


@pytest.fixture
def token(settings: Settings) -> Token:
    return local_key(settings.home).issue


@pytest.fixture
async def service(graph: Graph, settings: Settings) -> AsyncIterator[Service]:
    await write_alert_world(graph)
    await declare_milk(graph, "ann", "ben")
    await give(graph, "ann", "chai", "PURCHASED", _now())
    await give(graph, "ben", "black", "PURCHASED", _now())
    async with run_service(settings, graph, None) as running:
        yield running


@pytest.fixture
async def address_of(service: Service) -> AsyncIterator[str]:
    async with listening(service) as found:
        yield found


def _now() -> int:
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


async def test_a_recipe_that_another_process_imports_is_told_to_whom_it_concerns(
    address_of: str, token: Token, address: Address, tmp_path: Path, service: Service
) -> None:
    async with Client(address_of) as ann, Client(address_of) as again, Client(address_of) as ben:
        watching = await ann.watching(token("ann"))
        assert (watching["drinks"], watching["complete"]) == (1, True)
        await again.watching(token("ann"))
        await ben.watching(token("ben"))
        await import_elsewhere(address, tmp_path / "new", recipes=CHAI_WITH_MILK)
        for one in (ann, again):
            alert = await one.event()
            assert alert["drink"] == {"id": "chai", "name": "Chai", "safety": {"status": "UNSAFE"}}
            assert alert["safety"] == {"status": "UNSAFE"}
            assert alert["cause"] == "CATALOGUE_CHANGED" and alert["since"]
            assert alert["contacts"] == [{"kind": "BOUGHT"}]
            assert [one["subject"]["id"] for one in alert["changes"]] == ["chai"]
        await ben.nothing(5)  # also after the second look
        await ann.nothing(0.1)
        await import_elsewhere(address, tmp_path / "back", recipes=CHAI_WITHOUT_MILK)
        await seen_as_safe(service, "ann", "chai")
        await ann.nothing(0.1)
        await import_elsewhere(address, tmp_path / "new", recipes=CHAI_WITH_MILK)
        assert (await ann.event())["drink"]["id"] == "chai"  # it stopped being safe once more


async def test_a_declaration_makes_the_persons_own_drinks_alerts(
    address_of: str, token: Token, graph: Graph
) -> None:
    await give(graph, "cem", "lassi", "SAVED", _now())
    async with Client(address_of) as cem, Client(address_of) as ben:
        await cem.watching(token("cem"))
        await ben.watching(token("ben"))
        await declare_milk(graph, "cem")
        alert = await cem.event()
        assert (alert["drink"]["id"], alert["cause"]) == ("lassi", "PROFILE_CHANGED")
        await declare_avoids(graph, "ben", ["tea"], None, None)
        alert = await ben.event()
        assert (alert["drink"]["id"], alert["cause"]) == ("black", "PROFILE_CHANGED")
        await cem.nothing(0.1)


async def test_an_unsafe_drink_that_becomes_theirs_is_told(
    address_of: str, token: Token, graph: Graph
) -> None:
    async with Client(address_of) as ann:
        await ann.watching(token("ann"))
        await give(graph, "ann", "lassi", "PURCHASED", _now())
        await ask(graph, "MATCH (u:User {id: 'ann'}) SET u.version = u.version + 1 RETURN 1 AS one")
        alert = await ann.event()
        assert (alert["drink"]["id"], alert["cause"]) == ("lassi", "ALREADY_UNSAFE")


async def test_what_was_recommended_and_not_yet_written_is_watched(graph: Graph) -> None:
    await write_alert_world(graph)
    await declare_milk(graph, "ben")
    api = Api(graph)  # it never writes what it notes
    await api.start()
    events = api.dependencies.alerts.listen("ben")
    try:
        async with asyncio.timeout(30):
            assert await anext(events) == Watching(1, 0, True)
            api.dependencies.impressions.note("ben", ["chai", "black"])
            await add_milk(graph)
            alert = await anext(events)
        assert isinstance(alert, Alert)
        assert (alert.drink.id, alert.contact.bought_at) == ("chai", None)
        assert alert.contact.recommended_at
    finally:
        await events.aclose()
        await api.dependencies.alerts.close()


async def test_what_another_process_recommended_while_the_change_came_is_told_a_little_later(
    address_of: str, token: Token, graph: Graph
) -> None:
    async with Client(address_of) as ben:
        await ben.watching(token("ben"))
        await add_milk(graph)
        await ben.nothing(1.5)
        await give(graph, "ben", "chai", "RECOMMENDED", _now() - 3000)
        assert (await ben.event())["drink"]["id"] == "chai"


async def test_what_is_unsafe_already_comes_if_asked_for(
    address_of: str, token: Token, graph: Graph
) -> None:
    await add_milk(graph)
    async with Client(address_of) as silent, Client(address_of) as asking:
        await silent.watching(token("ann"))
        await silent.nothing(1.5)
        await asking.watching(token("ann"), current=True)
        assert (await asking.event())["drink"]["id"] == "chai"
        await silent.nothing(0.1)


async def test_each_event_is_read_from_the_graph_anew(
    address_of: str, token: Token, graph: Graph, service: Service
) -> None:
    """What one event loaded must not answer for the next."""
    query = """subscription { safetyAlerts { __typename ... on SafetyAlert {
        drink { id recipe { ingredientId } safety { status } } } } }"""
    async with Client(address_of) as ann:
        await ann.sign_in(token("ann"))
        await ann.subscribe(query=query)
        await ann.event()
        for other in ("tea", "water"):
            await add_milk(graph)
            alert = await ann.event()
            parts = {one["ingredientId"] for one in alert["drink"]["recipe"]}
            assert (parts, alert["drink"]["safety"]["status"]) == ({"dairy", other}, "UNSAFE")
            await ask(
                graph,
                "MATCH (chai:Drink {id: 'chai'})-[part:CONTAINS]->(:Ingredient) "
                "DELETE part WITH DISTINCT chai "
                "CREATE (chai)-[:CONTAINS]->(:Ingredient {id: $id, reviewed: true, changedAt: 1}) "
                "WITH chai MATCH (c:Catalogue) SET c.version = c.version + 1 RETURN 1 AS one",
                id="water" if other == "tea" else "rain",
            )
            await seen_as_safe(service, "ann", "chai")


async def seen_as_safe(service: Service, user: str, drink: str) -> None:
    """Wait until the watch has seen that a drink is safe again."""
    person = service.dependencies.alerts._people[user]
    until = time.monotonic() + 30
    while drink not in person.safe:
        assert time.monotonic() < until
        await asyncio.sleep(0.05)


async def test_nobody_is_let_in(address_of: str) -> None:
    refused: list[dict[str, Any]] = [
        {},
        {"payload": {}},
        {"payload": {"Authorization": None}},
        {"payload": {"Authorization": "Bearer nonsense"}},
        {"payload": {"Authorization": "Basic YTpi"}},
        {"payload": {"Authorization": ["Bearer x"]}},
    ]
    for said in refused:
        async with Client(address_of) as somebody:
            await somebody.send(type="connection_init", **said)
            code, reason = await somebody.closed()
            assert code == 4403 and reason, said


async def test_a_token_that_ends_ends_the_connection(
    address_of: str, token: Token, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.http.auth.LEEWAY_SECONDS", 0)
    async with Client(address_of) as ann:
        await ann.watching(token("ann", 3))
        code, reason = await ann.closed()
        assert (code, reason) == (4403, "The token has expired.")


async def test_who_never_says_who_they_are_is_sent_away(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.http.websocket.SubscriptionEndpoint.__init__.__defaults__", (0.2,))
    async with listening(service) as place, Client(place) as somebody:
        assert (await somebody.closed())[0] == 4408


async def test_nothing_is_told_before_signing_in(address_of: str) -> None:
    async with Client(address_of) as somebody:
        await somebody.subscribe()
        assert (await somebody.closed())[0] == 4401


async def test_a_page_of_another_site_is_refused(address_of: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        async with Client(address_of, origin="https://elsewhere.example"):
            pass


NONSENSE = (
    "no json",
    "[" * 100_000,
    "[]",
    "null",
    '{"type": 5}',
    '{"type": "nonsense"}',
    '{"type": "connection_init", "payload": "Bearer x"}',
    '{"type": "subscribe", "id": ["1"], "payload": {"query": "x"}}',
    '{"type": "subscribe", "id": "1"}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{", "variables": [1]}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{", "operationName": 1}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{"}}',
    '{"type": "complete"}',
)


async def test_nonsense_ends_the_connection_and_nothing_else(
    address_of: str, token: Token, caplog: pytest.LogCaptureFixture
) -> None:
    for text in NONSENSE:
        async with Client(address_of) as ann:
            await ann.sign_in(token("ann"))
            await ann.socket.send(text)
            code, reason = await ann.closed()
            assert code == 4400 and reason, text
    assert not [one for one in caplog.records if one.exc_info]


async def test_only_subscriptions_are_answered_and_within_the_limits(
    address_of: str, token: Token
) -> None:
    async with Client(address_of) as ann:
        await ann.sign_in(token("ann"))
        deep = "drink { safety { status } } "
        wrong = {
            "a": "{ me { ... on Me { id } } }",
            "b": "mutation { setAllergies(allergies: []) { ... on Me { id } } }",
            "c": "subscription { nothing }",
            "d": "subscription { safetyAlerts { ... on SafetyAlert { "
            + " ".join(f"a{number}: {deep}" for number in range(16))
            + "} } }",
        }
        said: dict[str, str] = {}
        for id_, query in wrong.items():
            await ann.subscribe(id_, query)
            message = await ann.receive()
            if message["type"] == "next":
                said[id_] = message["payload"]["errors"][0]["message"]
                assert (await ann.receive())["type"] == "complete"
            else:
                assert message["type"] == "error" and message["id"] == id_
                said[id_] = message["payload"][0]["message"]
        assert "nothing" in said["c"] and "aliases" in said["d"], said
        assert said["a"] == "queries are not allowed"
        assert said["b"] == "mutations are not allowed"


async def test_a_connection_has_four_subscriptions_and_a_person_twenty(
    address_of: str, token: Token, service: Service
) -> None:
    clients = [Client(address_of) for _ in range(6)]
    async with asyncio.timeout(60):
        for place, client in enumerate(clients):
            await client.__aenter__()
            await client.sign_in(token("ann"))
            for number in range(4 if place < 5 else 0):
                await client.subscribe(str(number))
                assert (await client.event(str(number)))["__typename"] == "WatchingAlerts"
    assert service.dependencies.alerts.listeners == 20
    assert b"tastegraph_subscriptions 20.0" in service.metrics.text()
    await clients[0].subscribe("5")
    refused = await clients[0].receive()
    assert refused["type"] == "error" and "limit" in refused["payload"][0]["message"]
    await clients[5].subscribe()
    refused = await clients[5].receive()
    errors = refused["payload"] if refused["type"] == "error" else refused["payload"]["errors"]
    assert errors[0]["extensions"] == {"code": "TOO_MANY_SUBSCRIPTIONS"}, refused
    await clients[0].send(type="complete", id="0")
    for client in clients:
        await client.__aexit__()
    until = time.monotonic() + 10
    while service.dependencies.alerts.listeners:
        assert time.monotonic() < until
        await asyncio.sleep(0.05)


async def test_a_subscription_sent_by_post_is_refused(address_of: str, token: Token) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            address_of.replace("ws:", "http:"),
            json={"query": WATCH},
            headers={"Authorization": f"Bearer {token('ann')}"},
        )
    assert answer.status_code == 400, answer.text
    assert "WebSocket" in answer.json()["errors"][0]["message"]


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
        await give(direct, "ann", "chai", "PURCHASED", _now())
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
        for one in (ann, late):  # one who came meanwhile is told all: nobody knows since when
            assert (await one.event(seconds=30))["__typename"] == "WatchingAlerts"
            assert (await one.event())["drink"]["id"] == "chai"
        await ann.nothing(0.1)


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
        await give(graph, "ann", f"d{place}", "SAVED", _now())
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


async def test_the_page_of_the_protocol_is_kept_by_ping_and_complete(
    address_of: str, token: Token
) -> None:
    async with Client(address_of) as ann:
        await ann.watching(token("ann"))
        await ann.send(type="ping")
        assert await ann.receive() == {"type": "pong"}
        await ann.subscribe("2")
        assert (await ann.event("2"))["__typename"] == "WatchingAlerts"
        await ann.send(type="complete", id="2")
        await ann.subscribe("2")
        assert (await ann.event("2"))["__typename"] == "WatchingAlerts"
        await ann.send(type="connection_init")
        assert (await ann.closed())[0] == 4429
