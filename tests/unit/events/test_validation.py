"""What is an event and what is not, with the field and the reason."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from events.validation import BehaviourEvent, validated
from graph.people.event_rules import Fault

NOW = 1_796_000_000_000
DAY = 24 * 3_600_000


def sent(**more: Any) -> dict[str, Any]:
    document = {"eventId": "e", "userId": "ann", "drinkId": "chai", "type": "view", **more}
    return {name: value for name, value in document.items() if value is not None}


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")


def event(**more: Any) -> BehaviourEvent:
    outcome = validated(sent(**more), NOW)
    assert isinstance(outcome, BehaviourEvent), outcome
    return outcome


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"eventId": None}, "eventId", "missing"),
        ({"type": None}, "type", "missing"),
        ({"drinkId": None}, "drinkId", "missing"),
        ({"userId": None}, "sessionId", "missing"),
        ({"type": "sip"}, "type", "not one of impression, view"),
        ({"note": "no nuts"}, "note", "not a field"),
        ({"context": {"colour": "red"}}, "context.colour", "not a field"),
        ({"context": {"daypart": "brunch"}}, "context.daypart", "morning, afternoon"),
        ({"eventId": 7}, "eventId", "not of type string"),
        ({"eventId": ""}, "eventId", "empty, too long"),
        ({"eventId": "x" * 201}, "eventId", "empty, too long"),
        ({"eventId": "a\nb"}, "eventId", "characters"),
        ({"eventId": "\ud800"}, "event", "cannot hold"),
        ({"quantity": 1}, "quantity", "does not go with"),
        ({"rating": {"value": 5}}, "rating", "does not go with"),
        ({"type": "rating"}, "rating", "missing"),
        ({"type": "rating", "rating": {"value": 0.5}}, "rating.value", "not on its scale"),
        ({"type": "rating", "rating": {"value": 11, "most": 10}}, "rating.value", "scale"),
        (
            {"type": "rating", "rating": {"value": 1, "least": 5, "most": 5}},
            "rating.least",
            "below",
        ),
        ({"type": "rating", "rating": {"value": math.nan}}, "rating.value", "type number"),
        ({"type": "purchase", "quantity": 0}, "quantity", "out of range"),
        ({"type": "purchase", "quantity": -2}, "quantity", "out of range"),
        ({"type": "purchase", "quantity": math.inf}, "quantity", "type number"),
        ({"type": "purchase", "price": {"amount": 1}}, "price.currency", "missing"),
        ({"type": "poll_answer", "drinkId": None}, "answer", "missing"),
        ({"results": 3}, "results", "does not go with"),
        ({"at": "2026-11-30T08:00:00"}, "at", "offset"),
        ({"at": "yesterday"}, "at", "offset"),
        ({"at": "2026-12-31T23:59:60Z"}, "at", "no moment"),
        ({"at": "1969-12-31T23:59:59Z"}, "at", "between 1970 and now"),
        ({"at": iso(NOW + DAY + 1)}, "at", "between 1970 and now"),
        ({"schemaVersion": 99}, "schemaVersion", "from 1 to"),
        ({"schemaVersion": "1"}, "schemaVersion", "from 1 to"),
        ({"schemaVersion": True}, "schemaVersion", "from 1 to"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(
    more: dict[str, Any], field: str, reason: str
) -> None:
    outcome = validated(sent(**more), NOW)
    assert isinstance(outcome, Fault)
    assert outcome.field == field
    assert reason in outcome.reason


@pytest.mark.parametrize("odd", [None, 7, "text", [], ["eventId"]])
def test_what_is_no_object_is_no_event(odd: object) -> None:
    assert validated(odd, NOW) == Fault("event", "is not an object")


def test_nothing_that_was_sent_is_repeated_in_a_reason() -> None:
    secret = "allergic to nuts"
    for document in (sent(type=secret), sent(eventId=f"{secret}\n"), sent(at=secret)):
        outcome = validated(document, NOW)
        assert isinstance(outcome, Fault) and secret not in outcome.reason


def test_a_rating_is_kept_on_our_scale_whatever_its_own() -> None:
    assert event(type="rating", rating={"value": 4}).value == 4.0
    assert event(type="rating", rating={"value": 4, "least": 0, "most": 10}).value == 2.6
    assert event(type="rating", rating={"value": -1, "least": -1, "most": 1}).value == 1.0


def test_an_opinion_has_its_own_value_and_a_view_none() -> None:
    assert [event(type=type_).value for type_ in ("like", "dislike", "view")] == [1.0, -1.0, None]
    assert event(type="purchase", quantity=3).value == 3


@pytest.mark.parametrize("at", [0, 1, NOW - 10 * 365 * DAY, NOW, NOW + DAY])
def test_late_and_a_little_early_is_taken_at_its_own_time_to_the_millisecond(at: int) -> None:
    assert event(at=iso(at)).at == at


def test_the_offset_counts_and_without_a_time_it_is_the_moment_of_receipt() -> None:
    assert event(at="2026-11-30T08:15:00+01:00").at == event(at="2026-11-30T07:15:00Z").at
    assert event().at == NOW


def test_only_what_somebody_known_did_with_a_drink_is_for_the_graph() -> None:
    assert event(type="cart", quantity=1).in_graph
    assert not event(type="impression").in_graph
    assert not event(userId=None, sessionId="s").in_graph


def test_a_row_says_where_and_from_which_list_but_neither_session_nor_source() -> None:
    row = event(
        type="purchase",
        quantity=2,
        price={"amount": 3.9, "currency": "EUR"},
        context={"store": "harbour", "weather": "rain"},
        recommendationId="r1",
        sessionId="s1",
        source="till-3",
    ).row()
    assert row["context"] == {
        "context_store": "harbour",
        "context_weather": "rain",
        "recommendationId": "r1",
        "price": 3.9,
        "currency": "EUR",
    }
