"""The schemas of events against their last release: what was sent before is read tomorrow."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from events.recording import LONGEST_ID
from events.schema import Schema, incompatibilities, known_fields, schema_of, versions
from events.upgrades import NEWEST, UPGRADES, upgraded
from events.validation import BehaviourEvent, validated
from graph.people import event_rules
from graph.vocabulary import EventType

EXAMPLES = Path(__file__).parent / "examples"
NOW = 1_796_000_000_000


def examples(version: int) -> list[dict[str, Any]]:
    return json.loads((EXAMPLES / f"{version}.json").read_text(encoding="utf-8"))


def test_versions_have_no_gaps_and_each_but_the_newest_an_upgrade() -> None:
    assert versions() == list(range(1, NEWEST + 1))
    assert sorted(UPGRADES) == versions()[:-1]


@pytest.mark.parametrize("version", versions())
def test_a_schema_is_one_by_its_own_draft(version: int) -> None:
    assert jsonschema_rs.meta.is_valid(dict(schema_of(version)))
    assert schema_of(version)["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("version", versions())
def test_nothing_that_was_released_is_broken(version: int) -> None:
    assert incompatibilities(schema_of(version, released=True), schema_of(version)) == []


@pytest.mark.parametrize("version", versions())
def test_every_past_version_still_replays(version: int) -> None:
    for document in examples(version):
        assert isinstance(validated(document, NOW, logged=True), BehaviourEvent), document
        newest = {**upgraded(document, version), "schemaVersion": NEWEST}
        assert isinstance(validated(newest, NOW), BehaviourEvent), document


@pytest.mark.parametrize("version", versions())
def test_the_examples_of_a_version_have_every_field(version: int) -> None:
    said = {name for document in examples(version) for name in document}
    assert said == set(schema_of(version)["properties"])


def changed(change: Callable[[dict[str, Any]], object]) -> Schema:
    schema = copy.deepcopy(dict(schema_of(1)))
    change(schema)
    return schema


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda schema: schema["properties"].pop("source"), "/properties/source"),
        (lambda schema: schema["required"].append("source"), "/required"),
        (
            lambda schema: schema["properties"]["type"]["enum"].append("sip"),
            "/properties/type/enum",
        ),
        (lambda schema: schema["properties"]["type"]["enum"].pop(), "/properties/type/enum"),
        (lambda schema: schema["properties"]["quantity"].update(maximum=5), "quantity/maximum"),
        (
            lambda schema: schema["properties"]["quantity"].update(maximum=20_000),
            "quantity/maximum",
        ),
        (lambda schema: schema["$defs"]["id"].update(maxLength=100), "/$defs/id/maxLength"),
        (lambda schema: schema["allOf"].pop(), "/allOf"),
        (lambda schema: schema.update(minProperties=3), "/minProperties"),
        (lambda schema: schema["properties"]["context"]["properties"].pop("store"), "context"),
    ],
)
def test_an_incompatible_change_is_found(
    change: Callable[[dict[str, Any]], object], where: str
) -> None:
    [incompatibility] = incompatibilities(schema_of(1), changed(change))
    assert where in incompatibility


def test_a_new_optional_field_and_other_words_are_compatible() -> None:
    def change(schema: dict[str, Any]) -> None:
        schema["properties"]["table"] = {"type": "string"}
        schema["properties"]["context"]["properties"]["music"] = {"type": "string"}
        schema["properties"]["at"]["description"] = "When it was."
        schema["title"] = "Another"

    assert incompatibilities(schema_of(1), changed(change)) == []


def test_an_older_reader_leaves_out_a_field_that_it_does_not_know() -> None:
    sent = {**examples(1)[2], "table": "7"}
    sent["context"] = {**sent["context"], "music": "jazz"}
    assert known_fields(sent, 1) == examples(1)[2]
    assert not isinstance(validated(sent, NOW), BehaviourEvent)
    assert isinstance(validated(sent, NOW, logged=True), BehaviourEvent)


def test_no_field_can_say_what_somebody_must_not_have() -> None:
    """Text without bounds, of any kind: a search, a note, a name of an allergen."""
    text = json.dumps(schema_of(NEWEST)["properties"]).lower()
    fields = set(schema_of(NEWEST)["properties"])
    assert fields.isdisjoint({"text", "query", "note", "allergies", "allergens", "avoids", "diets"})
    assert "allerg" not in text


def test_the_newest_schema_has_the_bounds_of_the_rules_that_all_doors_share() -> None:
    schema = schema_of(NEWEST)
    context = schema["properties"]["context"]["properties"]
    assert context["daypart"]["enum"] == list(event_rules.DAYPARTS)
    assert context["season"]["enum"] == list(event_rules.SEASONS)
    assert schema["$defs"]["word"]["maxLength"] == event_rules.LONGEST_WORD
    assert schema["$defs"]["id"]["maxLength"] == LONGEST_ID
    assert schema["properties"]["quantity"]["maximum"] == event_rules.MOST_BOUGHT
    assert set(EventType) <= set(schema["properties"]["type"]["enum"])
