"""Every example of docs/api.md is run as it stands, and answers what the page shows."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from graphql import build_schema, parse
from graphql.language import FieldNode, OperationDefinitionNode

from graph.safety_gate import SAFETY_GATE
from tests.integration.docs.conftest import Examples
from tests.support.pages import DOCS, ROOT, blocks, differences, headings
from tests.support.query_counts import queries

PAGE = (DOCS / "api.md").read_text(encoding="utf-8")
COSTS = (ROOT / "benchmarks" / "api.md").read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)
PAIRS = [
    (block, BLOCKS[place + 1]) for place, block in enumerate(BLOCKS) if block.language == "graphql"
]
COUNTS: Counter[str] = Counter()
"""The most queries that an example of each operation sent to the graph."""


def fields_of(text: str) -> set[str]:
    """The operations that a query asks for."""
    return {
        field.name.value
        for definition in parse(text).definitions
        if isinstance(definition, OperationDefinitionNode)
        for field in definition.selection_set.selections
        if isinstance(field, FieldNode)
    }


@pytest.mark.parametrize(
    "number", range(len(PAIRS)), ids=[f"{i}-{block.heading}" for i, (block, _) in enumerate(PAIRS)]
)
async def test_an_example_answers_what_the_page_shows(examples: Examples, number: int) -> None:
    query, shown = PAIRS[number]
    assert shown.language == "json"
    with queries() as asked:
        answer = await examples.ask(query.text, query.words)
    for name in fields_of(query.text):
        COUNTS[name] = max(COUNTS[name], len(asked))
    assert differences(json.loads(shown.text), answer) == [], json.dumps(answer, indent=1)


def test_every_query_and_mutation_has_a_section_and_an_example() -> None:
    schema = build_schema((ROOT / "gql" / "schema.graphql").read_text(encoding="utf-8"))
    assert schema.query_type and schema.mutation_type
    fields = {*schema.query_type.fields, *schema.mutation_type.fields}
    asked = {name for query, _ in PAIRS for name in fields_of(query.text)}
    assert asked == fields
    assert fields <= set(headings(PAGE))


def test_no_operation_sends_more_queries_than_its_page_says() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", COSTS, re.MULTILINE)
    told = {name: int(count) for name, count in rows}
    assert set(told) == {name for query, _ in PAIRS for name in fields_of(query.text)}
    more = {name: count for name, count in COUNTS.items() if count > told[name]}
    assert more == {}, "; ".join(f"{name} {count}" for name, count in sorted(COUNTS.items()))


ROWS = {
    "recommendations": "recommendations(first: %s) { ... on Recommendations { items { ...row } } }",
    "popularDrinks": "popularDrinks(first: %s) { ... on Recommendations { items { ...row } } }",
    "drinks": "drinks(first: %s) { ... on DrinkPage { items { ...row } } }",
    "similarDrinks": 'similarDrinks(drinkId: "flat-white", first: %s) '
    "{ ... on Recommendations { items { ...row } } }",
    "recommendationsConnection": "recommendationsConnection(first: %s) "
    "{ ... on RecommendationConnection { edges { node { ...row } } } }",
}
ROW = """fragment row on Recommendation {
  drink { recipe { name } safety { status } named: safety(forAllergens: ["milk", "egg"]) {
    verdicts { evidence { kind path { id } regulations { regulationId } } } } }
  safety { verdicts { name evidence { kind } regulations { entry } } replay { query } } }"""


@pytest.mark.parametrize("name", ROWS)
async def test_more_rows_send_no_more_queries(examples: Examples, name: str) -> None:
    sent: list[list[str]] = []
    guest = examples.guest()
    for first in (1, 2, 40):  # the first reads the person and what has changed
        with queries() as asked:
            answer = await examples.ask("{ " + ROWS[name] % first + " } " + ROW, guest)
        [result] = answer["data"].values()
        rows = result.get("items") or result["edges"]
        assert len(rows) >= min(first, 20), answer
        sent.append(asked)
    assert sorted(others(sent[1])) == sorted(others(sent[2]))
    assert sent[2].count(SAFETY_GATE.name) <= 2  # for the list and for its drinks
    assert len(sent[2]) <= 8


def others(names: list[str]) -> list[str]:
    """All queries but the gate, which is asked only about drinks that it has not judged yet."""
    return [name for name in names if name != SAFETY_GATE.name]


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
