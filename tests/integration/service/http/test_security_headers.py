"""The headers of every answer are graded, at every route of the application as it is served."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from dataclasses import replace

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from gql.execution.limits import RateLimits
from graph.connection import Address, connect
from graph.schema import apply_schema
from service.assembly import run_service
from service.http.application import make_application
from service.http.limits.rates import Rates
from service.http.security_headers import GUARDS, HSTS
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.support.api import schema
from tests.support.emptying import empty
from tests.support.sockets import listening

PARTS = {"digest": "0" * 16, "name:path": "main.js"}
SAME_FOR_ALL = re.compile(
    r"/|/console|/worker\.js|/(?:kept|storefront|console)/.*|/graphiql/.*\.css"
)
"""Files of the package: nothing in them is about anybody."""
LAX = re.compile(r"unsafe-|\*|https?:|(?<!img-src 'self' )(?<!font-src 'self' )data:")
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE")
PROXY = {"TASTEGRAPH_TRUSTED_PROXIES": "127.0.0.1"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return read_settings({"TASTEGRAPH_HOME": str(home), "TASTEGRAPH_RATE_LIMITS": "0,0,0"})


@pytest.fixture(scope="module")
async def service(embedded_address: Address, settings: Settings) -> AsyncIterator[Service]:
    async with connect(embedded_address, deadline=30.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        async with run_service(settings, graph, None) as running:
            yield running


def paths(routes: list[BaseRoute]) -> Iterator[str]:
    """One address at each route, and one in each folder that is not there."""
    for route in routes:
        if isinstance(route, Mount):
            yield from (f"{route.path}/graphiql.min.css", f"{route.path}/nothing")
        elif isinstance(route, Route):
            yield re.sub(r"\{([^}]+)\}", lambda part: PARTS[part[1]], route.path)
        else:
            assert isinstance(route, WebSocketRoute), route
    yield "/nothing"


def policy(headers: httpx.Headers) -> dict[str, str]:
    said = headers.get("content-security-policy", "")
    return {part.split(" ")[0]: part.partition(" ")[2] for part in said.split("; ")}


def faults(answer: httpx.Response, *, secure: bool = False) -> list[str]:
    """What is wrong with the headers of an answer."""
    headers, path = answer.headers, answer.request.url.path
    wrong = [
        name
        for name in GUARDS.keys() - {"Cache-Control", "Content-Security-Policy"}
        if headers.get(name) != GUARDS[name]
    ]
    if headers.get("strict-transport-security") != (HSTS if secure else None):
        wrong.append("Strict-Transport-Security")
    if not SAME_FOR_ALL.fullmatch(path) and headers.get("cache-control") != "no-store":
        wrong.append("Cache-Control")
    rules = policy(headers)
    if any(rules.get(rule) != "'none'" for rule in ("default-src", "base-uri", "frame-ancestors")):
        wrong.append("Content-Security-Policy")
    if "text/html" in headers.get("content-type", "") and rules.get("form-action") != "'none'":
        wrong.append("form-action")
    wrong += [rule for rule, sources in rules.items() if LAX.search(f"{rule} {sources}")]
    return wrong


async def test_every_route_answers_everybody_with_all_headers(
    service: Service, settings: Settings
) -> None:
    application = make_application(lambda: nullcontext(service), schema(), None)
    addresses = list(paths(application.routes))
    assert len(addresses) > 12
    bearers = ("", f"Bearer {local_key(settings.home).issue('anna')}", "Bearer none")
    graded, statuses = 0, set[int]()
    async with listening(service) as base, httpx.AsyncClient(base_url=_http(base)) as client:
        for path in addresses:
            for method in METHODS:
                for bearer in bearers:
                    answer = await client.request(method, path, headers={"Authorization": bearer})
                    assert faults(answer) == [], (method, path, answer.status_code, bearer[:9])
                    graded, statuses = graded + 1, statuses | {answer.status_code}
    assert graded == len(addresses) * len(METHODS) * len(bearers)
    assert {200, 204, 400, 401, 404, 405} <= statuses


async def test_answers_about_a_person_are_kept_by_nobody(
    service: Service, settings: Settings
) -> None:
    token = local_key(settings.home).issue("anna")
    asked = {"query": "{ me { ... on Me { id } } }"}
    async with (
        listening(service) as base,
        httpx.AsyncClient(
            base_url=_http(base), headers={"Authorization": f"Bearer {token}"}
        ) as client,
    ):
        for answer in (
            await client.post("/graphql", json=asked),
            await client.get("/v1/recommendations"),
            await client.get("/demo"),
        ):
            assert answer.status_code == 200 and faults(answer) == []
            assert answer.headers["cache-control"] == "no-store"
            assert "etag" not in answer.headers


async def test_an_answer_says_to_stay_with_tls_where_it_came_by_tls(service: Service) -> None:
    by_tls = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
    async with listening(service, **PROXY) as base, httpx.AsyncClient() as client:
        for path in ("/", "/graphql", "/healthz", "/nothing"):
            answer = await client.get(f"{_http(base)}{path}", headers=by_tls)
            assert faults(answer, secure=True) == [], path
            assert faults(await client.get(f"{_http(base)}{path}")) == [], path
    async with listening(service) as base, httpx.AsyncClient() as client:
        # anybody can write that header: only a proxy that is trusted is believed
        assert faults(await client.get(f"{_http(base)}/", headers=by_tls)) == []


class _Broken(Rates):
    """What nobody has foreseen."""

    def wait(self, *_: object) -> float:
        raise RuntimeError("the inside of the service")


async def test_a_failure_of_the_service_itself_is_guarded_and_says_nothing(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = replace(service, rates=_Broken(RateLimits(1, 1, 1)))
    async with listening(broken, **PROXY) as base, httpx.AsyncClient() as client:
        answer = await client.get(f"{_http(base)}/demo")
        assert answer.status_code == 500 and faults(answer) == []
        assert "inside" not in answer.text
        secure = await client.get(f"{_http(base)}/demo", headers={"X-Forwarded-Proto": "https"})
        assert faults(secure, secure=True) == []
    assert "the inside of the service" in capfd.readouterr().err  # the operator is told


@pytest.mark.parametrize("name", GUARDS)
def test_a_header_that_is_missing_is_noticed(name: str) -> None:
    request = httpx.Request("GET", "http://drinks.example/healthz")
    whole = httpx.Response(200, headers=dict(GUARDS), request=request)
    assert faults(whole) == []
    del whole.headers[name]
    assert faults(whole) == [name]


@pytest.mark.parametrize(
    "said",
    [
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'unsafe-eval'",
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'unsafe-inline'",
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src https:",
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src data:",
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'",
        "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    ],
)
def test_a_policy_that_lets_more_in_is_noticed(said: str) -> None:
    request = httpx.Request("GET", "http://drinks.example/")
    headers = {**GUARDS, "Content-Security-Policy": said}
    assert faults(httpx.Response(200, headers=headers, request=request))


def _http(address: str) -> str:
    return address.replace("ws://", "http://").removesuffix("/graphql")
