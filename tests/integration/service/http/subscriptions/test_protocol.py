"""The protocol of subscriptions: what may be sent, and how much."""

import asyncio
import time

import httpx
import pytest

from service.http.service import Service
from tests.integration.service.http.subscriptions.world import Token
from tests.support.sockets import WATCH, Client

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
    assert not [record for record in caplog.records if record.exc_info]


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
    while b"tastegraph_subscriptions 0.0" not in service.metrics.text():
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
