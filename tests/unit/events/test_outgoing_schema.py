"""The schemas of outgoing events against their last release: receivers need not follow us."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from events.outgoing.document import SCHEMA_VERSION
from events.schema import OUTGOING, Schema, outgoing_incompatibilities, schema_of, versions
from graph.outbox.entries import OutgoingType

Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("version", versions(OUTGOING))
def test_nothing_that_was_released_is_broken(version: int) -> None:
    released = schema_of(version, OUTGOING, released=True)
    assert outgoing_incompatibilities(released, schema_of(version, OUTGOING)) == []


@pytest.mark.parametrize("version", versions(OUTGOING))
def test_a_schema_is_one_by_its_own_draft(version: int) -> None:
    assert jsonschema_rs.meta.is_valid(dict(schema_of(version, OUTGOING)))


def test_the_newest_version_is_the_one_that_is_sent_and_has_every_type() -> None:
    assert versions(OUTGOING) == list(range(1, SCHEMA_VERSION + 1))
    types = set(schema_of(SCHEMA_VERSION, OUTGOING)["properties"]["type"]["enum"])
    assert types == {*map(str, OutgoingType), "webhook.test"}


def changed(change: Change) -> Schema:
    schema = copy.deepcopy(dict(schema_of(1, OUTGOING)))
    change(schema)
    return schema


def part(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return schema["$defs"][name]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda schema: schema["properties"].pop("timestamp"), "/properties/timestamp"),
        (lambda schema: schema["required"].remove("timestamp"), "/required"),
        (lambda schema: schema["properties"]["type"]["enum"].remove("list.shown"), "/type/enum"),
        (lambda schema: schema["allOf"].pop(0), "/allOf"),
        (lambda schema: part(schema, "id").update(maxLength=300), "/$defs/id/maxLength"),
        (lambda schema: part(schema, "interactionRecorded")["required"].pop(), "/required"),
        (lambda schema: part(schema, "drinkUnsafe")["required"].append("name"), "/required"),
        (
            lambda schema: part(schema, "drinkUnsafe")["properties"]["peopleAtLeast"].update(
                minimum=1
            ),
            "/peopleAtLeast/minimum",
        ),
        (
            lambda schema: part(schema, "interactionRecorded")["properties"]["kind"]["enum"].append(
                "sip"
            ),
            "/kind/enum",
        ),
        (lambda schema: part(schema, "listShown")["properties"].pop("at"), "/properties/at"),
        (lambda schema: schema["$defs"].pop("modelActivated"), "/$defs/modelActivated"),
    ],
)
def test_an_incompatible_change_is_found(change: Change, where: str) -> None:
    [incompatibility] = outgoing_incompatibilities(schema_of(1, OUTGOING), changed(change))
    assert where in incompatibility


def test_a_new_optional_field_and_a_new_type_are_compatible() -> None:
    def change(schema: dict[str, Any]) -> None:
        part(schema, "modelActivated")["properties"]["trainedAt"] = {"type": "string"}
        schema["properties"]["origin"] = {"type": "string"}
        schema["properties"]["type"]["enum"].insert(0, "poll.closed")
        only = {"properties": {"type": {"const": "poll.closed"}}}
        fields = {"properties": {"data": {"$ref": "#/$defs/pollClosed"}}}
        schema["allOf"].insert(0, {"if": only, "then": fields})
        schema["$defs"]["pollClosed"] = {"type": "object", "required": ["pollId"]}

    assert outgoing_incompatibilities(schema_of(1, OUTGOING), changed(change)) == []
