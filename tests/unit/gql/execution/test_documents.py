"""Whatever a stranger sends, what is done before its cost is known grows with its size only."""

import random
import sys
import time
from collections.abc import Iterator
from types import FrameType

import pytest
from graphql import GraphQLError, get_introspection_query

from gql.execution.cost import costs_of
from gql.execution.document_shape import DEEPEST, LONGEST_WORD, MOST_ALIASES, MOST_FRAGMENTS
from gql.execution.documents import BYTES_A_TOKEN, LONGEST_DOCUMENT, MOST_TOKENS, Documents
from gql.execution.variables import variables_fault
from gql.schema import make_schema
from graph.lru_cache import LruCache
from tests.support.attacks import ATTACKS, spreading

SCHEMA = make_schema()._schema
CALLS_A_TOKEN = 200
"""The dearest documents take 80: fields that are compared because they may overlap."""
HANGS = 20.0


class Work:
    """Counts the calls of functions while it is open: unlike seconds, the same on any machine."""

    def __init__(self) -> None:
        self.calls = 0

    def __enter__(self) -> "Work":
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _count(self, _: FrameType, event: str, __: object) -> None:
        self.calls += event == "call"


def looked_at(text: str) -> list[GraphQLError]:
    """All that is done before the cost of a text is known."""
    documents = Documents()
    try:
        document = documents.parsed(text)
    except GraphQLError as error:
        return [error]
    errors = documents.errors(text, document, SCHEMA)
    if not errors:
        costs_of(SCHEMA, document, None, {})
    return errors


@pytest.mark.parametrize("kind", ATTACKS)
def test_the_work_is_bounded_by_the_tokens_of_a_document(kind: str) -> None:
    for size in (8, 300):
        text = ATTACKS[kind](size)
        began = time.monotonic()
        with Work() as work:
            looked_at(text)
        assert work.calls < CALLS_A_TOKEN * min(MOST_TOKENS, len(text)), (kind, size, work.calls)
        assert time.monotonic() - began < HANGS, (kind, size)


def made_up(seed: int) -> str:
    """A document of fragments that spread, nest and repeat each other at random."""
    dice = random.Random(seed)
    names = [f"f{n}" for n in range(dice.randint(2, 40))]

    def chosen(depth: int) -> Iterator[str]:
        for _ in range(dice.randint(1, 4)):
            match dice.randint(0, 5):
                case 0 | 1:
                    yield f"...{dice.choice(names)}"
                case 2 if depth:
                    yield f"... on Query {{ {' '.join(chosen(depth - 1))} }}"
                case 3:
                    yield "flavors { id }"
                case 4:
                    yield f"a{dice.randint(0, 3)}: __typename"
                case _:
                    yield "__typename"

    parts = [f"fragment {name} on Query {{ {' '.join(chosen(3))} }}" for name in names]
    return " ".join([f"{{ {' '.join(chosen(3))} }}", *parts])


def test_fragments_at_random_are_no_more_work() -> None:
    for seed in range(40):
        text = made_up(seed)
        with Work() as work:
            looked_at(text)
        assert work.calls < CALLS_A_TOKEN * len(text.split()), (seed, text)


def told(text: str) -> str:
    return looked_at(text)[0].message


