"""Events over HTTP: into the log, through the consumer, into the graph and the next list."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from events.collecting import Sender
from events.consumer import Consumer
from gql.schema import make_schema
from graph.connection import Address, Graph, connect
from graph.people.profiles import load_profile
from service.assembly import run_service
from service.http.application import make_application
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.support.asgi import client_of
from tests.support.emptying import ask
from tests.support.proxy import proxied

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
    async with client_of(application, "http://localhost") as http_client:
        yield http_client


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
    answers: list[dict[str, Any]] = answer.json()["events"]
    return answers


async def history(graph: Graph, user_id: str, count: int) -> list[tuple[str, str, float | None]]:
    """What somebody did, once the consumer has written that many events."""
    async with asyncio.timeout(20):
        while True:
            try:
                done = (await load_profile(graph, user_id)).history
            except AttributeError:
                done = ()
            if len(done) >= count:
                return [
                    (event_kept.drink_id, str(event_kept.type), event_kept.value)
                    for event_kept in done
                ]
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
    assert [answer["status"] for answer in answers] == ["accepted"] * 4
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
    assert [event["status"] for event in plain.json()["events"]] == ["accepted"]
    assert plain.headers["access-control-allow-origin"] == SHOP
    packed = await client.post(
        "/v1/events",
        content=gzip.compress(body),
        headers={**headers, "Content-Encoding": "gzip"},
    )
    assert [event["status"] for event in packed.json()["events"]] == ["repeated"]


async def test_each_event_has_an_answer_and_the_sound_ones_are_taken(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    mine = bearer(settings, "ann")
    events: list[Any] = [
        event("e1"),
        event("e1"),
        event("e1", drinkId="cola"),
        event("e2", drinkId="nosuch"),
        event("e3", type="sip"),
        event("e4", userId="ben"),
        event("e5", at="2999-01-01T00:00:00Z"),
        "no event",
        event("e6\n"),
        event("e7", userId="ann"),
        {"type": "view"},
    ]
    answers = await sent(client, {"events": events}, mine)
    assert [(answer["eventId"], answer["status"], answer.get("field")) for answer in answers] == [
        ("e1", "accepted", None),
        ("e1", "repeated", None),
        ("e1", "rejected", "eventId"),
        ("e2", "rejected", "drinkId"),
        ("e3", "rejected", "type"),
        ("e4", "rejected", "userId"),
        ("e5", "rejected", "at"),
        (None, "rejected", "event"),
        (None, "rejected", "eventId"),
        ("e7", "accepted", None),
        (None, "rejected", "eventId"),
    ]
    assert all(answer["reason"] for answer in answers if answer["status"] == "rejected")
    counted = (await client.get("/metrics")).text
    for status, count in (("accepted", 2), ("repeated", 1), ("rejected", 8)):
        name = f'tastegraph_events_collected_total{{status="{status}"}}'
        assert f"{name} {count}.0" in counted


async def test_a_purchase_at_a_till_changes_the_persons_next_list(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    query = "{ me { ... on Me { history { drinkId type value } } } }"
    mine = bearer(settings, "ann")

    async def mine_now() -> list[dict[str, Any]]:
        answer = await client.post("/graphql", json={"query": query}, headers=mine)
        return answer.json()["data"]["me"].get("history", [])

    assert await mine_now() == []
    till = bearer(settings, "till-3", collector=True)
    bought = event("receipt-1", userId="ann", type="purchase", quantity=2, source="till-3")
    assert [answer["status"] for answer in await sent(client, [bought], till)] == ["accepted"]
    async with asyncio.timeout(30.0):
        while not (history := await mine_now()):  # noqa: ASYNC110 - the page asks again
            await asyncio.sleep(0.02)
    assert history == [{"drinkId": "chai", "type": "purchase", "value": 2.0}]


async def test_a_till_may_say_what_anybody_did_and_has_to_say_who(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    till = bearer(settings, "till-3", collector=True)
    answers = await sent(
        client,
        [
            event("e1", userId="ann", type="purchase"),
            event("e1", userId="ben", type="purchase"),
            event("e2", type="purchase"),
            event("e3", type="purchase", sessionId="visit-1"),
            event("e4", sessionId="visit-1"),
        ],
        till,
    )
    assert [answer["status"] for answer in answers] == [
        "accepted",
        "accepted",
        "rejected",
        "rejected",
        "accepted",
    ]


async def test_a_key_speaks_of_nobody_and_what_it_sends_never_reaches_the_graph(
    graph: Graph, client: httpx.AsyncClient, settings: Settings
) -> None:
    visit = {"sessionId": "visit-1"}
    answers = await sent(
        client,
        {
            "key": KEY,
            "events": [
                *[event(f"e-{kind}", type=kind, **visit) for kind in ("view", "click", "cart")],
                event("e-impression", type="impression", position=1, **visit),
                {"eventId": "e-search", "type": "search", "results": 4, **visit},
                event("e-ann", userId="ann", **visit),
                event("e-purchase", type="purchase", **visit),
                event("e-like", type="like", **visit),
                event("e-nowhere"),
            ],
        },
    )
    assert [answer["status"] for answer in answers] == ["accepted"] * 5 + ["rejected"] * 4
    assert [answer["field"] for answer in answers[5:]] == ["userId", "type", "type", "sessionId"]
    await sent(client, [event("e1")], bearer(settings, "ann"))
    await history(graph, "ann", 1)
    rows = await ask(graph, "MATCH (u:User) RETURN collect(u.id) AS people", "read")
    assert rows[0]["people"] == ["ann"]
    rows = await ask(graph, "MATCH (:User)-[e]->(:Drink) RETURN collect(e.eventId) AS ids", "read")
    assert rows[0]["ids"] == ["e1"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        (SHOP, 200),
        ("http://localhost", 200),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://localhost.evil.example", 403),
    ],
)
async def test_a_key_is_taken_from_the_pages_that_may_carry_it(
    client: httpx.AsyncClient, origin: str | None, status: int
) -> None:
    headers = {"Origin": origin} if origin else {}
    body = {"key": KEY, "events": [event("e1", sessionId="visit-1")]}
    answer = await client.post("/v1/events", json=body, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("key", [None, "", "another-key-that-is-none", KEY[:-1], 7])
async def test_without_a_token_or_a_key_nothing_is_taken(
    client: httpx.AsyncClient, key: object
) -> None:
    body = {"key": key, "events": [event("e1", sessionId="visit-1")]}
    answer = await client.post("/v1/events", json=body)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "TOKEN_NEEDED"


async def test_a_token_in_the_body_is_a_token_and_one_that_is_refused_is_no_key(
    graph: Graph, client: httpx.AsyncClient, settings: Settings
) -> None:
    token = local_key(settings.home).issue("ann")
    body = {"key": KEY, "token": token, "events": [event("e1", type="like")]}
    assert [answer["status"] for answer in await sent(client, body)] == ["accepted"]
    assert await history(graph, "ann", 1) == [("chai", "like", 1.0)]
    refused = await client.post("/v1/events", json={**body, "token": token[:-4] + "AAAA"})
    assert refused.status_code == 401


async def test_a_page_of_a_listed_origin_may_ask_first(client: httpx.AsyncClient) -> None:
    asking = {
        "Origin": SHOP,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-encoding,content-type",
    }
    answer = await client.options("/v1/events", headers=asking)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SHOP
    other = await client.options("/v1/events", headers={**asking, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "NOT_JSON"),
        (b'"text"', {}, 400, "NOT_EVENTS"),
        (b'{"events": {}}', {}, 400, "NOT_EVENTS"),
        (b"x" * 1_000_001, {}, 413, "TOO_LARGE"),
        (json.dumps([{}] * 1001).encode(), {}, 413, "TOO_MANY_EVENTS"),
        (b"not packed", {"Content-Encoding": "gzip"}, 400, "NOT_GZIP"),
        (gzip.compress(b"[]", mtime=0)[:-4], {"Content-Encoding": "gzip"}, 400, "NOT_GZIP"),
        (gzip.compress(b" " * 50_000_000, mtime=0), {"Content-Encoding": "gzip"}, 413, "TOO_LARGE"),
        (b"[]", {"Content-Encoding": "br"}, 415, "NOT_GZIP"),
    ],
    ids=[
        "not json",
        "text",
        "no list",
        "too long",
        "too many",
        "not packed",
        "cut off",
        "too long when unpacked",
        "another packing",
    ],
)
async def test_what_is_no_batch_is_refused_whole(
    client: httpx.AsyncClient,
    settings: Settings,
    body: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    mine = bearer(settings, "ann")
    answer = await client.post("/v1/events", content=body, headers={**mine, **headers})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_who_asks_too_often_is_told_when_to_come_again(
    graph: Graph, settings: Settings
) -> None:
    chosen = replace(settings, rate_limits=replace(settings.rate_limits, signed_out=1.0))
    async with run_service(chosen, graph, None) as service:
        application = make_application(lambda: nullcontext(service), make_schema(), None)
        async with client_of(application, "http://localhost") as page:
            answers = [
                await page.post("/v1/events", json={"key": KEY, "events": []}) for _ in range(7)
            ]
    assert [answer.status_code for answer in answers][-1] == 429
    assert answers[-1].headers["retry-after"]


async def test_while_the_log_takes_nothing_nothing_is_acknowledged(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    file = sqlite3.connect(settings.events / "log.db", isolation_level=None)
    file.execute("DROP TABLE event")
    file.close()
    answer = await client.post("/v1/events", json=[event("e1")], headers=bearer(settings, "ann"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "table" not in answer.text and str(settings.home) not in answer.text


async def test_while_the_graph_is_away_events_are_taken_and_written_later(
    graph: Graph, address: Address, settings: Settings
) -> None:
    await ask(graph, "CREATE (:Drink {id: 'chai', name: 'chai', changedAt: 1}) RETURN 1 AS one")
    async with (
        proxied(address) as (line, near),
        connect(near, deadline=3.0) as reached,
        run_service(settings, reached, None) as service,
    ):
        line.cut()
        sender = Sender("ann")
        answers = await service.collector.collect([event("e1"), event("e2", drinkId="new")], sender)
        assert [answer.status for answer in answers] == ["accepted", "accepted"]
        line.mend()
        assert await history(graph, "ann", 1) == [("chai", "view", None)]


async def test_when_the_service_has_ended_nothing_consumes_any_more(
    graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def long(_: Consumer) -> int:
        await asyncio.sleep(0.3)
        return 0

    monkeypatch.setattr(Consumer, "round", long)
    before = asyncio.all_tasks()
    async with run_service(settings, graph, None):
        await asyncio.sleep(0.1)
    assert asyncio.all_tasks() <= before
