"""The query safetyAlerts and what it remembers, over the HTTP API, on both engines."""

import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gql.schema import make_schema
from graph.connection import Address, Graph
from graph.people.declarations import declare_avoids
from graph.people.profiles import load_profile
from service.assembly import run_service
from service.http.application import make_application
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.support.alert_world import CHAI_WITH_MILK, declare_milk, give, write_alert_world
from tests.support.asgi import client_of
from tests.support.emptying import ask
from tests.support.import_elsewhere import import_elsewhere
from tests.support.impressions import offer

Data = Callable[..., Coroutine[Any, Any, Any]]

ALERTS = """query($days: Int! = 30, $first: Int! = 100, $after: ID) {
  safetyAlerts(days: $days, first: $first, after: $after) { __typename
    ... on SafetyAlerts { total endCursor checked complete items {
        drink { id name recipeComplete safety { status } }
        safety { status verdicts { allergenId verdict } }
        contacts { kind at } cause since
        changes { version at by kind source subject { type id } added removed note } } }
    ... on Failure { message advice } ... on InvalidInput { argument } } }"""
DRINKS = "{ recommendations(first: 10) { ... on Recommendations { items { drink { id } } } } }"
DAY = 24 * 3600 * 1000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"TASTEGRAPH_HOME": str(tmp_path)})


@pytest.fixture
async def service(graph: Graph, settings: Settings) -> AsyncIterator[Service]:
    await write_alert_world(graph)
    async with run_service(settings, graph, None) as running:
        yield running


@pytest.fixture
async def data(service: Service, settings: Settings) -> AsyncIterator[Data]:
    """Ask as ann; the only field of an answer without errors."""
    application = make_application(lambda: nullcontext(service), make_schema(), None)
    token = local_key(settings.home).issue("ann")
    async with client_of(application) as client:

        async def asking(query: str, *, signed_in: bool = True, **variables: Any) -> Any:
            headers = {"Authorization": f"Bearer {token}"} if signed_in else {}
            asked = {"query": query, "variables": variables}
            answer = await client.post("/graphql", json=asked, headers=headers)
            document = answer.json()
            assert "errors" not in document, document
            [result] = document["data"].values()
            return result

        yield asking


def now() -> int:
    return int(time.time() * 1000)


def ids(alerts: Any) -> list[str]:
    return [item["drink"]["id"] for item in alerts["items"]]


async def offers(graph: Graph) -> dict[tuple[str, str], int]:
    rows = await ask(
        graph,
        "MATCH (user:User)-[offer:RECOMMENDED]->(drink:Drink) "
        "RETURN user.id AS user, drink.id AS drink, offer.at AS at",
        "read",
    )
    assert len({(row["user"], row["drink"]) for row in rows}) == len(rows)
    return {(row["user"], row["drink"]): row["at"] for row in rows}


async def test_a_recipe_that_changed_after_the_purchase_is_an_alert_with_the_change(
    data: Data, graph: Graph, address: Address, tmp_path: Path
) -> None:
    await declare_milk(graph, "ann")
    bought = now() - DAY
    await give(graph, "ann", "chai", "PURCHASED", bought)
    await give(graph, "ann", "black", "SAVED", bought)
    before = await data(ALERTS)
    assert (before["total"], before["checked"], before["complete"]) == (0, 2, True)
    await import_elsewhere(address, tmp_path / "new", recipes=CHAI_WITH_MILK)
    result = await data(ALERTS)
    [alert] = result["items"]
    assert alert["drink"] == {
        "id": "chai",
        "name": "Chai",
        "recipeComplete": True,
        "safety": {"status": "UNSAFE"},
    }
    assert alert["safety"] == {
        "status": "UNSAFE",
        "verdicts": [{"allergenId": "milk", "verdict": "CONTAINS"}],
    }
    assert alert["contacts"] == [{"kind": "BOUGHT", "at": float(bought)}]
    assert alert["cause"] == "CATALOGUE_CHANGED"
    [change] = alert["changes"]
    assert change["subject"] == {"type": "DRINK", "id": "chai"} and change["kind"] == "IMPORT"
    assert change["at"] == alert["since"]
    assert any("dairy" in fact for fact in change["added"])


