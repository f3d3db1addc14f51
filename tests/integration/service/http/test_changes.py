"""Changes of a shop's database over HTTP: on disk before the answer, then in the graph."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import uvicorn

from gql.schema import make_schema
from graph.capture.changes import Message, TransactionEnd
from graph.connection import Graph
from service.assembly import run_service
from service.background.change_rounds import last_boundary
from service.cli.server import configuration
from service.http.application import make_application
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.integration.graph.capture.support import DRINK, message
from tests.servers.process import free_port
from tests.support.asgi import client_of
from tests.support.emptying import ask
from tests.support.shop_database import MAPPING

NAMES = "MATCH (drink:Drink) RETURN drink.name AS name, drink.recipeComplete AS complete"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    mapping = tmp_path / "shop.toml"
    mapping.write_text(MAPPING)
    home = read_settings({"TASTEGRAPH_HOME": str(tmp_path / "home")})
    return replace(home, changes=mapping)


@pytest.fixture
async def service(graph: Graph, settings: Settings) -> AsyncIterator[Service]:
    async with run_service(settings, graph, None) as running:
        yield running


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    application = make_application(lambda: nullcontext(service), make_schema(), None)
    async with client_of(application, "http://localhost") as found:
        yield found


def body(lsn: int, **more: Any) -> bytes:
    source = {"connector": "postgresql", "name": "shop", "schema": "public", "table": "drinks"}
    said = {"op": "c", "source": source | {"lsn": lsn}, "before": None, "after": DRINK}
    return orjson.dumps(said | {"transaction": {"id": f"7:{lsn}"}} | more)


def signed(secret: str, sent: bytes) -> dict[str, str]:
    moment = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"m1.{moment}.".encode() + sent, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": "m1", "webhook-timestamp": moment, "webhook-signature": signature}


async def test_changes_are_taken_applied_and_leave_the_disk(
    client: httpx.AsyncClient, service: Service, settings: Settings, graph: Graph
) -> None:
    assert service.changes
    sent = body(10)
    answer = await client.post(
        "/v1/changes", content=sent, headers=signed(service.changes.secret, sent)
    )
    assert (answer.status_code, answer.json()) == (200, {"taken": 1})
    token = local_key(settings.home).issue("debezium", follower=True)
    bearer = {"Authorization": f"Bearer {token}"}
    end = b'[{"status": "END", "id": "7:10"}, {"ts_ms": 1}]'
    answer = await client.post("/v1/changes", content=end, headers=bearer)
    assert answer.json() == {"taken": 1}
    until = time.monotonic() + 60
    while await service.changes.waiting() and time.monotonic() < until:
        await service.changes.log.wait(0.05)
    assert await ask(graph, NAMES) == [{"name": "Sour", "complete": True}]
    for wrong, told in (
        (b"{", "not JSON"),
        (body(11, after={"id": 1}, source={"connector": "postgresql"}), "source.lsn"),
        (body(12, after={"name": "No key"}), "'id'"),
        (orjson.dumps([orjson.loads(body(13)), {"op": "x"}]), "has no 'op'"),
    ):
        answer = await client.post("/v1/changes", content=wrong, headers=bearer)
        assert answer.status_code == 400, answer.text
        assert told in answer.json()["errors"][0]["message"]
    assert await service.changes.waiting() == 0


async def test_who_may_send_changes(
    client: httpx.AsyncClient, settings: Settings, service: Service
) -> None:
    assert (await client.post("/v1/changes", content=body(10))).status_code == 401
    token = local_key(settings.home).issue("ann", operator=True, collector=True)
    headers = {"Authorization": f"Bearer {token}"}
    refused = await client.post("/v1/changes", content=body(10), headers=headers)
    assert refused.status_code == 403
    assert service.changes and await service.changes.waiting() == 0


async def test_javas_client_may_offer_http2_with_each_request(
    service: Service, settings: Settings
) -> None:
    assert service.changes
    application = make_application(lambda: nullcontext(service), make_schema(), None)
    port = free_port()
    server = uvicorn.Server(configuration(application, replace(settings, port=port)))
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.wait({serving}, timeout=0.01)
    offer = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAEAAEAA",
    }
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20.0) as client:
        for number in (20, 21):  # the second comes through the same connection
            sent = body(number)
            headers = offer | signed(service.changes.secret, sent)
            answer = await client.post("/v1/changes", content=sent, headers=headers)
            assert (answer.status_code, answer.json()) == (200, {"taken": 1})
    server.should_exit = True
    await serving


def test_a_transaction_is_waited_for_as_a_whole() -> None:
    row, end = message(10, "c", "drinks", DRINK), TransactionEnd("1")
    alone = message(9, "r", "drinks", DRINK)
    cases: list[tuple[list[Message | None], int]] = [
        ([], 0),
        ([row], 0),
        ([row, row, end], 3),
        ([alone], 1),
        ([end, row], 1),
        ([row, None, end, None, row], 3),
        ([row, alone], 2),
    ]
    for messages, ready in cases:
        assert last_boundary(messages) == ready
