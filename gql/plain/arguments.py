"""The arguments of a query, taken from JSON exactly as GraphQL takes its variables."""

# graphql-core leaves the types of what lists and non-nulls hold open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import (
    GraphQLError,
    GraphQLField,
    OperationDefinitionNode,
    VariableDefinitionNode,
    get_variable_values,
    parse,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from gql.request.failures import invalid

MOST_ERRORS = 1


class PlainArguments:
    """What may be said to one field of `Query`."""

    def __init__(self, schema: strawberry.Schema, name: str) -> None:
        self._schema = schema
        self.definition = query_field(schema, name)
        self._field: StrawberryField = self.definition.extensions[
            GraphQLCoreConverter.DEFINITION_BACKREF
        ]
        self._variables = {
            argument: _variable(argument, str(definition.type))
            for argument, definition in self.definition.args.items()
        }

    def taken(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the resolver takes; raise an `InvalidInput` refusal that names an argument.

        What is left out is left to the resolver.
        """
        for name in said:
            if name not in self._variables:
                raise invalid(
                    str(name)[:100], "There is no such argument.", f"Use {self._listed()}."
                )
        given = [self._variables[name] for name in said]
        schema = self._schema._schema  # pyright: ignore[reportPrivateUsage] - it has no other name
        values = get_variable_values(schema, given, dict(said), max_errors=MOST_ERRORS)
        if isinstance(values, list):
            message = values[0].message.rpartition(" has invalid value: ")[2]
            raise invalid(_named(values[0]), message, "See /v1/openapi.json.")
        return convert_arguments(
            values.coerced,
            self._field.arguments,
            scalar_registry=self._schema.schema_converter.scalar_registry,
            config=self._schema.config,
        )

    def _listed(self) -> str:
        *names, last = self._variables
        return f"{', '.join(names)} or {last}"


def query_field(schema: strawberry.Schema, name: str) -> GraphQLField:
    """Return a field of `Query`; raise a KeyError if there is none."""
    query = schema._schema.query_type  # pyright: ignore[reportPrivateUsage] - it has no other name
    if query is None:
        raise KeyError(name)
    return query.fields[name]


def _variable(name: str, type_: str) -> VariableDefinitionNode:
    [operation] = parse(f"query (${name}: {type_}) {{ __typename }}", no_location=True).definitions
    if not isinstance(operation, OperationDefinitionNode) or not operation.variable_definitions:
        raise TypeError(f"{name} is no variable")
    return operation.variable_definitions[0]


def _named(error: GraphQLError) -> str:
    """Return the argument that an error is about."""
    for node in error.nodes or ():
        if isinstance(node, VariableDefinitionNode):
            return node.variable.name.value
    return ""
