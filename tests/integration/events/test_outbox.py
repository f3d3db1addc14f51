"""What others hear of: written with the change or not at all, in order, once it is wanted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from events.outgoing.relay import Relay
from events.schema import OUTGOING, schema_of
from graph.audience.triggers import Fired, fire
from graph.connection import Graph
from graph.editing.merging_people import merge_people
from graph.editing.recalls import Recall, recall
from graph.errors import GraphRefused
from graph.experiments.records import ExperimentRecord, ExperimentState, change_experiment
from graph.models.records import ModelRefused, NewModel, add_model, make_active
from graph.outbox.entries import OutgoingType
from graph.outbox.queue import backlog, complete
from graph.people.declarations import declare_allergies
from graph.people.interactions import EventsClash, OffsetStep, add_events
from graph.people.privacy import erase, erasure_id
from graph.people.recommended import remember_recommended
from graph.safety_rule import Allergy
from graph.vocabulary import EvidenceStatus
from tests.support.emptying import ask
from tests.support.outgoing import Counts, Listed, add_sink, relay_to, relayed

AT = 1_796_000_000_000
DECLARED = "2026-11-30T08:00:00Z"
VALID = jsonschema_rs.Draft202012Validator(dict(schema_of(1, OUTGOING)), validate_formats=True)


def event(event_id: str, user: str = "ann", type_: str = "purchase") -> dict[str, Any]:
    said = {"userId": user, "drinkId": "chai", "eventId": event_id, "type": type_}
    return {**said, "value": 1.0, "at": AT, "context": {}}


@pytest.fixture
async def shop(graph: Graph) -> Graph:
    """A chai of tea, without milk as far as anybody knows."""
    await ask(
        graph,
        "CREATE (tea:Ingredient {id: 'tea', name: 'Tea', reviewed: true}), "
        "(:Allergen {id: 'milk', name: 'Milk'}), "
        "(:Drink {id: 'chai', name: 'Chai', recipeComplete: true})-[:CONTAINS]->(tea)",
    )
    return graph


@pytest.fixture
def listed() -> Listed:
    return Listed()


@pytest.fixture
async def relay(shop: Graph, listed: Listed, tmp_path: Path) -> AsyncIterator[Relay]:
    made = relay_to(shop, tmp_path, listed)
    yield made
    await made.close()


async def waiting(graph: Graph) -> int:
    return (await backlog(graph)).waiting


async def declare(graph: Graph, user: str, *allergens: str) -> None:
    allergies = [Allergy(allergen, "SEVERE", False) for allergen in allergens]
    await declare_allergies(graph, user, allergies, DECLARED, None)


async def milk_in_tea(graph: Graph, *, apply: bool = True) -> None:
    what = Recall("ingredient", "tea", "milk", EvidenceStatus.CONTAINS, "notice 7", "2026-11-20")
    await recall(graph, what, by="ben", apply=apply)


async def everything(graph: Graph) -> None:
    """One change of each type, and a drink that becomes unsafe for five people."""
    for number in range(6):
        await declare(graph, f"person-{number}", "milk")
        await add_events(graph, [event(f"e{number}", f"person-{number}")])
    shown = {"userId": "ann", "erasureId": erasure_id("ann"), "drinkId": "chai", "at": AT}
    await remember_recommended(graph, [shown])
    await milk_in_tea(graph)
    await add_model(graph, NewModel("v1", "sha256:0", {}, "first"))
    await make_active(graph, "v1", "anna", None)
    tried = ExperimentRecord("home", ExperimentState.DECIDED, {}, 0, 1, 1.0, AT)
    await change_experiment(graph, lambda _: replace(tried, decision={"arm": "diverse"}))
    await fire(graph, "person-0", Fired("more-tea", "e0 more-tea", AT, AT + 1, "chai"))
    await erase(graph, "person-5")


async def test_every_change_is_told_with_valid_documents(
    shop: Graph, relay: Relay, listed: Listed
) -> None:
    await add_sink(shop)
    await everything(shop)
    await relayed(relay)
    documents = listed.documents()
    assert {said["type"] for said in documents} == set(map(str, OutgoingType))
    for said in [*documents, *listed.documents(with_people=False)]:
        VALID.validate(said)
    by_type = {said["type"]: said["data"] for said in documents}
    assert by_type["drink.unsafe"]["peopleAtLeast"] == 5  # of six
    assert by_type["recall.applied"] == {
        "subjectKind": "ingredient",
        "subjectId": "tea",
        "allergen": "milk",
        "presence": "contains",
        "source": "notice 7",
        "drinksChanged": 1,
        "catalogueVersion": by_type["drink.unsafe"]["catalogueVersion"],
    }
    assert by_type["list.shown"]["drinkIds"] == ["chai"]
    assert by_type["model.activated"] == {"modelVersion": "v1"}
    assert by_type["experiment.decided"] == {"experimentId": "home", "arm": "diverse"}
    assert by_type["trigger.fired"]["triggerId"] == "more-tea"
    without = json.dumps(listed.documents(with_people=False))
    assert not any(name in without for name in ("person-", '"ann"', "eventId"))


async def test_no_event_about_a_person_says_what_they_are_allergic_to(
    shop: Graph, relay: Relay, listed: Listed
) -> None:
    await add_sink(shop)
    await declare(shop, "ann", "milk")
    await declare(shop, "ben")
    await relayed(relay)
    ann, ben = sorted(listed.documents(), key=lambda said: said["data"]["userId"])
    assert ann["data"] == {"userId": "ann"}
    assert ben["data"] == {"userId": "ben"}
    assert "milk" not in json.dumps(ann)
    for said in listed.documents(with_people=False):
        assert said["data"] == {}


async def test_fewer_than_five_people_are_not_counted(
    shop: Graph, relay: Relay, listed: Listed
) -> None:
    await ask(
        shop,
        "MATCH (tea:Ingredient {id: 'tea'}) "
        "CREATE (:Drink {id: 'iced', name: 'Iced tea', recipeComplete: true})-[:CONTAINS]->(tea)",
    )
    await add_sink(shop, "one", OutgoingType.DRINK_UNSAFE)
    for number in range(5):
        await declare(shop, f"person-{number}", "milk")
        await add_events(shop, [{**event("e", f"person-{number}"), "drinkId": "iced"}])
        if number < 4:
            await add_events(shop, [event("f", f"person-{number}")])
    await add_events(shop, [event("e", "undeclared")])
    await milk_in_tea(shop)
    await relayed(relay)
    told = [(said["data"]["drinkId"], said["data"]["peopleAtLeast"]) for said in listed.documents()]
    assert told == [("iced", 5)]


async def test_what_nobody_wants_is_not_written(shop: Graph) -> None:
    await everything(shop)
    assert await waiting(shop) == 0
    await add_sink(shop, "one", OutgoingType.MODEL_ACTIVATED)
    await declare(shop, "ann", "milk")
    await add_events(shop, [event("other")])
    assert await waiting(shop) == 0
    await make_active(shop, "v1", "anna", None)
    assert await waiting(shop) == 1


async def test_what_is_taken_back_is_not_told(shop: Graph) -> None:
    await add_sink(shop)
    await milk_in_tea(shop, apply=False)
    with pytest.raises(GraphRefused):
        await declare(shop, "ann", "no such allergen")
    with pytest.raises(ModelRefused):
        await make_active(shop, "no such model", "anna", None)
    await add_events(shop, [event("known")])
    assert await waiting(shop) == 1
    with pytest.raises(EventsClash):
        clashing = [event("known", type_="view"), event("new")]
        await add_events(shop, clashing, step=OffsetStep("a log/0", 0, 2))
    await add_events(shop, [event("known")])
    await add_events(shop, [event("simulated")], simulated=True)
    assert await waiting(shop) == 1


async def test_events_of_a_person_stay_in_order_while_others_write(
    shop: Graph, relay: Relay, listed: Listed
) -> None:
    await add_sink(shop)
    writing = asyncio.Event()

    async def visit(person: str) -> None:
        for number in range(0, 12, 2):
            pair = [event(f"{number:02}", person), event(f"{number + 1:02}", person)]
            await add_events(shop, pair, deadline=60.0)

    async def relay_meanwhile() -> None:
        while not writing.is_set():
            await relay.round()

    task = asyncio.create_task(relay_meanwhile())
    await asyncio.gather(*(visit(f"person-{number}") for number in range(4)))
    writing.set()
    await task
    await relayed(relay)
    told = [(one.person, one.data["eventId"]) for one in listed.told["one"]]
    assert len(told) == 4 * 12
    for number in range(4):
        ids = [id_ for person, id_ in told if person == f"person-{number}"]
        assert ids == [f"{place:02}" for place in range(12)]


def test_an_event_that_one_read_passed_is_not_overtaken() -> None:
    def row(id_: str, subject: str, sequence: int) -> dict[str, Any]:
        return {"id": id_, "subject": subject, "sequence": sequence, "number": 0}

    second = [row("a1", "a", 1), row("b1", "b", 1), row("a2", "a", 2), row("a3", "a", 3)]
    assert complete([row("a2", "a", 2)], second) == ["a1", "a2"]
    assert complete([], second) == []


async def test_a_dead_sink_stops_no_other_and_is_told_the_same_again(
    shop: Graph, relay: Relay, listed: Listed
) -> None:
    await add_sink(shop, "one")
    await add_sink(shop, "dead")
    listed.failing["dead"] = 1
    await add_events(shop, [event("e1"), event("e2")])
    await relayed(relay, 3)
    assert [one.data["eventId"] for one in listed.told["one"]] == ["e1", "e2"]
    again = listed.told.pop("dead")
    assert len(again) >= 2
    assert len({one.id for one in again}) == 1
    del listed.failing["dead"]
    await relayed(relay)
    assert [one.id for one in listed.told["dead"]] == [one.id for one in listed.told["one"]]
    [row] = await ask(shop, "MATCH (s:EventSink {id: 'dead'}) RETURN s.failure AS failure", "read")
    assert row["failure"] is None


async def test_a_sink_that_is_gone_is_disabled_with_the_reason(
    shop: Graph, listed: Listed, tmp_path: Path
) -> None:
    counts = Counts()
    relay = relay_to(shop, tmp_path, listed, counts)
    await add_sink(shop)
    listed.failing["one"], listed.gone = 0, {"one"}
    await add_events(shop, [event("e1")])
    await relayed(relay, 2)
    await relay.close()
    [row] = await ask(
        shop, "MATCH (s:EventSink) RETURN s.failure AS failure, s.disabledAt AS since", "read"
    )
    assert row["failure"] == "answered 500"
    assert row["since"] is not None
    assert counts.failed == 1


async def test_a_sink_that_fails_for_a_day_is_disabled(
    shop: Graph, listed: Listed, tmp_path: Path
) -> None:
    now = [datetime(2026, 11, 30, 8, tzinfo=UTC)]
    relay = Relay(shop, {"test": listed}, tmp_path, Counts(), clock=lambda: now[0], first_pause=0.0)
    await add_sink(shop)
    listed.failing["one"] = 0
    await add_events(shop, [event("e1")])
    await relayed(relay, 2)
    query = "MATCH (s:EventSink) RETURN s.disabledAt AS since"
    assert await ask(shop, query, "read") == [{"since": None}]
    now[0] = datetime(2026, 12, 1, 8, 0, 1, tzinfo=UTC)
    await relayed(relay, 1)
    await relay.close()
    assert (await ask(shop, query, "read"))[0]["since"] is not None


async def test_one_process_relays_and_another_takes_over(
    shop: Graph, listed: Listed, tmp_path: Path
) -> None:
    await add_sink(shop)
    first, second = (relay_to(shop, tmp_path, Listed()), relay_to(shop, tmp_path, listed))
    await first.round()
    await add_events(shop, [event("e1")])
    await relayed(second)
    assert listed.told == {}
    await first.close()
    await relayed(second)
    await second.close()
    assert [one.data["eventId"] for one in listed.told["one"]] == ["e1"]


async def test_two_relays_at_once_publish_each_event_once(shop: Graph, tmp_path: Path) -> None:
    await add_sink(shop)
    await add_events(shop, [event(f"e{number}") for number in range(50)])
    deaf = Listed(failing={"one": 0})
    relays = [relay_to(shop, tmp_path / name, deaf) for name in ("a", "b")]
    for _ in range(3):
        await asyncio.gather(*(relay.round() for relay in relays))
    for relay in relays:
        await relay.close()
    rows = await ask(
        shop, "MATCH (e:OutgoingEvent) RETURN e.eventId AS id, e.position AS place", "read"
    )
    assert len(rows) == len({row["id"] for row in rows}) == 50
    assert await waiting(shop) == 0


async def test_what_all_have_had_is_removed(shop: Graph, relay: Relay, listed: Listed) -> None:
    await add_sink(shop)
    await add_events(shop, [event("e1"), event("e2")])
    await relayed(relay)
    relay._drop_at = 0.0  # pyright: ignore[reportPrivateUsage]
    await relayed(relay, 1)
    assert await ask(shop, "MATCH (e:OutgoingEvent) RETURN e.eventId AS id", "read") == []


async def test_an_erasure_takes_what_waits_with_it(
    shop: Graph, relay: Relay, listed: Listed
) -> None:
    await add_sink(shop)
    listed.failing["one"] = 0
    await add_events(shop, [event("e1", "ann"), event("e2", "ben")])
    await relayed(relay, 1)
    await add_events(shop, [event("e3", "ann")])
    await erase(shop, "ann")
    del listed.failing["one"]
    await relayed(relay)
    assert [one.person for one in listed.told["one"]] == ["ben", "ann"]
    [_, gone] = listed.documents()
    assert (gone["type"], gone["data"]) == ("person.erased", {"userId": "ann"})
    assert listed.documents(with_people=False)[1]["data"] == {}
    relay._drop_at = 0.0  # pyright: ignore[reportPrivateUsage]
    await relayed(relay, 1)
    assert await ask(shop, "MATCH (e) WHERE e.person = 'ann' RETURN e.id AS id", "read") == []


async def test_of_whom_was_erased_nothing_is_told_any_more_and_every_id_is_named(
    shop: Graph, relay: Relay, listed: Listed
) -> None:
    await add_events(shop, [event("e1", "ann"), event("e2", "card-7")])
    await merge_people(shop, "card-7", "ann", by="ben", apply=True)
    await add_sink(shop)
    await erase(shop, "ann")
    await add_events(shop, [event("e3", "ann")])  # their token is still valid
    await relayed(relay)
    told = [(one.type, one.person) for one in listed.told["one"]]
    assert set(told[:2]) == {("person.erased", "ann"), ("person.erased", "card-7")}
    assert told[2:] == [("interaction.recorded", "ann")]
