"""The HTTP API in this process, on both engines: what clients send, and what they get."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from gql.schema import make_schema
from graph.connection import Graph
from graph.people.declarations import declare_allergies
from graph.safety_rule import Allergy
from service.assembly import run_service
from service.http.application import make_application
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.support.asgi import client_of
from tests.support.emptying import ask

Data = Callable[..., Coroutine[Any, Any, Any]]

DRINKS = """{ recommendations(first: 10) { __typename
    ... on Recommendations { allergiesDeclared items { rank drink { id } safety { status } } }
    ... on ProfileUnclear { texts advice } } }"""
SET_ALLERGIES = """mutation($them: [AllergyInput!]!) { setAllergies(allergies: $them) { __typename
    ... on Me { allergies { allergenId severity } }
    ... on InvalidInput { argument message advice } } }"""
RECORD = """mutation($them: [InteractionInput!]!) { recordInteractions(interactions: $them) {
    __typename ... on RecordedInteractions { recorded repeated rejected { index reason } }
    ... on InvalidInput { argument message } } }"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"TASTEGRAPH_HOME": str(tmp_path)})


@pytest.fixture
async def service(graph: Graph, settings: Settings) -> AsyncIterator[Service]:
    """A service over four drinks: two with milk, one with tea, one that is unknown."""
    await ask(
        graph,
        "CREATE (milk:Allergen {id: 'milk', name: 'Milk'}) "
        "CREATE (:Allergen {id: 'egg', name: 'Egg'}) "
        "CREATE (dairy:Ingredient {id: 'dairy', name: 'Dairy', reviewed: true, changedAt: 1}) "
        "CREATE (tea:Ingredient {id: 'tea', name: 'Tea', reviewed: true, changedAt: 1}) "
        "CREATE (dairy)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(milk) "
        "CREATE (chai:Drink {id: 'chai', name: 'Chai', recipeComplete: true, changedAt: 1}) "
        "CREATE (lassi:Drink {id: 'lassi', name: 'Lassi', recipeComplete: true, changedAt: 1}) "
        "CREATE (black:Drink {id: 'black', name: 'Black', recipeComplete: true, changedAt: 1}) "
        "CREATE (:Drink {id: 'secret', name: 'Secret', recipeComplete: false, changedAt: 1}) "
        "CREATE (chai)-[:CONTAINS]->(dairy) CREATE (lassi)-[:CONTAINS]->(dairy) "
        "CREATE (black)-[:CONTAINS]->(tea) "
        "CREATE (:Flavor {id: 'sour', name: 'Sour'}) RETURN 1 AS one",
    )
    await ask(
        graph,
        "MATCH (c:Catalogue) SET c.version = 1, c.structureVersion = 1 RETURN 1 AS one",
    )
    async with run_service(settings, graph, None) as running:
        yield running


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    application = make_application(lambda: nullcontext(service), make_schema(), None)
    async with client_of(application) as connected:
        yield connected


@pytest.fixture
def token(settings: Settings) -> str:
    return local_key(settings.home).issue("ann")


@pytest.fixture
def data(client: httpx.AsyncClient, token: str) -> Data:
    """Ask as ann; the only field of an answer without errors."""

    async def asking(query: str, **variables: Any) -> Any:
        document = (await post(client, query, variables, token)).json()
        assert "errors" not in document, document
        [result] = document["data"].values()
        return result

    return asking


