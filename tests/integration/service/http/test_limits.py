"""What keeps a server from being asked too much: cost, rate, trusted documents; and caches."""

import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gql.execution.limits import CostLimits, RateLimits
from gql.schema import make_schema
from graph.connection import Address, connect
from graph.schema import apply_schema
from service.assembly import run_service
from service.http.application import make_application
from service.http.limits import turns
from service.http.limits.rates import Rates
from service.http.limits.turns import Turns
from service.http.service import Service
from service.http.trusted_documents import TrustedDocuments, document_id
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.support.alert_world import write_alert_world
from tests.support.asgi import client_of as asgi_client
from tests.support.attacks import spreading
from tests.support.emptying import empty
from tests.support.sockets import WATCH, Client, listening

POPULAR = """query popular($first: Int! = 10) { popularDrinks(first: $first) {
    ... on Recommendations { items { drink { id } safety { verdicts { verdict } } } }
    ... on InvalidInput { message } } }"""
A_ROW = 1 + 1 + (1 + 5)
LIKE = "mutation { setPreferences { ... on Me { id } } }"
DRINKS = "{ drinks { ... on DrinkPage { items { drink { id name kind } } } } }"
SCHEMA = make_schema()

Token = Callable[..., str]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings({"TASTEGRAPH_HOME": str(tmp_path_factory.mktemp("home"))})


@pytest.fixture(scope="module")
def token(settings: Settings) -> Token:
    return local_key(settings.home).issue


