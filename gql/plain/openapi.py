"""The description of the REST endpoints by OpenAPI 3.1, made of the GraphQL schema.

Arguments and answers have there what GraphQL says of them, so they are written down once.
"""

# graphql-core leaves the types of what lists and non-nulls hold open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    parse,
)

from gql.plain.arguments import query_field
from gql.plain.lists import SELECTION

Json = dict[str, Any]

SCALARS: Mapping[str, Json] = {
    "Int": {"type": "integer", "format": "int32"},
    "Float": {"type": "number"},
    "String": {"type": "string"},
    "ID": {"type": "string"},
    "Boolean": {"type": "boolean"},
}
ERROR: Json = {
    "type": "object",
    "required": ["data", "errors"],
    "properties": {
        "data": {"type": "null"},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["message", "extensions"],
                "properties": {
                    "message": {"type": "string"},
                    "extensions": {
                        "type": "object",
                        "required": ["code"],
                        "properties": {"code": {"type": "string"}, "advice": {"type": "string"}},
                    },
                },
            },
        },
    },
}
REFUSALS: Mapping[str, str] = {
    "400": "An argument cannot be used: INVALID_INPUT, with argument and advice.",
    "401": "Nobody is signed in, or the token is not accepted: NOT_SIGNED_IN, TOKEN_REFUSED.",
    "409": "Not everything this person declared was understood: PROFILE_UNCLEAR, with texts.",
    "413": "The body is too large: TOO_LARGE.",
    "429": "Too many requests in the last seconds: TOO_MANY_REQUESTS. See Retry-After.",
    "503": "Not now: GRAPH_AWAY, KEYS_AWAY or OVERLOADED. See Retry-After.",
}


def openapi(schema: strawberry.Schema, version: str, event: Json) -> Json:
    """Return the description; `event` is the JSON Schema of an event that is sent."""
    components: Json = {"Error": ERROR, "Event": event}
    field = query_field(schema, "recommendations")
    arguments = {
        name: {**_input(argument.type, components), **_said(argument)}
        for name, argument in field.args.items()
    }
    answer = schema._schema.type_map["Recommendations"]  # pyright: ignore[reportPrivateUsage] - it has no other name
    if not isinstance(answer, GraphQLObjectType):
        raise TypeError("Recommendations is no object type")
    components["RecommendationArguments"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": arguments,
    }
    components["Recommendations"] = _object(answer, _selection())
    summary = field.description or ""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tastegraph", "version": version},
        "security": [{"bearer": []}],
        "paths": {
            "/v1/recommendations": {
                "get": {**_list(summary), "parameters": list(map(_parameter, arguments.items()))},
                "post": {**_list(summary), "requestBody": _body("RecommendationArguments")},
            },
            "/v1/events": {"post": _events()},
            "/healthz": {"get": _probe("Whether the process is alive.")},
            "/readyz": {"get": _probe("Whether the graph answers.")},
        },
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _list(summary: str) -> Json:
    return {"summary": summary, "responses": _responses("Recommendations", REFUSALS)}


def _parameter(argument: tuple[str, Json]) -> Json:
    """Return an argument in a URL, where each is JSON."""
    name, schema = argument
    content = {"application/json": {"schema": schema}}
    return {"name": name, "in": "query", "required": False, "content": content}


def _body(name: str) -> Json:
    reference = {"$ref": f"#/components/schemas/{name}"}
    return {"content": {"application/json": {"schema": reference}}}


def _events() -> Json:
    events = {
        "type": "object",
        "required": ["events"],
        "properties": {
            "events": {
                "type": "array",
                "maxItems": 1000,
                "items": {"$ref": "#/components/schemas/Event"},
            }
        },
    }
    return {
        "summary": "Send events of behaviour; each has its own answer, once it is on disk.",
        "requestBody": {"content": {"application/json": {"schema": events}}},
        "responses": {
            "200": {"description": "What became of each event: accepted, repeated, rejected."},
            **_refused({**REFUSALS, "503": "Not now: LOG_AWAY or KEYS_AWAY. See Retry-After."}),
        },
    }


def _probe(summary: str) -> Json:
    return {
        "summary": summary,
        "security": [],
        "responses": {"200": {"description": "Yes."}, "503": {"description": "No."}},
    }


def _responses(name: str, refusals: Mapping[str, str]) -> Json:
    return {"200": {"description": "The list.", **_body(name)}, **_refused(refusals)}


def _refused(refusals: Mapping[str, str]) -> Json:
    return {
        status: {"description": description, **_body("Error")}
        for status, description in refusals.items()
    }


def _input(type_: Any, components: Json) -> Json:
    """Return the JSON Schema of what may be sent; input objects are added to the components."""
    if isinstance(type_, GraphQLNonNull):
        return _input(type_.of_type, components)
    if isinstance(type_, GraphQLList):
        return {"type": "array", "items": _input(type_.of_type, components)}
    if isinstance(type_, GraphQLEnumType):
        return {"type": "string", "enum": list(type_.values)}
    if not isinstance(type_, GraphQLInputObjectType):
        return SCALARS[type_.name]
    if type_.name not in components:
        properties: Json = {}
        required: list[str] = []
        components[type_.name] = {
            "type": "object",
            "description": type_.description or "",
            "additionalProperties": False,
            "properties": properties,
            "required": required,
        }
        for name, field in type_.fields.items():
            properties[name] = {**_input(field.type, components), **_said(field)}
            if isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined:
                required.append(name)
    return {"$ref": f"#/components/schemas/{type_.name}"}


def _selection() -> SelectionSetNode:
    [operation] = parse(SELECTION).definitions
    if not isinstance(operation, OperationDefinitionNode):
        raise TypeError("the selection is no operation")
    return operation.selection_set


def _object(type_: GraphQLObjectType, chosen: SelectionSetNode) -> Json:
    """Return the JSON Schema of what is selected of an object."""
    properties: Json = {}
    for selection in chosen.selections:
        if isinstance(selection, FieldNode):
            field = type_.fields[selection.name.value]
            properties[selection.name.value] = {**_output(field.type, selection), **_said(field)}
    described = {"description": type_.description} if type_.description else {}
    return {
        "type": "object",
        **described,
        "properties": properties,
        "required": list(properties),
    }


def _output(type_: Any, selection: FieldNode) -> Json:
    if isinstance(type_, GraphQLNonNull):
        return _not_null(type_.of_type, selection)
    schema = _not_null(type_, selection)
    return {**schema, "type": [schema["type"], "null"]}


def _not_null(type_: Any, selection: FieldNode) -> Json:
    if isinstance(type_, GraphQLList):
        return {"type": "array", "items": _output(type_.of_type, selection)}
    if isinstance(type_, GraphQLObjectType) and selection.selection_set:
        return _object(type_, selection.selection_set)
    if isinstance(type_, GraphQLEnumType):
        return {"type": "string", "enum": list(type_.values)}
    return SCALARS[type_.name]


def _said(described: Any) -> Json:
    return {"description": described.description} if described.description else {}
