"""The cost of an operation: objects, rows times depth, known before anything runs."""

import pytest
from graphql import get_introspection_query, parse, validate

from gql.execution.cost import MOST_INTROSPECTED, MOST_TOLD, costs_of
from gql.schema import make_schema

SCHEMA = make_schema()._schema

ONE = """recommendations(first: %s) { ... on Recommendations { modelVersion items {
    score drink { id recipe { name } } safety { verdicts { allergenId evidence { kind } } } } }
    ... on Failure { message } }"""
A_ROW = 1 + (1 + 6) + (1 + 5 * (1 + 5))


def cost(query: str, **variables: object) -> int:
    document = parse(query)
    assert validate(SCHEMA, document) == []
    return costs_of(SCHEMA, document, None, variables)[0]


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
    depth, fan = 30, 3
    fragments = [
        f"fragment f{n} on Query {{ {' '.join([f'...f{n + 1}'] * fan)} }}" for n in range(depth)
    ]
    query = " ".join(
        ["{ ...f0 }", *fragments, f"fragment f{depth} on Query {{ flavors {{ id }} }}"]
    )
    assert costs_of(SCHEMA, parse(query), None, None)[0] == min(150 * fan**depth, MOST_TOLD)


def test_the_named_operation_counts() -> None:
    document = parse("query a { flavors { id } } query b { diets { id } }")
    assert [costs_of(SCHEMA, document, name, None)[0] for name in ("a", "b", "c")] == [150, 10, 0]


def test_what_is_sent_costs_by_its_objects_entries_and_characters() -> None:
    like = "mutation($them: PreferencesInput) { setPreferences(likes: $them) { __typename } }"
    assert cost(like, them={"flavors": ["x"] * 90_000}) == 1 + 9_000 + 900
    read = "query($text: String!) { readLabel(text: $text) { __typename } }"
    assert cost(read, text="x" * 10_000) == 1 + 1_000
    assert cost(f'{{ readLabel(text: "{"x" * 10_000}") {{ __typename }} }}') == 1 + 1_000
    default = f'query($text: String! = "{"x" * 10_000}")'
    assert cost(f"{default} {{ readLabel(text: $text) {{ __typename }} }}") == 1 + 1_000
    twice = (
        "query($text: String!) { a: readLabel(text: $text) { __typename } "
        "b: readLabel(text: $text) { __typename } }"
    )
    assert cost(twice, text="x" * 10_000) == 2 * (1 + 1_000)


@pytest.mark.parametrize("number", [2**31 - 1, 2**63, 2**64, 10**400])
def test_a_cost_can_be_told_whatever_number_is_sent(number: int) -> None:
    reasons = "... on Recommendations { items { reasons(first: $n) { path { id } } } }"
    query = f"query($n: Int!) {{ recommendations(first: $n) {{ {reasons} }} }}"
    assert cost(query, n=number) == MOST_TOLD


def introspected(query: str) -> int:
    document = parse(query)
    assert validate(SCHEMA, document) == []
    cost_, looked = costs_of(SCHEMA, document, None, None)
    assert cost_ == 0
    return looked


def test_an_introspection_is_answered_once_and_not_many_times() -> None:
    whole = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )
    once = introspected(whole)
    assert 1_000 < once < MOST_INTROSPECTED
    root = "types { fields { type { fields { name args { name type { name } } } } } }"
    assert introspected(f"{{ __schema {{ {root} }} }}") > MOST_INTROSPECTED
    many = " ".join(f"a{n}: __schema {{ types {{ ...x }} }}" for n in range(15))
    fields = "fragment x on __Type { fields { name type { name } } }"
    assert introspected(f"{{ {many} }} {fields}") > MOST_INTROSPECTED
