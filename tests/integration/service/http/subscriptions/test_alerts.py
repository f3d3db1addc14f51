"""What safetyAlerts tells, over real WebSockets, on both engines."""

import asyncio
from pathlib import Path

from graph.connection import Address, Graph
from graph.people.declarations import declare_avoids
from recommend.alerts.checks import Alert
from recommend.alerts.listener import Watching
from service.http.service import Service
from tests.integration.service.http.subscriptions.world import Token, add_milk, now, seen_as_safe
from tests.support.alert_world import (
    CHAI_WITH_MILK,
    CHAI_WITHOUT_MILK,
    declare_milk,
    give,
    write_alert_world,
)
from tests.support.api import Api
from tests.support.emptying import ask
from tests.support.import_elsewhere import import_elsewhere
from tests.support.impressions import offer
from tests.support.sockets import Client


async def test_a_recipe_that_another_process_imports_is_told_to_whom_it_concerns(
    address_of: str, token: Token, address: Address, tmp_path: Path, service: Service
) -> None:
    async with Client(address_of) as ann, Client(address_of) as again, Client(address_of) as ben:
        watching = await ann.watching(token("ann"))
        assert (watching["drinks"], watching["complete"]) == (1, True)
        await again.watching(token("ann"))
        await ben.watching(token("ben"))
        await import_elsewhere(address, tmp_path / "new", recipes=CHAI_WITH_MILK)
        for subscriber in (ann, again):
            alert = await subscriber.event()
            assert alert["drink"] == {"id": "chai", "name": "Chai", "safety": {"status": "UNSAFE"}}
            assert alert["safety"] == {"status": "UNSAFE"}
            assert alert["cause"] == "CATALOGUE_CHANGED" and alert["since"]
            assert alert["contacts"] == [{"kind": "BOUGHT"}]
            assert [change["subject"]["id"] for change in alert["changes"]] == ["chai"]
        await ben.nothing(5)  # also after the second look
        await ann.nothing(0.1)
        await import_elsewhere(address, tmp_path / "back", recipes=CHAI_WITHOUT_MILK)
        await seen_as_safe(service, "ann", "chai")
        await ann.nothing(0.1)
        await import_elsewhere(address, tmp_path / "new", recipes=CHAI_WITH_MILK)
        assert (await ann.event())["drink"]["id"] == "chai"  # it stopped being safe once more


async def test_a_declaration_makes_the_persons_own_drinks_alerts(
    address_of: str, token: Token, graph: Graph
) -> None:
    await give(graph, "cem", "lassi", "SAVED", now())
    async with Client(address_of) as cem, Client(address_of) as ben:
        await cem.watching(token("cem"))
        await ben.watching(token("ben"))
        await declare_milk(graph, "cem")
        alert = await cem.event()
        assert (alert["drink"]["id"], alert["cause"]) == ("lassi", "PROFILE_CHANGED")
        await declare_avoids(graph, "ben", ["tea"], None, None)
        alert = await ben.event()
        assert (alert["drink"]["id"], alert["cause"]) == ("black", "PROFILE_CHANGED")
        await cem.nothing(0.1)


async def test_an_unsafe_drink_that_becomes_theirs_is_told(
    address_of: str, token: Token, graph: Graph
) -> None:
    async with Client(address_of) as ann:
        await ann.watching(token("ann"))
        await give(graph, "ann", "lassi", "PURCHASED", now())
        await ask(graph, "MATCH (u:User {id: 'ann'}) SET u.version = u.version + 1 RETURN 1 AS one")
        alert = await ann.event()
        assert (alert["drink"]["id"], alert["cause"]) == ("lassi", "ALREADY_UNSAFE")


async def test_what_was_recommended_and_not_yet_written_is_watched(graph: Graph) -> None:
    await write_alert_world(graph)
    await declare_milk(graph, "ben")
    api = Api(graph)  # it never writes what it notes
    await api.start()
    events = api.dependencies.alerts.listen("ben")
    try:
        async with asyncio.timeout(30):
            assert await anext(events) == Watching(1, 0, True)
            api.dependencies.impressions.note(offer("ben", ["chai", "black"]))
            await add_milk(graph)
            alert = await anext(events)
        assert isinstance(alert, Alert)
        assert (alert.drink.id, alert.origin.bought_at) == ("chai", None)
        assert alert.origin.recommended_at
    finally:
        await events.aclose()
        await api.dependencies.alerts.close()
        await api.versions.close()


async def test_what_another_process_recommended_while_the_change_came_is_told_a_little_later(
    address_of: str, token: Token, graph: Graph
) -> None:
    async with Client(address_of) as ben:
        await ben.watching(token("ben"))
        await add_milk(graph)
        await ben.nothing(1.5)
        await give(graph, "ben", "chai", "RECOMMENDED", now() - 3000)
        assert (await ben.event())["drink"]["id"] == "chai"


async def test_what_is_unsafe_already_comes_if_asked_for(
    address_of: str, token: Token, graph: Graph
) -> None:
    await add_milk(graph)
    async with Client(address_of) as silent, Client(address_of) as asking:
        await silent.watching(token("ann"))
        await silent.nothing(1.5)
        await asking.watching(token("ann"), current=True)
        assert (await asking.event())["drink"]["id"] == "chai"
        await silent.nothing(0.1)


async def test_each_event_is_read_from_the_graph_anew(
    address_of: str, token: Token, graph: Graph, service: Service
) -> None:
    """What one event loaded must not answer for the next."""
    query = """subscription { safetyAlerts { __typename ... on SafetyAlert {
        drink { id recipe { ingredientId } safety { status } } } } }"""
    async with Client(address_of) as ann:
        await ann.sign_in(token("ann"))
        await ann.subscribe(query=query)
        await ann.event()
        for other in ("tea", "water"):
            await add_milk(graph)
            alert = await ann.event()
            parts = {part["ingredientId"] for part in alert["drink"]["recipe"]}
            assert (parts, alert["drink"]["safety"]["status"]) == ({"dairy", other}, "UNSAFE")
            await ask(
                graph,
                "MATCH (chai:Drink {id: 'chai'})-[part:CONTAINS]->(:Ingredient) "
                "DELETE part WITH DISTINCT chai "
                "CREATE (chai)-[:CONTAINS]->(:Ingredient {id: $id, reviewed: true, changedAt: 1}) "
                "WITH chai MATCH (c:Catalogue) SET c.version = c.version + 1 RETURN 1 AS one",
                id="water" if other == "tea" else "rain",
            )
            await seen_as_safe(service, "ann", "chai")
