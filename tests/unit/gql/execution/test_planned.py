"""What is kept of a document changes no answer: the library's own executor says the same."""

from __future__ import annotations

import gc
import math
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, execute, parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gql.execution.planned import PlannedExecutor, _plans


@strawberry.enum
class Colour(Enum):
    RED = "red"
    GREEN = strawberry.enum_value("green", name="LIGHT_GREEN")


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Cup(Named):
    size: int
    weight: float | None
    colour: Colour
    lid: bool | None = None

    @strawberry.field
    def label(self, loud: bool = False) -> str:
        return self.name.upper() if loud else self.name

    @strawberry.field
    async def later(self) -> str:
        return f"later {self.name}"


@strawberry.type
class Query:
    @strawberry.field
    def cups(self) -> list[Cup]:
        return [
            Cup(name="a", size=1, weight=1.5, colour=Colour.RED),
            Cup(name="b", size=2, weight=None, colour=Colour.GREEN, lid=False),
        ]

    @strawberry.field
    async def named(self) -> list[Named]:
        return [Cup(name="c", size=3, weight=2.0, colour=Colour.RED, lid=True)]

    @strawberry.field
    def odd(self, size: int = 1, weight: float = 1.0) -> Cup | None:
        wide: Any = size if size >= 0 else None
        return Cup(name="odd", size=wide, weight=weight * math.inf, colour=Colour.RED)


PLANNED = strawberry.Schema(Query, types=[Cup], execution_context_class=PlannedExecutor)
PLAIN = strawberry.Schema(
    Query, types=[Cup], execution_context_class=StrawberryGraphQLCoreExecutionContext
)
DOCUMENTS = (
    "{ cups { name size weight colour lid label loud: label(loud: true) later __typename } }",
    "{ cups { ...Short } named { name ... on Cup { size colour } } } fragment Short on Cup { lid }",
    "query Q($with: Boolean!) { cups { name size @include(if: $with) ...F @skip(if: $with) } }"
    " fragment F on Cup { weight }",
    "query Q($with: Boolean!) { cups { name } named @include(if: $with) { name } }",
    "{ odd(size: 4000000000, weight: 0) { name size } }",
    "{ odd(size: -1) { name size } }",
    "{ odd(weight: 1) { name weight } cups { again: name name } }",
)


@pytest.mark.parametrize("text", DOCUMENTS)
async def test_each_request_is_answered_as_the_library_alone_would(text: str) -> None:
    document = parse(text)
    for variables in ({"with": True}, {"with": False}, {"with": True}):
        used = variables if "$with" in text else None
        answers = [await _executed(schema, document, used) for schema in (PLAIN, PLANNED)]
        assert answers[0] == answers[1]
        assert answers[0][0] is not None


async def _executed(schema: strawberry.Schema, document: Any, variables: Any) -> tuple[Any, Any]:
    result: Any = execute(
        schema._schema,
        document,
        variable_values=variables,
        executor_class=schema.execution_context_class,
    )
    if hasattr(result, "__await__"):
        result = await result
    errors: list[GraphQLError] = result.errors or []
    return result.data, [(error.message, error.path) for error in errors]


async def test_a_plan_goes_with_its_document() -> None:
    document = parse("{ cups { name } }")
    await _executed(PLANNED, document, None)
    before = len(_plans._plans)
    del document
    gc.collect()
    assert len(_plans._plans) < before