@pytest.fixture(scope="module")
async def service(embedded_address: Address, settings: Settings) -> AsyncIterator[Service]:
    async with connect(embedded_address, deadline=30.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        await write_alert_world(graph)
        async with run_service(settings, graph, None) as running:
            yield running


@asynccontextmanager
async def client_of(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    application = make_application(lambda: nullcontext(service), SCHEMA, None)
    async with asgi_client(application) as connected:
        yield connected


def by(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def refusals(service: Service, reason: str) -> float:
    return service.metrics.refusals.labels(reason)._value.get()


def code(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


async def test_a_cost_is_told_and_one_over_the_limit_of_ones_role_is_refused(
    service: Service, token: Token
) -> None:
    costs = CostLimits(signed_out=1 + 3 * A_ROW, person=1 + 5 * A_ROW, developer=1 + 8 * A_ROW)
    limited = replace(service, dependencies=replace(service.dependencies, cost_limits=costs))
    before = refusals(service, "cost")
    async with client_of(limited) as client:
        for user, most, limit in (
            (None, 3, costs.signed_out),
            (token("ann"), 5, costs.person),
            (token("ann", operator=True), 5, costs.person),
            (token("dev", developer=True), 8, costs.developer),
        ):
            asked: dict[str, Any] = {"query": POPULAR, "variables": {"first": most}}
            passed = await client.post("/graphql", json=asked, headers=by(user))
            assert passed.status_code == 200
            assert passed.json()["extensions"]["cost"] == {"requested": limit, "limit": limit}
            asked["variables"]["first"] += 1
            refused = await client.post("/graphql", json=asked, headers=by(user))
            assert (refused.status_code, code(refused)) == (400, "QUERY_TOO_COSTLY")
            said = refused.json()["errors"][0]["extensions"]
            assert (said["cost"], said["limit"]) == (limit + A_ROW, limit)
            assert refused.json()["data"] is None and said["advice"]
    assert refusals(service, "cost") == before + 4


async def test_who_asks_too_often_is_told_how_long_to_wait(service: Service, token: Token) -> None:
    limited = replace(service, rates=Rates(RateLimits(0.2, 0.4, 0), clock=lambda: 5.0))
    asked = {"query": "{ me { __typename } }"}
    async with client_of(limited) as client:
        for user, burst, wait in ((token("ann"), 2, 3), (token("ben"), 2, 3), (None, 1, 5)):
            for _ in range(burst):
                answer = await client.post("/graphql", json=asked, headers=by(user))
                assert answer.status_code == 200
            refused = await client.post("/graphql", json=asked, headers=by(user))
            assert (refused.status_code, code(refused)) == (429, "TOO_MANY_REQUESTS")
            assert refused.headers["retry-after"] == str(wait)
            assert refused.json()["errors"][0]["extensions"]["retryAfter"] == pytest.approx(
                wait, abs=0.5
            )
        # a token that is refused is signed out: trying many takes as long
        assert (await client.post("/graphql", json=asked, headers=by("x"))).status_code == 429
        developer = by(token("dev", developer=True))
        for _ in range(20):
            answer = await client.post("/graphql", json=asked, headers=developer)
            assert answer.status_code == 200
    assert refusals(service, "rate") >= 4


async def test_a_socket_counts_too(service: Service, token: Token) -> None:
    limited = replace(service, rates=Rates(RateLimits(0, 0.4, 0), clock=lambda: 5.0))
    async with listening(limited) as address, Client(address) as ann, Client(address) as again:
        await ann.sign_in(token("ann"))
        await ann.subscribe("1")
        assert (await ann.receive())["type"] == "next"
        await ann.subscribe("2")
        refused = await ann.receive()
        assert (refused["type"], refused["id"]) == ("error", "2")
        assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
        payload = by(token("ann"))
        await again.send(type="connection_init", payload=payload)
        assert (await again.closed())[0] == 1013


HUGE = 2_147_483_647
REASONS = """query($n: Int! = %d) { popularDrinks(first: $n) { ... on Recommendations {
    items { reasons(first: $n) { path { id } } } } } }"""


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"query": spreading(22)}, "more than 5,000 fields"),
        ({"query": REASONS % HUGE}, "are allowed"),
        ({"query": REASONS % 1, "variables": {"n": HUGE}}, "are allowed"),
        ({"query": REASONS % 1, "variables": {"n": 2**63}}, "64 bits"),
        ({"query": REASONS % 1, "variables": {"n": 2**63 - 1}}, "are allowed"),
        ({"query": f"{{ drinks(first: {'9' * 5_000}) {{ __typename }} }}"}, "200 characters"),
        ({"query": f"{{ drinks(first: {2**63}) {{ __typename }} }}"}, "32-bit"),
        ({"query": "{ x }" + " " * 100_000}, "100,000 are allowed"),
        ({"query": "{" * 3_000}, "Syntax Error"),
        ({"query": REASONS % 1, "variables": {"n": [0] * 60_000}}, "values"),
        ({"query": '{ drink(id: "\\ud800") { __typename } }'}, "Unicode"),
    ],
)  # fmt: skip
async def test_what_is_too_much_is_refused_with_a_word_and_without_a_trace(
    service: Service, caplog: pytest.LogCaptureFixture, asked: dict[str, Any], words: str
) -> None:
    async with client_of(service) as client:
        answer = await client.post("/graphql", json=asked)
    assert answer.status_code == 400, answer.text
    assert words in answer.text
    assert not caplog.records


@pytest.mark.parametrize("text", [spreading(22), spreading(22, 5)])
async def test_a_socket_and_a_trusted_document_have_the_same_limits(
    service: Service, token: Token, text: str
) -> None:
    trusted = replace(service, documents=TrustedDocuments([text, WATCH], alone=True))
    async with client_of(trusted) as client:
        answer = await client.get("/graphql", params={"documentId": document_id(text)})
        assert answer.status_code == 400 and "more than 5,000 fields" in answer.text
    async with listening(service) as address, Client(address) as ann:
        await ann.sign_in(token("ann"))
        await ann.subscribe("1", "subscription" + text)
        assert "more than 5,000 fields" in str(await ann.receive())
        deep: Any = 1
        for _ in range(500):
            deep = {"not": deep}
        await ann.send(type="subscribe", id="2", payload={"query": WATCH, "variables": {"a": deep}})
        assert "levels" in str(await ann.closed())


def forms(text: str) -> list[dict[str, Any]]:
    """The ways to name a document."""
    hashed = document_id(text)
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": hashed}}
    return [
        {"documentId": f"sha256:{hashed}"},
        {"documentId": hashed.upper()},
        {"extensions": apollo},
        {"extensions": apollo, "query": text},
    ]