async def test_a_profile_that_changed_after_the_contact_is_the_cause(
    data: Data, graph: Graph
) -> None:
    await give(graph, "ann", "lassi", "PURCHASED", now() - DAY)
    assert (await data(ALERTS))["total"] == 0  # nothing is declared: nothing is checked
    declared = datetime.now(UTC).isoformat(timespec="seconds")
    await declare_milk(graph, "ann", at=declared)
    [alert] = (await data(ALERTS))["items"]
    assert (alert["cause"], alert["since"], alert["changes"]) == ("PROFILE_CHANGED", declared, [])


async def test_what_was_unsafe_before_is_listed_too(data: Data, graph: Graph) -> None:
    await declare_milk(graph, "ann")
    await give(graph, "ann", "lassi", "PURCHASED", now())
    await give(graph, "ann", "secret", "SAVED", now() - 1000)
    result = await data(ALERTS)
    assert ids(result) == ["lassi", "secret"]
    assert {item["cause"] for item in result["items"]} == {"ALREADY_UNSAFE"}
    assert {item["since"] for item in result["items"]} == {None}
    verdicts = [item["safety"]["verdicts"][0]["verdict"] for item in result["items"]]
    assert verdicts == ["CONTAINS", "UNKNOWN"]


async def test_what_is_avoided_over_a_limit_or_not_understood_counts_without_any_allergy(
    data: Data, graph: Graph
) -> None:
    await give(graph, "ann", "lassi", "PURCHASED", now())
    await declare_avoids(graph, "ann", ["dairy"], None, None)
    assert ids(await data(ALERTS)) == ["lassi"]
    await declare_avoids(graph, "ann", [], None, None)
    assert ids(await data(ALERTS)) == []
    await declare_avoids(graph, "ann", [], 5.0, None)  # nobody knows how strong it is
    [alert] = (await data(ALERTS))["items"]
    assert (alert["drink"]["id"], alert["safety"]["verdicts"]) == ("lassi", [])
    await declare_avoids(graph, "ann", [], None, None)
    await ask(graph, "MATCH (u:User {id: 'ann'}) SET u.unresolved = ['?'] RETURN 1 AS one")
    assert ids(await data(ALERTS)) == ["lassi"]


async def test_a_purchase_of_an_unknown_time_counts(data: Data, graph: Graph) -> None:
    await declare_milk(graph, "ann")
    await give(graph, "ann", "lassi", "PURCHASED", None)
    [alert] = (await data(ALERTS))["items"]
    assert alert["contacts"] == [{"kind": "BOUGHT", "at": None}]
    assert alert["cause"] == "PROFILE_CHANGED"  # it was declared later than a time not known


async def test_recommendations_count_for_the_days_asked(data: Data, graph: Graph) -> None:
    await declare_milk(graph, "ann")
    await give(graph, "ann", "lassi", "RECOMMENDED", now() - 20 * DAY)
    assert ids(await data(ALERTS)) == ["lassi"]
    assert ids(await data(ALERTS, days=19)) == []
    await give(graph, "ann", "lassi", "PURCHASED", now() - 900 * DAY)
    [alert] = (await data(ALERTS, days=1))["items"]
    assert [contact["kind"] for contact in alert["contacts"]] == ["BOUGHT"]
    [alert] = (await data(ALERTS))["items"]
    assert [contact["kind"] for contact in alert["contacts"]] == ["BOUGHT", "RECOMMENDED"]


async def test_another_persons_drinks_are_none_of_mine(data: Data, graph: Graph) -> None:
    await declare_milk(graph, "ann", "ben")
    await give(graph, "ben", "lassi", "PURCHASED", now())
    result = await data(ALERTS)
    assert (result["total"], result["checked"]) == (0, 0)


async def test_a_drink_that_left_the_catalogue_is_not_listed(data: Data, graph: Graph) -> None:
    await declare_milk(graph, "ann")
    await give(graph, "ann", "lassi", "PURCHASED", now())
    await ask(graph, "MATCH (drink:Drink {id: 'lassi'}) DETACH DELETE drink RETURN 1 AS one")
    assert (await data(ALERTS))["total"] == 0


async def test_a_drink_that_the_memory_does_not_have_is_listed(data: Data, graph: Graph) -> None:
    """Written past the versions, so that the memory does not learn of it."""
    await declare_milk(graph, "ann")
    await ask(graph, "CREATE (:Drink {id: 'new', name: 'New'}) RETURN 1 AS one")
    await give(graph, "ann", "new", "SAVED", now())
    [alert] = (await data(ALERTS))["items"]
    assert alert["drink"]["name"] == "New" and alert["drink"]["recipeComplete"] is False


