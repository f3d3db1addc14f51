"""Triggers over the relay: what a purchase fires, once, and that each drink offered is safe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from embeddings.registry.store import ModelStore
from events.outgoing.relay import Relay
from graph.connection import Graph
from graph.outbox.entries import OutgoingType
from graph.outbox.sinks import put_sink
from graph.people.privacy import erase
from learning.triggers.definition import Triggers
from learning.triggers.sink import KIND, WANTED, TriggerSink
from tests.support.api import Api
from tests.support.emptying import ask
from tests.support.model_world import filled, store  # noqa: F401 - fixtures
from tests.support.models import put_model
from tests.support.outgoing import KIND as LISTED
from tests.support.outgoing import Counts, Listed, relayed

OFFERS = """{ answer: triggeredOffers { __typename ... on Failure { message }
  ... on TriggeredOffers { offers { triggerId message items {
    drink { id } safety { status } } } } } }"""
DUE = "{ answer: duePoll { ... on DuePoll { poll { pollId about { id } } } } }"
BUY = """mutation ($id: ID!, $drink: ID!) {
  answer: recordInteractions(interactions: [{eventId: $id, drinkId: $drink, type: PURCHASE}]) {
    ... on RecordedInteractions { recorded } } }"""
ALLERGIC = """CREATE (user:User {id: 'ann', version: 1, allergiesDeclaredAt: '2026-01-01'})
  WITH user MATCH (milk:Allergen {id: 'milk'})
  CREATE (user)-[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: false}]->(milk) RETURN 1 AS one"""
FLAVOR = "CREATE (f:Flavor {id: 'sweet', name: 'Sweet'}) RETURN 1 AS one"
FIRED = "MATCH (user:User)-[f:TRIGGERED]->(t:Trigger) RETURN user.id AS id, t.id AS trigger"


def triggers(*rules: dict[str, Any]) -> Triggers:
    return Triggers.model_validate({"limits": {"quiet": None}, "triggers": list(rules)})


OFFER = triggers(
    {
        "id": "more-tea",
        "when": "purchase",
        "if": {"kinds": ["tea"]},
        "then": {"action": "offer", "message": "More like that", "drinks": 4},
    }
)
POLL = triggers(
    {"id": "how-sweet", "when": "purchase", "then": {"action": "poll", "poll": "too-sweet"}}
)


ALERT = triggers(
    {
        "id": "tea-sold",
        "when": "purchase",
        "if": {"kinds": ["tea"]},
        "then": {"action": "alert", "message": "Tea sells"},
        "cool_down_hours": 1,
    }
)
ALERTS = """{ answer: triggerAlerts { __typename ... on TriggerAlerts {
  items { triggerId message times people lastAt } } ... on InvalidInput { argument } } }"""


class World:
    """A server with triggers, its relay, and a sink that hears what is fired."""

    def __init__(self, graph: Graph, api: Api, folder: Path, wanted: Triggers) -> None:
        self.graph, self.api, self.heard = graph, api, Listed()
        self.alerts = 0
        clock = api.dependencies.clock
        sink = TriggerSink(graph, api.snapshots, wanted, clock, self.alerted)
        self.relay = Relay(graph, {LISTED: self.heard}, folder, Counts(), first_pause=0.0)
        self.relay.add_kind(KIND, sink)

    def alerted(self) -> None:
        self.alerts += 1

    async def buy(self, drink: str, event: str = "order-1") -> None:
        await self.api.ask(BUY, "ann", id=event, drink=drink)
        await relayed(self.relay)

    async def fired(self) -> list[str]:
        return [row["trigger"] for row in await ask(self.graph, FIRED, "read")]

    async def offers(self) -> list[dict[str, Any]]:
        answer = await self.api.ask(OFFERS, "ann")
        assert answer["__typename"] == "TriggeredOffers"
        return answer["offers"]


@pytest.fixture
async def world(
    filled: Graph,  # noqa: F811
    store: ModelStore,  # noqa: F811
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> World:
    wanted: Triggers = getattr(request, "param", OFFER)
    await ask(filled, ALLERGIC)
    await ask(filled, FLAVOR)
    api = Api(filled, await put_model(filled, store, 1), wanted)
    await api.start()
    await put_sink(filled, KIND, KIND, "", WANTED, with_people=True)
    await put_sink(filled, "heard", LISTED, "", [OutgoingType.TRIGGER_FIRED])
    return World(filled, api, tmp_path, wanted)


async def test_a_purchase_fires_once_and_every_drink_of_the_offer_is_safe(world: World) -> None:
    assert await world.offers() == []
    await world.buy("own-01")
    assert await world.fired() == ["more-tea"]
    [offer] = await world.offers()
    assert (offer["triggerId"], offer["message"]) == ("more-tea", "More like that")
    # odd drinks alone are without milk
    assert len(offer["items"]) == 4
    assert all(int(item["drink"]["id"][-2:]) % 2 for item in offer["items"])
    assert {item["safety"]["status"] for item in offer["items"]} == {"SAFE"}
    [told] = world.heard.told["heard"]
    assert (told.person, set(told.data)) == ("ann", {"triggerId", "at"})
    # told again after a crash, and cooled down for another purchase
    await ask(world.graph, "MATCH (s:EventSink {id: 'triggers'}) SET s.position = -1 RETURN 1 AS n")
    await world.buy("own-03", "order-2")
    assert await world.fired() == ["more-tea"]


async def test_the_gate_alone_keeps_an_offer_safe(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.buy("own-01")
    monkeypatch.setattr("recommend.safety.masks.Masks.allowed", lambda self, _: self.known | True)
    for offer in await world.offers():
        assert all(int(item["drink"]["id"][-2:]) % 2 for item in offer["items"])
    await world.api.settle()


async def test_another_kind_of_drink_fires_nothing(world: World) -> None:
    await world.buy("own-31")
    assert await world.fired() == []


async def test_an_offer_ends_with_a_consent_and_with_the_person(world: World) -> None:
    await world.buy("own-01")
    consent = """mutation { answer: setConsents(personalisation: false) { __typename } }"""
    await world.api.ask(consent, "ann")
    assert await world.offers() == [] and await world.fired() == []
    await world.buy("own-03", "order-2")
    assert await world.fired() == []
    await erase(world.graph, "ann")
    await relayed(world.relay)
    assert await world.fired() == []


@pytest.mark.parametrize("world", [POLL], indirect=True)
async def test_a_trigger_asks_a_question_next(world: World) -> None:
    await world.buy("own-01")
    answer = await world.api.ask(DUE, "ann")
    assert answer["poll"] == {"pollId": "too-sweet", "about": {"id": "own-01"}}


@pytest.mark.parametrize("world", [ALERT], indirect=True)
async def test_an_alert_tells_operators_how_often_and_never_of_whom(world: World) -> None:
    await world.buy("own-01")
    await world.buy("own-03", "order-2")  # cooled down
    [alert] = (await world.api.ask(ALERTS, "olga", operator=True))["items"]
    assert alert.pop("lastAt").endswith("+00:00")
    assert alert == {"triggerId": "tea-sold", "message": "Tea sells", "times": 1, "people": 1}
    assert world.alerts == 1 and await world.offers() == []
    assert (await world.api.ask(ALERTS, "ann"))["__typename"] == "NotAllowed"
    hours = ALERTS.replace("triggerAlerts", "triggerAlerts(hours: 0)")
    refused = await world.api.ask(hours, "olga", operator=True)
    assert refused == {"__typename": "InvalidInput", "argument": "hours"}
