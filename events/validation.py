"""The one validator of behaviour events: shape by schema, then the rules that all doors share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from events.schema import known_fields, shape_fault
from events.upgrades import NEWEST, Document, upgraded, version_of
from graph.people.event_rules import LEAST_RATING, MOST_RATING, Fault, fault_of, on_our_scale
from graph.people.event_rules import value_of as stored_value
from graph.vocabulary import EventType

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IN_GRAPH = frozenset(map(str, EventType))
"""The types that the graph keeps; the others are in the log alone."""


@dataclass(frozen=True, slots=True)
class BehaviourEvent:
    """A valid event. Without a `user_id` nobody is known; `at` is in milliseconds since 1970.

    `value` is what the graph stores: a rating from 1 to 5, a number of drinks, or an opinion.
    """

    event_id: str
    type: str
    at: int
    user_id: str | None
    drink_id: str | None
    value: float | None
    said: Document
    """What it says, in the newest version."""
    sent: Document
    """The event as it was sent, which is what the log keeps."""

    @property
    def in_graph(self) -> bool:
        """Whether the graph keeps it: only what somebody known did with a drink."""
        return self.user_id is not None and self.type in IN_GRAPH

    @property
    def meaning(self) -> str:
        """What an event sent again under the same id has to mean."""
        return f"{self.drink_id}\n{self.type}"

    def row(self) -> dict[str, Any]:
        """Return it as the graph's writer takes it."""
        return {
            "userId": self.user_id,
            "drinkId": self.drink_id,
            "eventId": self.event_id,
            "type": EventType(self.type),
            "value": self.value,
            "at": self.at,
            "context": _properties(self.said),
        }


def logged_event(body: bytes, received: int) -> BehaviourEvent | Fault:
    """Return the event in a record of the log, or what is wrong with it."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Fault("event", "is not JSON")
    return validated(document, received, logged=True)


def validated(document: object, received: int, *, logged: bool = False) -> BehaviourEvent | Fault:
    """Return the event, or what is wrong with it; `received` is in milliseconds since 1970.

    One that is `logged` may have fields that a newer server added: they are left out.
    """
    if not isinstance(document, Mapping):
        return Fault("event", "is not an object")
    sent: Document = {str(name): value for name, value in document.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    version = version_of(sent)
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= NEWEST:
        return Fault("schemaVersion", f"is not a version from 1 to {NEWEST}")
    if logged:
        sent = known_fields(sent, version)
    if fault := shape_fault(sent, version):
        return fault
    return _ruled(sent, upgraded(sent, version), received)


def _ruled(sent: Document, said: Document, received: int) -> BehaviourEvent | Fault:
    at = _moment(said.get("at"), received)
    value = _value(said)
    if isinstance(at, Fault):
        return at
    if isinstance(value, Fault):
        return value
    kind = str(said["type"])
    if kind in IN_GRAPH:
        if fault := fault_of(EventType(kind), value, at, received / 1000):
            return _named(fault, kind)
        value = stored_value(EventType(kind), value)
    elif fault := fault_of(EventType.VIEW, None, at, received / 1000):
        return fault
    return BehaviourEvent(
        event_id=said["eventId"],
        type=kind,
        at=at,
        user_id=said.get("userId"),
        drink_id=said.get("drinkId"),
        value=value,
        said=said,
        sent=sent,
    )


def _moment(text: str | None, received: int) -> int | Fault:
    """Return when it was; the moment of receipt if it does not say."""
    if text is None:
        return received
    try:
        return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return Fault("at", "is no moment that a clock can show")


def _value(said: Document) -> float | Fault | None:
    rating: Mapping[str, float] | None = said.get("rating")
    if rating is None:
        return said.get("quantity")
    scale = rating.get("least", LEAST_RATING), rating.get("most", MOST_RATING)
    if not scale[0] < scale[1]:
        return Fault("rating.least", "is not below rating.most")
    if not scale[0] <= rating["value"] <= scale[1]:
        return Fault("rating.value", "is not on its scale")
    return on_our_scale(rating["value"], scale)


def _named(fault: Fault, kind: str) -> Fault:
    """Return a fault with the field that the value came from."""
    field = {"rating": "rating.value", "purchase": "quantity", "cart": "quantity"}
    return Fault(field.get(kind, fault.field), fault.reason) if fault.field == "value" else fault


def _properties(said: Document) -> dict[str, Any]:
    """Return what the graph keeps besides: where, from which list, at which price."""
    price: Mapping[str, Any] = said.get("price", {})
    kept = {f"context_{name}": text for name, text in said.get("context", {}).items()}
    kept |= {"recommendationId": said.get("recommendationId")}
    kept |= {"price": price.get("amount"), "currency": price.get("currency")}
    return {name: value for name, value in kept.items() if value is not None}
