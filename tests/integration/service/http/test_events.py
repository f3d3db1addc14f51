"""Events over HTTP: into the log, through the consumer, into the graph and the next list."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gql.schema import make_schema
from graph.connection import Graph
from graph.people.profiles import load_profile
from service.assembly import run_service
from service.http.application import make_application
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.support.emptying import ask

KEY = "a-key-that-a-page-may-carry"
SHOP = "https://shop.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(
        read_settings({"TASTEGRAPH_HOME": str(tmp_path / "home"), "TASTEGRAPH_WRITE_KEYS": KEY}),
        cors_origins=(SHOP,),
    )


@pytest.fixture
async def service(graph: Graph, settings: Settings) -> AsyncIterator[Service]:
    await ask(
        graph,
        "UNWIND ['chai', 'cola'] AS id "
        "CREATE (:Drink {id: id, name: id, recipeComplete: true, changedAt: 1}) RETURN 1 AS one",
    )
    async with run_service(settings, graph, None) as running:
        yield running


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    application = make_application(lambda: nullcontext(service), make_schema(), None, (SHOP,))
    async with application.router.lifespan_context(application) as state:

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await application({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as found:
            yield found


def bearer(settings: Settings, user_id: str, *, collector: bool = False) -> dict[str, str]:
    token = local_key(settings.home).issue(user_id, collector=collector)
    return {"Authorization": f"Bearer {token}"}


def event(event_id: str, **more: Any) -> dict[str, Any]:
    return {"eventId": event_id, "drinkId": "chai", "type": "view", **more}


async def sent(
    client: httpx.AsyncClient, events: object, headers: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    answer = await client.post("/v1/events", json=events, headers=headers or {})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


async def history(graph: Graph, user_id: str, count: int) -> list[tuple[str, str, float | None]]:
    """What somebody did, once the consumer has written that many events."""
    async with asyncio.timeout(20):
        while True:
            try:
                done = (await load_profile(graph, user_id)).history
            except AttributeError:
                done = ()
            if len(done) >= count:
                return [(one.drink_id, str(one.type), one.value) for one in done]
            await asyncio.sleep(0.02)


async def test_an_event_over_http_is_in_the_graph_soon(
    graph: Graph, client: httpx.AsyncClient, settings: Settings
) -> None:
    events = [
        event("e1", type="purchase", quantity=2, price={"amount": 3.5, "currency": "EUR"}),
        event("e2", type="rating", rating={"value": 4, "least": 0, "most": 10}),
        event("e3", drinkId="cola", type="click", position=3),
        event("e4", type="impression"),
    ]
    answers = await sent(client, events, bearer(settings, "ann"))
    assert [one["status"] for one in answers] == ["accepted"] * 4
    assert set(await history(graph, "ann", 3)) == {
        ("chai", "purchase", 2.0),
        ("chai", "rating", 2.6),
        ("cola", "click", None),
    }


async def test_packed_and_as_text_as_a_beacon_sends_it(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    body = json.dumps({"key": KEY, "events": [event("e1", sessionId="visit-1")]}).encode()
    headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": SHOP}
    plain = await client.post("/v1/events", content=body, headers=headers)
    assert [one["status"] for one in plain.json()["events"]] == ["accepted"]
    assert plain.headers["access-control-allow-origin"] == SHOP
    packed = await client.post(
        "/v1/events",
        content=gzip.compress(body),
        headers={**headers, "Content-Encoding": "gzip"},
    )
    assert [one["status"] for one in packed.json()["events"]] == ["repeated"]
