"""Connections that strangers leave half-way, fill without end, or open by the hundred."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import InvalidStatus

import service.http.protocols as protocols
from gql.execution.limits import RateLimits
from graph.connection import Address, connect
from graph.errors import GraphError
from graph.query import Query
from graph.schema import SCHEMA_VERSION, apply_schema
from service.assembly import run_service
from service.http.limits.rates import Rates
from service.http.readiness import Readiness
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.support.emptying import empty
from tests.support.sockets import Client, listening

SHOP = "https://shop.example"
ASKED = b'{"query": "{ __typename }"}'
POST = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(ASKED)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return read_settings({"TASTEGRAPH_HOME": str(home), "TASTEGRAPH_CONNECTIONS": "50,10"})


@pytest.fixture(scope="module")
async def service(embedded_address: Address, settings: Settings) -> AsyncIterator[Service]:
    async with connect(embedded_address, deadline=30.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        async with run_service(settings, graph, None) as running:
            yield running


@pytest.fixture
async def address(service: Service) -> AsyncIterator[str]:
    async with listening(service) as address:
        yield address
        # whatever happened, nobody is counted who is not there
        await until(lambda: service.connection_limits.open == 0)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "UNREAD_SECONDS"):
        monkeypatch.setattr(protocols, name, 0.3)


async def until(so: Callable[[], bool]) -> None:
    for _ in range(1000):
        if so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError


def http(address: str) -> str:
    return address.replace("ws://", "http://")


@asynccontextmanager
async def opened(address: str, **options: Any) -> AsyncIterator[Any]:
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, **options)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def end_of(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server ends the connection, which it must."""
    async with asyncio.timeout(10):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


async def dripped(address: str, first: bytes, drop: bytes) -> bytes:
    """What the server says to somebody who sends a little again and again."""
    async with opened(address) as (reader, writer):
        writer.write(first)
        ended = asyncio.create_task(end_of(reader))
        while not ended.done():
            writer.write(drop)
            await asyncio.sleep(0.03)
        return await ended


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("first", "drop", "status"),
    [
        pytest.param(b"", b"", b"", id="nothing"),
        pytest.param(b"", b"\r\n", b"408", id="empty lines"),
        pytest.param(b"POST /graphql HTTP/1.1\r\n", b"a: b\r\n", b"408", id="a head"),
        pytest.param(b"GET /", b"x", b"408", id="an address"),
        pytest.param(POST.replace(b": 27", b": 900"), b" ", b"408", id="a body"),
        pytest.param(
            b"POST /graphql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\n \r\n",
            b"408",
            id="chunks",
        ),
        pytest.param(b"GET /healthz HTTP/1.1\r\n\r\n", b"\r\n", b"200", id="after an answer"),
        pytest.param(
            b"GET /graphql HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
            b"a: b\r\n",
            b"408",
            id="a handshake",
        ),
    ],
)
async def test_what_does_not_come_to_an_end_is_ended(
    address: str, first: bytes, drop: bytes, status: bytes
) -> None:
    said = await dripped(address, first, drop)
    # where drops were under way, a reset may overtake the answer
    assert not said or said.split(b" ")[1] == status, said


@pytest.mark.parametrize(
    ("head", "status"),
    [
        pytest.param(b"a: " + b"x" * 2_000_000, b"431", id="one long line"),
        pytest.param(b"a: b\r\n" * 300_000, b"431", id="many lines"),
        pytest.param(b"a: b\r\n" * 101 + b"\r\n", b"431", id="a few lines too many"),
        pytest.param(b"a: " + b"x" * 66_000 + b"\r\n\r\n", b"431", id="whole, and too long"),
    ],
)
async def test_a_head_has_a_size(address: str, head: bytes, status: bytes) -> None:
    async with opened(address) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\n" + head)
        said = await end_of(reader)
        assert not said or said.split(b" ")[1] == status  # a reset may overtake the answer
        assert b"200" not in said


async def test_a_body_has_a_size_even_if_nobody_reads_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "MOST_REQUEST_BYTES", 300_000)
    async with opened(address) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(1000):
            writer.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
        assert (await end_of(reader)).count(b"HTTP/1.1") <= 2


@pytest.mark.usefixtures("quick")
async def test_an_answer_that_nobody_reads_is_not_kept(service: Service, address: str) -> None:
    asked = b'{"query": "{ __schema { types { description fields { description } } } }"}'
    head = b"POST /graphql HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(asked)
    async with opened(address, limit=1) as (_, writer):
        await until(lambda: service.connection_limits.open == 1)
        for _ in range(500):  # it ends, though the answers are never read
            writer.write(head + asked)
            await asyncio.sleep(0.02)
            if service.connection_limits.open == 0:
                break
        assert service.connection_limits.open == 0


