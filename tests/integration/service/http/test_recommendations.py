"""Lists over REST: the same drinks, arguments and failures as GraphQL has, by the same door."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest
from jsonschema_rs import Draft202012Validator

from gql.execution.limits import RateLimits
from gql.plain.lists import SELECTION
from gql.schema import make_schema
from graph.connection import Address, connect
from graph.schema import apply_schema
from service.assembly import run_service
from service.http.application import MOST_BODY_BYTES, make_application
from service.http.auth import LocalKey
from service.http.limits.rates import Rates
from service.http.limits.turns import Turns
from service.http.recommendations_endpoint import openapi_bytes
from service.http.service import Service
from service.opening import local_key
from service.settings import read_settings
from tests.support.alert_world import declare_milk, write_alert_world
from tests.support.asgi import client_of as asgi_client
from tests.support.emptying import ask, empty
from tests.support.pages import DOCS

SCHEMA = make_schema()
KEYS: dict[int, LocalKey] = {}
"""The key of the service that runs."""
PATH = "/v1/recommendations"
QUERY = f"query Q($first: Int!, $filter: DrinkFilter, $exclude: [ID!]) {{ recommendations(first: \
$first, filter: $filter, exclude: $exclude) {{ __typename ... on Recommendations {SELECTION} }} }}"


@pytest.fixture(scope="module")
async def service(
    address: Address, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    settings = read_settings({"TASTEGRAPH_HOME": str(tmp_path_factory.mktemp("home"))})
    async with connect(address, deadline=30.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        await write_alert_world(graph)
        await declare_milk(graph, "ann")
        await ask(
            graph,
            "CREATE (:User {id: 'unclear', version: 1, unresolved: ['mlik'], "
            "allergiesDeclaredAt: '2026-01-02T00:00:00+00:00'}) RETURN 1 AS one",
        )
        KEYS[0] = local_key(settings.home)
        async with run_service(settings, graph, None) as running:
            yield running


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(service) as connected:
        yield connected


@asynccontextmanager
async def client_of(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    application = make_application(lambda: nullcontext(service), SCHEMA, None)
    async with asgi_client(application) as connected:
        yield connected


def by(person: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEYS[0].issue(person)}"}


async def listed(
    client: httpx.AsyncClient, headers: dict[str, str], arguments: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The same list by GET, by POST and by GraphQL, without what is new in each answer."""
    said = {name: orjson.dumps(value).decode() for name, value in arguments.items()}
    variables = {"first": 10, **arguments}
    got = await client.get(PATH, params=said, headers=headers)
    posted = await client.post(PATH, json=arguments, headers=headers)
    asked = await client.post(
        "/graphql", json={"query": QUERY, "variables": variables}, headers=headers
    )
    assert (got.status_code, posted.status_code) == (200, 200), got.text
    assert got.headers["cache-control"] == "no-store"
    found = [got.json(), posted.json(), asked.json()["data"]["recommendations"]]
    assert found[2].pop("__typename") == "Recommendations"
    assert len({answer.pop("recommendationId") for answer in found}) == 3
    return found[0], found[1], found[2]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"first": 1},
        {"filter": {"search": "black"}},
        {"filter": {"not": {"search": "chai"}}, "exclude": ["lassi"]},
    ],
)
@pytest.mark.parametrize("person", ["ann", "somebody-new"])
async def test_a_list_is_what_graphql_answers(
    service: Service, client: httpx.AsyncClient, person: str, arguments: dict[str, Any]
) -> None:
    got, posted, asked = await listed(client, by(person), arguments)
    assert got == posted == asked
    assert got["items"]
    if person == "ann":
        drinks = {item["drink"]["id"] for item in got["items"]}
        assert drinks <= {"chai", "black"}
        assert {item["safety"]["status"] for item in got["items"]} == {"SAFE"}


async def test_a_change_acts_on_the_next_list(service: Service, client: httpx.AsyncClient) -> None:
    headers = by("ben")
    before = (await client.get(PATH, headers=headers)).json()
    assert {item["drink"]["id"] for item in before["items"]} >= {"lassi"}
    assert {item["safety"]["status"] for item in before["items"]} == {"NOT_CHECKED"}
    await declare_milk(service.graph, "ben")
    after = (await client.get(PATH, headers=headers)).json()
    assert {item["drink"]["id"] for item in after["items"]} == {"chai", "black"}


async def test_each_list_is_remembered_as_it_was_shown(
    service: Service, client: httpx.AsyncClient
) -> None:
    listed_ = (await client.get(PATH, headers=by("cleo"))).json()
    waiting = service.dependencies.impressions.waiting("cleo")
    assert set(waiting) == {item["drink"]["id"] for item in listed_["items"]}


