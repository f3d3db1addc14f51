"""The table of policy, and what the schema does: every root field is asked in every role."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.type import get_named_type

from gql.request.context import Context
from gql.request.policy import OFFICES, POLICY, SCOPES, Role, roles_for, roles_in
from graph.connection import Graph
from tests.support.api import Api, Claims, schema

REFUSED = {"NotSignedIn", "NotAllowed", "NOT_SIGNED_IN", "NOT_ALLOWED"}
SCALARS = {"Int": "1", "Float": "1.0", "Boolean": "true", "Date": '"2026-01-01"'}
BARE: GraphQLSchema = schema()._schema


def root_fields() -> Iterator[tuple[str, GraphQLField]]:
    for root in (BARE.query_type, BARE.mutation_type, BARE.subscription_type):
        assert root
        yield from ((f"{root.name}.{name}", field) for name, field in root.fields.items())


FIELDS = dict(root_fields())


def literal(kind: Any) -> str:
    """A value that the type takes, in the language of documents."""
    if isinstance(kind, GraphQLNonNull):
        return literal(kind.of_type)
    if isinstance(kind, GraphQLList):
        return f"[{literal(kind.of_type)}]"
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        needed = [(n, f.type) for n, f in kind.fields.items() if is_required_input_field(f)]
        return "{" + ", ".join(f"{name}: {literal(type_)}" for name, type_ in needed) + "}"
    return SCALARS.get(kind.name, '"x"')


def document(name: str) -> str:
    root, field = name.split(".")
    needed = [(n, a.type) for n, a in FIELDS[name].args.items() if is_required_argument(a)]
    said = ", ".join(f"{argument}: {literal(type_)}" for argument, type_ in needed)
    below = " { __typename }" if is_composite_type(get_named_type(FIELDS[name].type)) else ""
    return f"{root.lower()} {{ answer: {field}{f'({said})' if said else ''}{below} }}"


@pytest.fixture
async def api(graph: Graph) -> Api:
    started = Api(graph)
    await started.start()
    return started


async def outcome(api: Api, name: str, role: Role) -> str:
    """The type of the answer, or the code of the error."""
    roles = roles_in([SCOPES[role]] if role in SCOPES else [])
    context = Context(api.dependencies, None if role == Role.ANYONE else Claims("anna", roles))
    if name.startswith("Subscription."):
        return await first_event(document(name), context)
    result = await schema().execute(document(name), context_value=context)
    if result.errors:
        return str((result.errors[0].extensions or {})["code"])
    assert result.data
    answer = result.data["answer"]
    return answer["__typename"] if isinstance(answer, dict) else type(answer).__name__


async def first_event(text: str, context: Context) -> str:
    events: AsyncIterator[Any] = await schema().subscribe(text, context_value=context)  # type: ignore[assignment]
    if not isinstance(events, AsyncIterator):
        return str((events.errors[0].extensions or {})["code"])
    try:
        event = await asyncio.wait_for(anext(events), 0.05)
        return str((event.errors[0].extensions or {})["code"]) if event.errors else "an event"
    except TimeoutError:
        return "waiting"
    finally:
        await events.aclose()  # type: ignore[attr-defined]


def test_every_root_field_has_a_line_and_every_line_a_field() -> None:
    assert set(POLICY) == set(FIELDS)
    assert all(Role.OPERATOR in roles or roles & OFFICES for roles in POLICY.values())
    assert roles_for("Mutation.somethingNew") == frozenset()


@pytest.mark.parametrize("role", list(Role))
async def test_whoever_the_table_names_is_answered_and_nobody_else(api: Api, role: Role) -> None:
    wrong = {
        name: said
        for name in FIELDS
        if ((said := await outcome(api, name, role)) in REFUSED) == (role in roles_for(name))
    }
    assert not wrong
