"""Recording what people do: once each, only what can be, however often and at once it is sent."""

import asyncio
import math
import time
from pathlib import Path

import pytest

from events.recording import Interaction, record
from graph.connection import Graph
from graph.people.profiles import load_profile
from graph.vocabulary import EventType
from tests.support.api import Api
from tests.support.emptying import ask
from tests.support.streaming import streaming

NOW = int(time.time() * 1000)


@pytest.fixture(autouse=True)
async def known(graph: Graph) -> None:
    await ask(graph, "UNWIND ['chai', 'cola'] AS id CREATE (:Drink {id: id}) RETURN 1 AS one")


def event(
    event_id: str,
    drink_id: str = "chai",
    type_: str = "purchase",
    value: float | None = None,
    at: int = NOW,
) -> Interaction:
    return Interaction(event_id, drink_id, type_, value, at)


async def test_each_type_is_there_afterwards_with_its_value_and_time(graph: Graph) -> None:
    sent = [
        event("e1", type_="purchase", value=2.0),
        event("e2", type_="rating", value=4.5, at=5),
        event("e3", "cola", "like"),
        event("e4", "cola", "dislike"),
        event("e5", type_="save"),
        event("e6", type_="view"),
    ]
    assert (await record(graph, "ann", sent)).recorded == 6
    history = (await load_profile(graph, "ann")).history
    assert {(event.drink_id, event.type, event.value, event.at) for event in history} == {
        ("chai", "purchase", 2.0, NOW),
        ("chai", "rating", 4.5, 5),
        ("cola", "like", 1.0, NOW),
        ("cola", "dislike", -1.0, NOW),
        ("chai", "save", None, NOW),
        ("chai", "view", None, NOW),
    }


async def test_what_is_sent_again_counts_once(graph: Graph) -> None:
    first = await record(graph, "ann", [event("e1"), event("e1"), event("e2")])
    assert (first.recorded, first.repeated) == (2, 1)
    version = (await load_profile(graph, "ann")).version
    again = await record(graph, "ann", [event("e1"), event("e2")])
    assert (again.recorded, again.repeated, dict(again.rejected)) == (0, 2, {})
    profile = await load_profile(graph, "ann")
    assert (len(profile.history), profile.version) == (2, version)


async def test_sent_at_once_by_many_it_counts_once(graph: Graph) -> None:
    await asyncio.gather(*(record(graph, "ann", [event("e1"), event("e2")]) for _ in range(8)))
    history = (await load_profile(graph, "ann")).history
    assert len(history) == 2


async def test_an_id_sent_at_once_for_several_things_is_recorded_for_one(graph: Graph) -> None:
    types = ("purchase", "view", "save", "like", "purchase")
    sent = [event("e1", "cola" if at > 3 else "chai", type_) for at, type_ in enumerate(types)]
    recordings = await asyncio.gather(*(record(graph, "ann", [event_sent]) for event_sent in sent))
    assert sum(recording.recorded for recording in recordings) == 1
    assert sum(len(recording.rejected) for recording in recordings) == 4
    assert len((await load_profile(graph, "ann")).history) == 1


async def test_the_same_sent_at_once_is_said_to_be_recorded_once(graph: Graph) -> None:
    recordings = await asyncio.gather(*(record(graph, "ann", [event("e1")]) for _ in range(12)))
    assert (
        sum(recording.recorded for recording in recordings),
        sum(recording.repeated for recording in recordings),
    ) == (1, 11)
    assert (await load_profile(graph, "ann")).version == 1


@pytest.mark.parametrize("odd", ["\ud800", "a\nb", "\x00", "\u2028"])
async def test_an_id_that_cannot_be_written_is_rejected_alone(graph: Graph, odd: str) -> None:
    result = await record(graph, "ann", [event(odd), event("e1", odd), event("e2")])
    assert (result.recorded, set(result.rejected)) == (1, {0, 1})


async def test_an_event_that_has_a_fault_already_is_rejected_alone(graph: Graph) -> None:
    odd = Interaction("e1", "chai", "view", None, NOW, fault="'brunch' is not a daypart.")
    result = await record(graph, "ann", [odd, event("e2")])
    assert (result.recorded, result.rejected) == (1, {0: "'brunch' is not a daypart."})


async def test_an_event_id_of_another_person_is_free(graph: Graph) -> None:
    await record(graph, "ann", [event("e1")])
    assert (await record(graph, "ben", [event("e1", "cola")])).recorded == 1


async def test_an_event_id_used_for_something_else_is_rejected(graph: Graph) -> None:
    await record(graph, "ann", [event("e1")])
    sent = [event("e1", "cola"), event("e1", type_="view"), event("e2"), event("e2", "cola")]
    result = await record(graph, "ann", sent)
    assert result.recorded == 1
    assert set(result.rejected) == {0, 1, 3}
    assert all("was used for something else" in reason for reason in result.rejected.values())


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (event("e", "nosuch"), "no drink 'nosuch'"),
        (event(""), "1 to 200 characters"),
        (event("x" * 201), "1 to 200 characters"),
        (event("e", type_="rating"), "from 1 to 5"),
        (event("e", type_="rating", value=0.9), "from 1 to 5"),
        (event("e", type_="rating", value=5.1), "from 1 to 5"),
        (event("e", type_="rating", value=math.nan), "from 1 to 5"),
        (event("e", type_="purchase", value=-1.0), "over 0"),
        (event("e", type_="purchase", value=0.0), "over 0"),
        (event("e", type_="purchase", value=math.inf), "over 0"),
        (event("e", type_="purchase", value=math.nan), "over 0"),
        (event("e", at=-1), "between 1970 and now"),
        (event("e", at=NOW + 3 * 24 * 3_600_000), "between 1970 and now"),
    ],
)
async def test_what_cannot_be_is_rejected_and_the_rest_recorded(
    graph: Graph, wrong: Interaction, reason: str
) -> None:
    result = await record(graph, "ann", [wrong, event("good")])
    assert result.recorded == 1
    assert reason in result.rejected[0]
    assert len((await load_profile(graph, "ann")).history) == 1