@pytest.mark.parametrize(
    ("person", "arguments", "status", "code", "argument"),
    [
        (None, {}, 401, "NOT_SIGNED_IN", None),
        ("unclear", {}, 409, "PROFILE_UNCLEAR", None),
        ("ann", {"first": 0}, 400, "INVALID_INPUT", "first"),
        ("ann", {"first": "two"}, 400, "INVALID_INPUT", "first"),
        ("ann", {"first": None}, 400, "INVALID_INPUT", "first"),
        ("ann", {"fisrt": 1}, 400, "INVALID_INPUT", "fisrt"),
        ("ann", {"filter": {"kind": "tea"}}, 400, "INVALID_INPUT", "filter"),
        ("ann", {"context": {"hour": 25}}, 400, "INVALID_INPUT", "context.hour"),
    ],
)
async def test_what_cannot_be_answered_says_why(
    service: Service,
    client: httpx.AsyncClient,
    person: str | None,
    arguments: dict[str, Any],
    status: int,
    code: str,
    argument: str | None,
) -> None:
    headers = by(person) if person else {}
    answer = await client.post(PATH, json=arguments, headers=headers)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)
    assert error["extensions"].get("argument") == argument
    assert error["message"]
    assert error["extensions"]["advice"]
    assert answer.json()["data"] is None


async def test_what_is_no_request_is_refused(service: Service, client: httpx.AsyncClient) -> None:
    headers = by("ann")
    too_large = b'"' + b"x" * MOST_BODY_BYTES + b'"'
    refused = [
        await client.get(PATH, params={"first": "{"}, headers=headers),
        await client.post(PATH, content=b"[1]", headers=headers),
        await client.post(PATH, content=b"nothing", headers=headers),
        await client.post(PATH, content=too_large, headers=headers),
        await client.get(PATH, headers={"Authorization": "Bearer nonsense"}),
        await client.put(PATH, headers=headers),
    ]
    assert [answer.status_code for answer in refused] == [400, 400, 400, 413, 401, 405]
    deep: Any = {}
    for _ in range(40):
        deep = {"not": deep}
    answer = await client.post(PATH, json={"filter": deep}, headers=headers)
    assert answer.status_code == 400


async def test_rates_and_turns_hold_here_too(service: Service) -> None:
    slow = replace(service, rates=Rates(RateLimits(0, 0.001, 0)))
    async with client_of(slow) as client:
        statuses = [(await client.get(PATH, headers=by("dan"))).status_code for _ in range(2)]
    assert statuses == [200, 429]
    busy = replace(service, turns=Turns(1, 0.02))
    assert await busy.turns.take()
    async with client_of(busy) as client:
        answer = await client.get(PATH, headers=by("eve"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_the_description_describes_the_answers(
    service: Service, client: httpx.AsyncClient
) -> None:
    document = (await client.get("/v1/openapi.json")).json()
    assert document == orjson.loads(openapi_bytes(SCHEMA))
    assert document["openapi"] == "3.1.0"
    asked = document["paths"][PATH]
    good = {"first": 2, "filter": {"kinds": ["tea"], "not": {"maxAbv": 3.5}}, "exclude": ["a"]}
    for name, instance, holds in (
        ("RecommendationArguments", good, True),
        ("RecommendationArguments", {"first": "2"}, False),
        ("RecommendationArguments", {"filter": {"kind": []}}, False),
    ):
        assert validator(document, name).is_valid(instance) is holds, instance
    answer = await client.get(PATH, headers=by("ann"))
    validator(document, "Recommendations").validate(answer.json())
    for status, response in (
        (401, await client.get(PATH)),
        (400, await client.get(PATH, params={"first": "0"}, headers=by("ann"))),
    ):
        assert response.status_code == status
        assert str(status) in asked["get"]["responses"]
        validator(document, "Error").validate(response.json())
    names = [parameter["name"] for parameter in asked["get"]["parameters"]]
    assert names == list(document["components"]["schemas"]["RecommendationArguments"]["properties"])


def validator(document: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({**document, "$ref": f"#/components/schemas/{name}"})


async def test_the_page_tells_the_arguments_and_the_answer(
    service: Service, client: httpx.AsyncClient
) -> None:
    page = (DOCS / "rest.md").read_text(encoding="utf-8")
    document = orjson.loads(openapi_bytes(SCHEMA))
    example = page.partition("```json\n")[2].partition("```")[0]
    validator(document, "Recommendations").validate(orjson.loads(example))
    arguments = document["components"]["schemas"]["RecommendationArguments"]["properties"]
    listed_ = page.partition("each is optional:")[2].partition(".")[0]
    assert re.findall(r"`(\w+)`", listed_) == list(arguments)
    told = {int(status) for status in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert told == {int(status) for status in document["paths"][PATH]["get"]["responses"]} - {200}
