"""The cost of an operation: objects, rows times depth, known before anything runs."""

import pytest
from graphql import parse, validate

from gql.cost import cost_of
from gql.schema import make_schema

SCHEMA = make_schema()._schema

ONE = """recommendations(first: %s) { ... on Recommendations { modelVersion items {
    score drink { id recipe { name } } safety { verdicts { allergenId evidence { kind } } } } }
    ... on Failure { message } }"""
A_ROW = 1 + (1 + 6) + (1 + 5 * (1 + 5))


def cost(query: str, **variables: object) -> int:
    document = parse(query)
    assert validate(SCHEMA, document) == []
    return cost_of(SCHEMA, document, None, variables)


def test_rows_are_multiplied_by_what_lies_below_them() -> None:
    assert cost("{" + ONE % 1 + "}") == 1 + A_ROW
    assert cost("{" + ONE % 100 + "}") == 1 + 100 * A_ROW
    assert cost("query($n: Int!) {" + ONE % "$n" + "}", n=7) == 1 + 7 * A_ROW
    assert cost("query($n: Int! = 3) {" + ONE % "$n" + "}") == 1 + 3 * A_ROW


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ __schema { types { name fields { name } } } }", 0),
        ("{ drink(id: 1) { ... on Drink { id flavors } } }", 1),
        ("{ recommendations { ... on Recommendations { items { rank } } } }", 1 + 10),
        ("{ flavors { id } }", 150),
        ("{ me { ... on Me { history(first: 5) { type } } } }", 1 + 5),
        ('{ drink(id: 1) { ... on Drink { safety(forAllergens: ["a", "b"]) { verdicts { name } } }'
         " } }", 1 + 1 + 2),
        ("{ a: flavors { id } b: flavors { id } }", 300),
        ("{ ...x ...x } fragment x on Query { flavors { id } }", 300),
        ("{ popularDrinks(first: -5) { ... on Recommendations { items { rank } } } }", 1),
    ],
)  # fmt: skip
def test_what_costs_what(query: str, expected: int) -> None:
    assert cost(query) == expected


def test_each_entry_that_is_sent_costs() -> None:
    query = """mutation($them: [InteractionInput!]!) {
        recordInteractions(interactions: $them) { ... on RecordedInteractions { recorded } } }"""
    assert cost(query, them=[{}] * 1000) == 1 + 1000


def test_fragments_that_multiply_are_worked_out_once() -> None:
    depth, fan = 30, 5
    fragments = [
        f"fragment f{n} on Query {{ {' '.join([f'...f{n + 1}'] * fan)} }}" for n in range(depth)
    ]
    query = " ".join(
        ["{ ...f0 }", *fragments, f"fragment f{depth} on Query {{ flavors {{ id }} }}"]
    )
    found = cost_of(SCHEMA, parse(query), None, None)
    assert found == 150 * fan**depth


def test_the_named_operation_counts() -> None:
    document = parse("query a { flavors { id } } query b { diets { id } }")
    assert [cost_of(SCHEMA, document, name, None) for name in ("a", "b", "c")] == [150, 10, 0]