async def test_only_trusted_documents_are_answered_but_to_developers(
    service: Service, token: Token
) -> None:
    trusted = replace(service, documents=TrustedDocuments([POPULAR, LIKE, WATCH], alone=True))
    async with client_of(trusted) as client:

        async def ask(asked: dict[str, Any], user: str | None = None) -> httpx.Response:
            return await client.post("/graphql", json=asked, headers=by(user))

        for form in forms(POPULAR):
            answer = await ask({**form, "variables": {"first": 1}})
            assert len(answer.json()["data"]["popularDrinks"]["items"]) == 1, answer.text
        assert (await ask({"query": POPULAR})).status_code == 200  # trusted, however it comes
        for user in (None, token("ann"), token("ann", operator=True)):
            refused = await ask({"query": DRINKS}, user)
            assert (refused.status_code, code(refused)) == (403, "DOCUMENT_NOT_TRUSTED")
        developer = token("dev", developer=True)
        assert (await ask({"query": DRINKS}, developer)).json()["data"]["drinks"]["items"]
        for form in forms(DRINKS)[:3]:
            refused = await ask(form, developer)
            assert (refused.status_code, code(refused)) == (400, "PERSISTED_QUERY_NOT_FOUND")
        refused = await ask({**forms(POPULAR)[3], "query": DRINKS}, developer)
        assert (refused.status_code, code(refused)) == (400, "PERSISTED_QUERY_MISMATCH")
        for wrong in ({"documentId": 5}, {"extensions": []}, {"extensions": {"persistedQuery": 1}}):
            assert (await ask(wrong)).status_code == 400
    assert refusals(service, "document") >= 7