async def test_an_opinion_keeps_its_own_value_whatever_is_sent(graph: Graph) -> None:
    await record(graph, "ann", [event("e1", type_="like", value=-7.0)])
    assert [event_kept.value for event_kept in (await load_profile(graph, "ann")).history] == [1.0]


async def test_an_odd_context_rejects_its_event_alone_and_names_its_place(graph: Graph) -> None:
    api = Api(graph)
    await api.start()
    answer = await api.ask(
        """mutation ($sent: [InteractionInput!]!) {
          answer: recordInteractions(interactions: $sent) {
          ... on RecordedInteractions { recorded repeated rejected { index reason } }
          ... on Failure { message } } }""",
        "ann",
        sent=[
            {"eventId": "e1", "drinkId": "chai", "type": "VIEW"},
            {"eventId": "e2", "drinkId": "chai", "type": "VIEW", "context": {"daypart": "brunch"}},
            {"eventId": "e3", "drinkId": "chai", "type": "VIEW", "context": {"hour": 24}},
            {"eventId": "e4", "drinkId": "chai", "type": "VIEW", "context": {"weather": "\ud800"}},
        ],
    )
    assert (answer["recorded"], [rejection["index"] for rejection in answer["rejected"]]) == (
        1,
        [1, 2, 3],
    )
    assert "brunch" in answer["rejected"][0]["reason"]


async def test_further_fields_go_into_the_event_by_the_rules_of_its_schema(graph: Graph) -> None:
    api = Api(graph)
    await api.start()
    bought = {"drinkId": "chai", "type": "PURCHASE"}
    answer = await api.ask(
        """mutation ($sent: [InteractionInput!]!) {
          answer: recordInteractions(interactions: $sent) {
          ... on RecordedInteractions { recorded repeated rejected { index reason } }
          ... on Failure { message } } }""",
        "ann",
        sent=[
            {
                **bought,
                "eventId": "e1",
                "value": 2,
                "price": {"amount": 3.9, "currency": "EUR"},
                "store": "harbour",
                "channel": "app",
                "device": "phone",
                "recommendationId": "list-1",
                "sessionId": "visit-1",
                "source": "app",
                "context": {"daypart": "morning"},
            },
            {"eventId": "e2", "drinkId": "cola", "type": "CLICK", "position": 3},
            {**bought, "eventId": "e3", "position": 3},
            {**bought, "eventId": "e4", "price": {"amount": 3.9, "currency": "euro"}},
            {**bought, "eventId": "e5", "price": {"amount": -1, "currency": "EUR"}},
            {**bought, "eventId": "e6", "store": "x" * 41},
            {**bought, "eventId": "e7", "recommendationId": "\ud800"},
            {**bought, "eventId": "e8", "source": ""},
            {"eventId": "e9", "drinkId": "chai", "type": "VIEW", "price": bought_at(1)},
        ],
    )
    assert answer["recorded"] == 2
    reasons = {rejection["index"]: rejection["reason"] for rejection in answer["rejected"]}
    assert {index: reason.split()[0] for index, reason in reasons.items()} == {
        2: "position",
        3: "price.currency",
        4: "price.amount",
        5: "store",
        6: "event",
        7: "source",
        8: "price",
    }
    [kept] = await ask(
        graph, "MATCH (:User {id: 'ann'})-[b:PURCHASED]->() RETURN properties(b) AS it", "read"
    )
    event_kept = {name: value for name, value in kept["it"].items() if name != "at"}
    assert (
        event_kept.items()
        >= {
            "eventId": "e1",
            "value": 2.0,
            "price": 3.9,
            "currency": "EUR",
            "recommendationId": "list-1",
            "context_store": "harbour",
            "context_channel": "app",
            "context_device": "phone",
            "context_daypart": "morning",
        }.items()
    )


def bought_at(amount: float) -> dict[str, object]:
    return {"amount": amount, "currency": "EUR"}


async def test_further_fields_are_in_the_log_as_they_were_sent(
    graph: Graph, tmp_path: Path
) -> None:
    async with streaming(graph, tmp_path / "events") as stream:
        said = {"sessionId": "visit-1", "source": "app", "price": bought_at(3.5)}
        sent = [Interaction("e1", "chai", EventType.PURCHASE, None, NOW, said=said)]
        assert (await record(graph, "ann", sent, log=stream.log)).recorded == 1
        [logged] = (await stream.log.of_people(["ann"]))["ann"]
    assert {name: logged[name] for name in said} == said