async def test_all_are_on_some_page(data: Data, graph: Graph) -> None:
    await declare_milk(graph, "ann")
    for place in range(7):
        await ask(
            graph,
            "CREATE (:Drink {id: $id, name: $id, recipeComplete: false}) RETURN 1 AS one",
            id=f"d{place}",
        )
        await give(graph, "ann", f"d{place}", "SAVED", 1_790_000_000_000 + place // 2)
    pages: list[list[str]] = []
    after = None
    while True:
        result = await data(ALERTS, first=3, after=after)
        assert result["total"] == 7
        pages.append(ids(result))
        after = result["endCursor"]
        if after is None:
            break
    assert pages == [["d6", "d4", "d5"], ["d2", "d3", "d0"], ["d1"]]


@pytest.mark.parametrize(
    ("variables", "argument"),
    [
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
        ({"first": 0}, "first"),
        ({"after": "x"}, "after"),
    ],
)
async def test_arguments_that_cannot_be_used(
    data: Data, variables: dict[str, Any], argument: str
) -> None:
    result = await data(ALERTS, **variables)
    assert (result["__typename"], result["argument"]) == ("InvalidInput", argument)


async def test_nobody_has_no_alerts(data: Data) -> None:
    assert (await data(ALERTS, signed_in=False))["__typename"] == "NotSignedIn"


@pytest.mark.parametrize(
    "query",
    [
        DRINKS,
        "{ popularDrinks { ... on Recommendations { items { drink { id } } } } }",
        '{ similarDrinks(drinkId: "lassi") { ... on Recommendations { items { drink { id } } } } }',
        "{ drinks { ... on DrinkPage { items { drink { id } } } } }",
    ],
)
async def test_whatever_offers_drinks_is_remembered(
    data: Data, graph: Graph, service: Service, query: str
) -> None:
    await declare_milk(graph, "ann")
    began = now()
    version = (await load_profile(graph, "ann")).version
    offered = set(ids(await data(query)))
    assert offered == {"chai", "black"}
    await service.dependencies.impressions.flush()
    written = await offers(graph)
    assert set(written) == {("ann", drink) for drink in offered}
    assert all(began <= at <= now() for at in written.values())
    after = await load_profile(graph, "ann")
    assert (after.version, after.history) == (version, ())


async def test_what_was_offered_a_moment_ago_is_among_the_alerts_at_once(
    data: Data, graph: Graph, address: Address, tmp_path: Path
) -> None:
    await declare_milk(graph, "ann")
    assert set(ids(await data(DRINKS))) == {"chai", "black"}
    await ask(
        graph,
        "MATCH (chai:Drink {id: 'chai'}) MATCH (dairy:Ingredient {id: 'dairy'}) "
        "CREATE (chai)-[:CONTAINS]->(dairy) RETURN 1 AS one",
    )
    [alert] = (await data(ALERTS))["items"]
    assert alert["drink"]["id"] == "chai"
    assert [contact["kind"] for contact in alert["contacts"]] == ["RECOMMENDED"]
    assert alert["cause"] == "PROFILE_CHANGED"  # nothing of the catalogue was recorded


async def test_nobody_and_an_empty_answer_leave_nothing(
    data: Data, graph: Graph, service: Service
) -> None:
    await data("{ popularDrinks { ... on Recommendations { items { rank } } } }", signed_in=False)
    await data('{ drinks(filter: {search: "nothing"}) { ... on DrinkPage { items { rank } } } }')
    await service.dependencies.impressions.flush()
    assert await offers(graph) == {}


async def test_the_end_of_a_service_writes_what_still_waits(
    graph: Graph, settings: Settings
) -> None:
    await write_alert_world(graph)
    async with run_service(settings, graph, None) as running:
        running.dependencies.impressions.note(offer("ann", ["chai"]))
    assert set(await offers(graph)) == {("ann", "chai")}


def test_days_of_memory_are_a_setting(tmp_path: Path) -> None:
    name = "TASTEGRAPH_REMEMBER_RECOMMENDATIONS_DAYS"
    settings = read_settings({"TASTEGRAPH_HOME": str(tmp_path), name: "0"})
    assert settings.remember_days == 0
    assert timedelta(days=read_settings({}).remember_days).days == 30