def test_what_is_over_a_limit_is_told() -> None:
    assert "more than 5,000 fields" in told(spreading(22))
    assert "within itself" in told(
        "{ ...a } fragment a on Query { ...b } fragment b on Query {...a}"
    )
    assert "within itself" in told("{ __typename } fragment a on Query { ...a }")
    deep = "{ drinks " * (DEEPEST + 1) + "{ id }" + "}" * (DEEPEST + 1)
    assert told(deep) == f"'anonymous' exceeds maximum operation depth of {DEEPEST}"
    many = "{" + " ".join(f"a{n}: flavors {{ id }}" for n in range(MOST_ALIASES + 1)) + "}"
    assert told(many) == f"Too many aliases found. Allowed: {MOST_ALIASES}"
    aliased = "{ ...a me { ... on Me { id } } } fragment a on Query { x: __typename ...b ...b }"
    b = "fragment b on Query {" + " ".join(f"y{n}: __typename" for n in range(8)) + "}"
    assert "aliases" in told(f"{aliased} {b}")
    unused = " ".join(f"fragment f{n} on Query {{ x }}" for n in range(MOST_FRAGMENTS + 1))
    assert f"Allowed: {MOST_FRAGMENTS}" in told(f"{{ x }} {unused}")
    for word in ("x" * (LONGEST_WORD + 1), f"drinks(first: {'9' * 5_000}) {{ __typename }}"):
        assert f"over {LONGEST_WORD} characters" in told(f"{{ {word} }}")
    assert "Send long texts as variables" in told("{ x }" + " " * LONGEST_DOCUMENT)
    assert "tokens" in told("{" + "x " * MOST_TOKENS + "}")
    assert len(looked_at("{" + " ".join(f"x{n}" for n in range(100)) + "}")) <= 11


def test_depth_is_counted_through_fragments_and_not_within_introspection() -> None:
    nine = "drinks " + "{ drinks " * 8 + "{ ...deeper }" + "}" * 8
    three = "{ items " * 4 + "{ id }" + "}" * 4
    assert "depth" in told(f"{{ {nine} }} fragment deeper on Query {{ drinks {three} }}")
    assert looked_at(get_introspection_query(input_value_deprecation=True)) == []


def test_documents_are_kept_by_their_weight_and_only_if_they_are_valid() -> None:
    documents = Documents()
    for n in range(40):
        text = "{ flavors { id } }" + " " * (LONGEST_DOCUMENT - 100) + "#" + str(n)
        document = documents.parsed(text)
        assert documents.errors(text, document, SCHEMA) == []
        assert documents.parsed(text) is document
    assert len(documents.kept) == 40
    documents.kept = LruCache(5 * (4 * LONGEST_DOCUMENT + 20 * BYTES_A_TOKEN))
    for n in range(40):
        text = "{ flavors { id } }" + " " * (LONGEST_DOCUMENT - 100) + "#" + str(n)
        documents.errors(text, documents.parsed(text), SCHEMA)
        documents.errors("{ nosuch }", documents.parsed("{ nosuch }"), SCHEMA)
    assert len(documents.kept) == 5


def test_what_an_operation_costs_is_kept_by_its_variables() -> None:
    documents = Documents()
    text = "query Q($n: Int = 3) { drinks(first: $n) { ... on DrinkPage { items { rank } } } }"
    document = documents.parsed(text)
    assert documents.errors(text, document, SCHEMA) == []
    for _ in range(2):
        for variables in ({"n": 7}, {"n": 1}, {"n": True}, {"n": 1.0}, {"n": {1: 2}}, {}, None):
            kept = documents.costs(text, document, SCHEMA, None, variables)
            assert kept == costs_of(SCHEMA, document, None, variables)


def test_what_is_kept_makes_room_by_weight_for_what_is_used() -> None:
    kept: LruCache[str, int] = LruCache(10)
    kept.put("a", 1, 4)
    kept.put("b", 2, 4)
    assert kept.get("a") == 1
    kept.put("c", 3, 4)
    assert (kept.get("a"), kept.get("b"), kept.get("c"), kept.weight) == (1, None, 3, 8)
    kept.put("a", 5, 6)
    assert (kept.get("a"), kept.weight) == (5, 10)
    kept.put("a", 6, 11)
    assert (kept.get("a"), kept.weight) == (None, 4)


def test_variables_are_bounded() -> None:
    assert variables_fault(None) is None
    assert variables_fault({"a": [1, {"b": -(2**63)}], "c": "x" * 900_000, "d": True}) is None
    deep: object = 1
    for _ in range(500):
        deep = {"not": deep}
    assert "levels" in str(variables_fault(deep))
    assert "over 50,000" in str(variables_fault({"a": [0] * 50_001}))
    assert "64 bits" in str(variables_fault({"a": [{"b": 2**63}]}))
