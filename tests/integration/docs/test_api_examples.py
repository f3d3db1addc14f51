"""Every example of docs/api.md is run as it stands, and answers what the page shows."""

from __future__ import annotations

import json

import pytest
from graphql import build_schema, parse
from graphql.language import FieldNode, OperationDefinitionNode

from tests.integration.docs.conftest import Examples
from tests.support.pages import DOCS, ROOT, blocks, differences, headings

PAGE = (DOCS / "api.md").read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)
PAIRS = [(one, BLOCKS[place + 1]) for place, one in enumerate(BLOCKS) if one.language == "graphql"]


@pytest.mark.parametrize(
    "number", range(len(PAIRS)), ids=[f"{i}-{one.heading}" for i, (one, _) in enumerate(PAIRS)]
)
async def test_an_example_answers_what_the_page_shows(examples: Examples, number: int) -> None:
    query, shown = PAIRS[number]
    assert shown.language == "json"
    answer = await examples.ask(query.text, query.words)
    assert differences(json.loads(shown.text), answer) == [], json.dumps(answer, indent=1)


def test_every_query_and_mutation_has_a_section_and_an_example() -> None:
    schema = build_schema((ROOT / "gql" / "schema.graphql").read_text(encoding="utf-8"))
    assert schema.query_type and schema.mutation_type
    fields = {*schema.query_type.fields, *schema.mutation_type.fields}
    asked = {
        field.name.value
        for query, _ in PAIRS
        for definition in parse(query.text).definitions
        if isinstance(definition, OperationDefinitionNode)
        for field in definition.selection_set.selections
        if isinstance(field, FieldNode)
    }
    assert asked == fields
    assert fields <= set(headings(PAGE))


async def test_an_answer_that_differs_is_noticed(examples: Examples) -> None:
    answer = await examples.ask('{ drink(id: "flat-white") { ... on Drink { name flavors } } }')
    assert (
        differences({"data": {"drink": {"name": "Flat White", "flavors": ["..."]}}}, answer) == []
    )
    assert differences({"data": {"drink": {"name": "Latte", "flavors": ["..."]}}}, answer)
    assert differences({"data": {"drink": {"name": "Flat White", "flavors": []}}}, answer)
    assert differences({"data": {"drink": {"name": "Flat White"}}}, answer)


async def test_an_unclear_person_can_put_it_right(examples: Examples) -> None:
    declare = "mutation { setAllergies(allergies: []) { ... on Me { unresolved } } }"
    answer = await examples.ask(declare, "unclear")
    assert answer == {"data": {"setAllergies": {"unresolved": []}}}
    asked = "{ recommendations(first: 1) { ... on Recommendations { items { rank } } } }"
    answer = await examples.ask(asked, "unclear")
    assert answer == {"data": {"recommendations": {"items": [{"rank": 1}]}}}