async def test_one_connection_may_ask_again_and_again(address: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(3):
            assert (await client.post(http(address), content=ASKED)).json()["data"]
    async with opened(address) as (reader, writer):
        writer.write((POST + ASKED) * 5)
        async with asyncio.timeout(10):
            said = await reader.readuntil(b"}}")
            while said.count(b"200 OK") < 5:
                said += await reader.read(1000)


async def test_one_address_holds_no_more_than_its_share(
    service: Service, address: str, settings: Settings
) -> None:
    place = urlsplit(address)
    async with Client(address) as watching:
        await watching.sign_in(local_key(settings.home).issue("ann"))
        held = [await asyncio.open_connection(place.hostname, place.port) for _ in range(9)]
        await until(lambda: service.connection_limits.open == 10)
        async with opened(address) as (reader, _):
            assert await end_of(reader) == b""
        assert "tastegraph_connections 10.0" in service.metrics.text().decode()
        for _, writer in held:
            writer.transport.abort()
        await until(lambda: service.connection_limits.open == 1)
        async with httpx.AsyncClient() as client:
            assert (await client.post(http(address), content=ASKED)).json()["data"]


@pytest.mark.usefixtures("quick")
async def test_a_socket_lasts_longer_than_a_request_may(address: str, settings: Settings) -> None:
    async with Client(address) as watching:
        await watching.sign_in(local_key(settings.home).issue("ann"))
        await watching.nothing(1.0)
        await watching.send(type="ping")
        assert await watching.receive() == {"type": "pong"}


async def test_only_pages_of_this_and_of_listed_origins_open_a_socket(service: Service) -> None:
    async with listening(service, SHOP) as address:
        own = f"http://{urlsplit(address).netloc}"
        for origin in (None, own, SHOP):
            async with Client(address, origin=origin):
                pass
        for origin in ("https://evil.example", "null", f"{SHOP}.evil.example"):
            with pytest.raises(InvalidStatus) as refused:
                async with Client(address, origin=origin):
                    pass
            assert refused.value.response.status_code == 403


PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


async def test_browsers_of_listed_origins_alone_may_ask(service: Service, address: str) -> None:
    async with listening(service, SHOP) as open_address, httpx.AsyncClient() as client:

        async def ask(where: str, origin: str, path: str = "") -> list[httpx.Response]:
            said = {"Origin": origin}
            where = http(where).replace("/graphql", path) if path else http(where)
            return [
                await client.options(where, headers={**said, **PREFLIGHT}),
                await client.post(where, content=ASKED, headers=said),
            ]

        preflight, answer = await ask(open_address, SHOP)
        assert preflight.status_code == 200
        allowed = preflight.headers["access-control-allow-headers"].lower()
        assert "authorization" in allowed and "content-type" in allowed
        for response in (preflight, answer):
            assert response.headers["access-control-allow-origin"] == SHOP
            assert "origin" in response.headers["vary"].lower()
            assert "access-control-allow-credentials" not in response.headers
        for where, origin, path in (
            (open_address, "https://evil.example", ""),
            (open_address, "null", ""),
            (open_address, SHOP, "/demo"),
            (open_address, SHOP, "/metrics"),
            (address, SHOP, ""),
        ):
            for response in await ask(where, origin, path):
                assert "access-control-allow-origin" not in response.headers
        assert (await client.options(http(address))).headers["allow"] == "GET, POST, OPTIONS"


async def test_every_answer_says_what_a_browser_may_do_with_it(address: str) -> None:
    async with httpx.AsyncClient() as client:
        for path in ("/graphql", "/healthz", "/metrics", "/demo", "/nothing", "/", "/graphiql/x"):
            answer = await client.get(http(address).replace("/graphql", path))
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["x-frame-options"] == "DENY", path
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path


async def test_only_a_trusted_proxy_says_who_asks(service: Service) -> None:
    limited = replace(service, rates=Rates(RateLimits(1, 1, 1), clock=lambda: 5.0))

    async def passed(address: str) -> int:
        count = 0
        async with httpx.AsyncClient() as client:
            for number in range(20):
                said = {"X-Forwarded-For": f"192.0.2.{number}"}
                answer = await client.post(http(address), content=ASKED, headers=said)
                count += answer.status_code == 200
        return count

    async with listening(limited) as address:
        assert await passed(address) == 5
    async with listening(limited, TASTEGRAPH_TRUSTED_PROXIES="127.0.0.0/8") as address:
        assert await passed(address) == 20


async def test_many_who_ask_whether_it_is_ready_ask_the_graph_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked, fault = [0.0], [0], list[Exception]()
    run = service.graph.run

    async def counted(query: Query, **others: Any) -> Any:
        if query is not SCHEMA_VERSION:  # what the service does in the background
            return await run(query, **others)
        asked[0] += 1
        if fault:
            raise fault[0]
        return await run(query, **others)

    monkeypatch.setattr(service.graph, "run", counted)
    readiness = Readiness(service.graph, clock=lambda: now[0])
    assert all(await asyncio.gather(*(readiness.ask() for _ in range(50))))
    assert await readiness.ask() and asked == [1]
    fault.append(GraphError("away"))
    now[0] = 1.0
    assert not any(await asyncio.gather(*(readiness.ask() for _ in range(50))))
    assert asked == [2]
    fault.clear()
    now[0] = 2.0
    assert await readiness.ask() and asked == [3]