async def post(
    client: httpx.AsyncClient, query: str, variables: Any = None, token: str | None = None
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asked = {"query": query, "variables": variables}
    return await client.post("/graphql", json=asked, headers=headers)


def ids(answer: Any) -> set[str]:
    return {item["drink"]["id"] for item in answer["items"]}


async def test_an_allergy_acts_on_the_next_request(data: Data) -> None:
    assert ids(await data(DRINKS)) == {"chai", "lassi", "black", "secret"}
    changed = await data(SET_ALLERGIES, them=[{"allergenId": "milk"}])
    assert changed["allergies"] == [{"allergenId": "milk", "severity": "SEVERE"}]
    result = await data(DRINKS)
    assert ids(result) == {"black"}
    assert {item["safety"]["status"] for item in result["items"]} == {"SAFE"}
    for name, kind in (("popularDrinks", "Recommendations"), ("drinks", "DrinkPage")):
        other = await data(f"{{ {name} {{ ... on {kind} {{ items {{ drink {{ id }} }} }} }} }}")
        assert ids(other) == {"black"}
    similar = (
        '{ similarDrinks(drinkId: "chai") { ... on Recommendations { items { drink { id } } } } }'
    )
    assert ids(await data(similar)) == {"black"}


async def test_an_allergy_that_another_process_wrote_acts_on_the_next_request(
    data: Data, graph: Graph
) -> None:
    await data(DRINKS)
    await declare_allergies(graph, "ann", [Allergy("milk", "SEVERE", False)], "2026-11-21", None)
    assert ids(await data(DRINKS)) == {"black"}


async def test_an_unknown_allergen_changes_nothing(data: Data) -> None:
    await data(SET_ALLERGIES, them=[{"allergenId": "milk"}])
    for wrong in (
        [{"allergenId": "egg"}, {"allergenId": "mlik"}],
        [{"allergenId": "egg"}, {"allergenId": "egg"}],
    ):
        refused = await data(SET_ALLERGIES, them=wrong)
        assert (refused["__typename"], refused["argument"]) == ("InvalidInput", "allergies")
        me = await data("{ me { ... on Me { allergies { allergenId } } } }")
        assert me["allergies"] == [{"allergenId": "milk"}]
    assert ids(await data(DRINKS)) == {"black"}


async def test_nobody_who_declared_is_told_that_drinks_are_not_checked(data: Data) -> None:
    before = await data(DRINKS)
    assert before["allergiesDeclared"] is False
    assert {item["safety"]["status"] for item in before["items"]} == {"NOT_CHECKED"}
    await data(SET_ALLERGIES, them=[])
    after = await data(DRINKS)
    assert after["allergiesDeclared"] is True
    assert {item["safety"]["status"] for item in after["items"]} == {"SAFE"}


async def test_what_was_bought_comes_after_what_is_new(data: Data) -> None:
    first = (await data(DRINKS))["items"][0]["drink"]["id"]
    bought = {"eventId": "e1", "drinkId": first, "type": "PURCHASE"}
    assert (await data(RECORD, them=[bought]))["recorded"] == 1
    items = (await data(DRINKS))["items"]
    assert items[-1]["drink"]["id"] == first
    disliked = {"eventId": "e2", "drinkId": first, "type": "DISLIKE"}
    await data(RECORD, them=[disliked])
    assert first not in ids(await data(DRINKS))


async def test_interactions_count_once_and_what_cannot_be_is_told_by_its_place(data: Data) -> None:
    sent = [
        {"eventId": "e1", "drinkId": "chai", "type": "VIEW"},
        {"eventId": "e2", "drinkId": "nosuch", "type": "VIEW"},
        {"eventId": "e3", "drinkId": "chai", "type": "RATING", "value": 6},
        {"eventId": "e1", "drinkId": "lassi", "type": "VIEW"},
    ]
    first = await data(RECORD, them=sent)
    assert first["recorded"] == 1
    assert [rejection["index"] for rejection in first["rejected"]] == [1, 2, 3]
    again = await data(RECORD, them=sent[:1])
    assert (again["recorded"], again["repeated"]) == (0, 1)
    many = [{**sent[0], "eventId": f"m{number}"} for number in range(1001)]
    refused = await data(RECORD, them=many)
    assert refused["argument"] == "interactions"
    assert (await data(RECORD, them=many[:1000]))["recorded"] == 1000


async def test_what_was_not_understood_leaves_no_drink_and_says_which(
    data: Data, graph: Graph
) -> None:
    await ask(
        graph,
        "CREATE (:User {id: 'ann', version: 1, unresolved: ['allergies: melk']}) RETURN 1 AS one",
    )
    unclear = await data(DRINKS)
    assert (unclear["__typename"], unclear["texts"]) == ("ProfileUnclear", ["allergies: melk"])
    assert "setAllergies" in unclear["advice"]
    await data(SET_ALLERGIES, them=[{"allergenId": "milk"}])
    assert ids(await data(DRINKS)) == {"black"}


async def test_without_a_token_nothing_personal_is_answered(client: httpx.AsyncClient) -> None:
    for field in (
        "me",
        "recommendations",
        'whyNot(drinkId: "chai")',
        'swap(drinkId: "chai")',
        "relaxations",
        "setAllergies(allergies: [])",
        "setAvoids(ingredients: [])",
        "setPreferences",
        "recordInteractions(interactions: [])",
    ):
        kind = "mutation" if field.startswith(("set", "record")) else "query"
        answer = await post(client, f"{kind} {{ {field} {{ __typename }} }}")
        assert answer.json()["data"] == {field.split("(")[0]: {"__typename": "NotSignedIn"}}


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer ", "Basic YTpi", "Bearer a.b.c", "token", "Bearer \xe9"]
)
async def test_a_bad_token_is_401_with_a_code(client: httpx.AsyncClient, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")}
    answer = await client.post("/graphql", json={"query": "{ me { __typename } }"}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"] == {"code": "TOKEN_REFUSED"}
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b"\xff", 400, "not JSON"),
        (b"[" * 5000, 400, "not JSON"),
        (b"[]", 400, "JSON object"),
        (b"null", 400, "JSON object"),
        (b"{}", 400, "'query' must be a text"),
        (b'{"query": 5}', 400, "'query' must be a text"),
        (b'{"query": "{ me { __typename } }", "variables": []}', 200, ""),
        (b'{"query": "{ me { __typename } }", "variables": [1]}', 400, "'variables'"),
        (b'{"query": "{ me { __typename } }", "operationName": 5}', 400, "'operationName'"),
        (b'{"query": "query A { me { __typename } }", "operationName": "B"}', 400, "B"),
        (b'{"query": ""}', 400, ""),
        (b'{"query": "{ nosuch }"}', 400, "nosuch"),
        (b'{"query": "{ popularDrinks(first: 1e400) { __typename } }"}', 400, "Int"),
        (b'{"query": "' + b" " * 1_000_001 + b'"}', 413, "1000000 bytes"),
    ],
)
async def test_what_is_no_request_is_refused(
    client: httpx.AsyncClient, body: bytes, status: int, words: str
) -> None:
    answer = await client.post("/graphql", content=body)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{a" * 900, "nested too deeply"),
        ("{ popularDrinks(first: " + "[" * 1500 + ") { __typename } }", "nested too deeply"),
        ("{ " + " ".join(f"a{n}: allergens {{ id }}" for n in range(20)) + " }", "aliases"),
        ("{ allergens { " + "id " * 2000 + "} }", "2000 tokens"),
    ],
    ids=["deep", "deep list", "aliases", "tokens"],
)
async def test_what_costs_too_much_is_refused(
    client: httpx.AsyncClient, query: str, words: str
) -> None:
    answer = await post(client, query)
    assert answer.status_code == 400 and words in answer.text