async def test_a_subscription_is_a_trusted_document_too(service: Service, token: Token) -> None:
    trusted = replace(service, documents=TrustedDocuments([WATCH], alone=True))
    async with listening(trusted) as address, Client(address) as ann:
        await ann.sign_in(token("ann"))
        await ann.send(type="subscribe", id="1", payload=forms(WATCH)[0])
        assert (await ann.event("1"))["__typename"] == "WatchingAlerts"
        await ann.subscribe("2", WATCH + " ")
        refused = await ann.receive()
        assert (refused["type"], refused["id"]) == ("error", "2")
        assert refused["payload"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
        await ann.send(type="subscribe", id="3", payload={"documentId": "sha256:0"})
        assert (await ann.receive())["payload"][0]["extensions"]["code"] == (
            "PERSISTED_QUERY_NOT_FOUND"
        )


async def test_an_answer_to_nobody_is_kept_by_caches_and_no_other(
    service: Service, token: Token
) -> None:
    trusted = replace(service, documents=TrustedDocuments([DRINKS, POPULAR, LIKE]))
    form = {"documentId": f"sha256:{document_id(DRINKS)}"}
    async with client_of(trusted) as client:

        async def get(params: dict[str, str], **headers: str) -> httpx.Response:
            return await client.get("/graphql", params=params, headers=headers)

        first = await get(form)
        assert first.json()["data"]["drinks"]["items"]
        assert first.headers["cache-control"] == "public, no-cache"
        assert "Authorization" in first.headers["vary"]
        tag = first.headers["etag"]
        same = await get(form, **{"If-None-Match": f'"x", {tag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        other = {"documentId": document_id(POPULAR), "variables": '{"first": 2}'}
        assert (await get(other, **{"If-None-Match": tag})).status_code == 200
        mine = await get(form, **by(token("ann")))
        assert mine.json()["data"] == first.json()["data"]
        posted = await client.post("/graphql", json=form)
        failed = await get({"documentId": "sha256:0"})
        for answer in (mine, posted, failed):
            assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers


async def test_a_get_asks_no_text_and_changes_nothing(service: Service) -> None:
    trusted = replace(service, documents=TrustedDocuments([LIKE, WATCH]))
    async with client_of(trusted) as client:
        page = await client.get("/graphql", params={"query": DRINKS})
        assert page.headers["content-type"].startswith("text/html")
        for params, status in (
            ({"documentId": document_id(LIKE)}, 405),
            ({"documentId": document_id(WATCH)}, 400),
            ({"documentId": document_id(WATCH), "variables": "{"}, 400),
            ({"documentId": "x", "variables": '{},"query":"{ me { __typename } }"'}, 400),
            ({"extensions": "[]"}, 400),
        ):
            answer = await client.get("/graphql", params=params)
            assert (answer.status_code, answer.json().get("data")) == (status, None), answer.text
            assert status != 405 or answer.headers["allow"] == "POST"


async def test_long_answers_are_compressed_for_those_who_can_read_them(service: Service) -> None:
    async with client_of(service) as client:
        asked = {"query": "{ __schema { types { name description } } }"}
        request = client.build_request("POST", "/graphql", json=asked)
        answer = await client.send(request, stream=True)
        packed = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["vary"]
        assert json.loads(gzip.decompress(packed))["data"]
        plain = await client.post("/graphql", json=asked, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers and len(plain.content) > 2 * len(packed)


async def test_the_command_writes_what_is_served(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from service.cli.commands.documents import trust_documents
    from service.http.trusted_documents import DocumentsRefused, read_trusted_documents

    def run(*names: str) -> Any:
        arguments = [*(str(tmp_path / name) for name in names), "--to", str(tmp_path / "out.json")]
        return CliRunner().invoke(trust_documents, arguments)

    (tmp_path / "popular.graphql").write_text(POPULAR)
    (tmp_path / "drinks.graphql").write_text(DRINKS)
    assert run("popular.graphql", "drinks.graphql").exit_code == 0
    kept = json.loads((tmp_path / "out.json").read_text())
    assert kept == {document_id(document): document for document in (POPULAR, DRINKS)}
    (tmp_path / "more.json").write_text((tmp_path / "out.json").read_text())
    (tmp_path / "like.graphql").write_text(LIKE)
    assert run("more.json", "like.graphql").exit_code == 0
    documents = read_trusted_documents(tmp_path / "out.json")
    for text in (POPULAR, DRINKS, LIKE):
        assert documents.text_of(forms(text)[0], developer=False) == text
    for text, words in (
        ("{ nosuch }", "nosuch"),
        ("{", "Syntax"),
        ("query a { me { __typename } } query b { me { __typename } }", "2 operations"),
        ("{ allergens { " + "id " * 2000 + "} }", "tokens"),
    ):
        (tmp_path / "wrong.graphql").write_text(text)
        assert words in str(run("wrong.graphql").exception)
    (tmp_path / "forged.json").write_text(json.dumps({document_id(POPULAR): DRINKS}))
    with pytest.raises(DocumentsRefused, match="SHA-256"):
        read_trusted_documents(tmp_path / "forged.json")


async def test_a_request_whose_turn_does_not_come_is_refused_early(
    service: Service, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = replace(service, turns=Turns(1, 0.02))
    assert await busy.turns.take()
    before = refusals(busy, "overload")
    body = {"query": DRINKS}
    async with client_of(busy) as client:
        answers = [
            await client.post("/graphql", json=body, headers=by(who))
            for who in (None, token("ann"))
        ]
        for answer in answers:
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"
        assert refusals(busy, "overload") == before + 2
        monkeypatch.setattr(turns, "MOST_WAITING", 0)  # so that nobody need wait to know
        for request in ({"headers": {}}, {"headers": {"Origin": "https://elsewhere.example"}}):
            answer = await client.post("/graphql", json=body, **request)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert refusals(busy, "overload") == before + 4
        operator = await client.post("/graphql", json=body, headers=by(token("o", operator=True)))
        health = [await client.get(path) for path in ("/healthz", "/readyz", "/metrics")]
        assert {answer.status_code for answer in (operator, *health)} == {200}
        busy.turns.give()
        answers = [await client.post("/graphql", json=body) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {200}