@pytest.mark.parametrize(
    ("field", "argument"),
    [
        ("popularDrinks(first: 0)", "first"),
        ("popularDrinks(first: 101)", "first"),
        ("popularDrinks(first: -5)", "first"),
        ("relaxations(first: 0)", "first"),
        ('swap(drinkId: "chai", first: 11)', "first"),
        ('drinks(filter: {search: "' + "x" * 201 + '"})', "filter.search"),
        ("popularDrinks(filter: {kinds: [" + '"a" ' * 51 + "]})", "filter"),
        ('recommendations(context: {daypart: "noon"})', "context.daypart"),
        ("recommendations(exclude: [" + '"a" ' * 1001 + "])", "exclude"),
        ("setAvoids(ingredients: [], maxAbv: -1)", "maxAbv"),
        ("setAvoids(ingredients: [], maxAbv: 1e999)", "maxAbv"),
        ("setAvoids(ingredients: [], maxCaffeineMgPer100ml: 1e999)", "maxCaffeineMgPer100ml"),
        ('setAvoids(ingredients: ["nosuch"])', "ingredients"),
        ('setPreferences(likes: {flavors: ["nosuch"]})', "likes.flavors"),
        ('setAllergies(allergies: [], regulation: "nosuch")', "regulation"),
    ],
)
async def test_an_argument_that_cannot_be_used_is_named(
    data: Data, field: str, argument: str
) -> None:
    kind = "mutation" if field.startswith("set") else "query"
    result = await data(
        f"{kind} {{ {field} {{ ... on InvalidInput {{ argument message advice }} }} }}"
    )
    assert result["argument"] == argument
    assert result["message"] and result["advice"]


async def test_variables_of_a_wrong_type_are_refused_by_name(
    client: httpx.AsyncClient, token: str
) -> None:
    answer = await post(client, SET_ALLERGIES, {"them": "milk"}, token)
    assert answer.status_code == 400 and "$them" in answer.text
    answer = await post(
        client, "query($n: Int!) { popularDrinks(first: $n) { __typename } }", {"n": "x"}
    )
    assert answer.status_code == 400 and "$n" in answer.text


async def test_a_drink_that_is_not_there_is_an_answer(data: Data) -> None:
    for field in (
        'drink(id: "nosuch")',
        'whyNot(drinkId: "nosuch")',
        'swap(drinkId: "nosuch")',
        'similarDrinks(drinkId: "x")',
    ):
        result = await data(f"{{ {field} {{ __typename ... on DrinkNotFound {{ drinkId }} }} }}")
        assert result["__typename"] == "DrinkNotFound"


async def test_allergens_that_another_process_added_are_listed(data: Data, graph: Graph) -> None:
    await data("{ allergens { id } }")
    await ask(graph, "CREATE (:Allergen {id: 'celery', name: 'Celery'}) RETURN 1 AS one")
    await ask(
        graph,
        "MATCH (c:Catalogue) SET c.version = 2, c.structureVersion = 2 RETURN 1 AS one",
    )
    assert {"id": "celery"} in await data("{ allergens { id } }")


async def test_introspection_works_within_the_limits(client: httpx.AsyncClient) -> None:
    answer = await post(client, get_introspection_query())
    assert answer.status_code == 200 and "errors" not in answer.json()
    assert "RecommendationsResult" in answer.text


async def test_probes_and_metrics(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200
    assert (await client.head("/graphql")).status_code == 200
    assert (await client.get("/nosuch")).status_code == 404
    text = (await client.get("/metrics")).text
    assert "tastegraph_catalogue_drinks 4.0" in text
    assert 'tastegraph_http_requests_total{path="other",status="404"} 1.0' in text
