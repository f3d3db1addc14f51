"""Lists over REST: the arguments as JSON, the list as JSON, and nothing in between."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, cast

import orjson
import strawberry
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from events.schema import schema_of, versions
from gql.execution.variables import variables_fault
from gql.plain.arguments import PlainArguments
from gql.plain.lists import plain_recommendations
from gql.plain.openapi import openapi
from gql.request.context import Context
from gql.request.failures import (
    Failure,
    GraphAway,
    NotAllowed,
    NotSignedIn,
    ProfileUnclear,
    Refusal,
    coded,
)
from service.http.admission import admitted, in_turn, refusal
from service.http.auth import Claims
from service.http.graphql_endpoint import NOT_KEPT
from service.http.service import Service

STATUSES: Mapping[type[Failure], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    ProfileUnclear: 409,
    GraphAway: 503,
}
"""All others are 400: an argument cannot be used."""
HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": "1"},
}


class RecommendationsEndpoint:
    """Decodes a request, has the list made as for GraphQL, and encodes it."""

    def __init__(self, schema: strawberry.Schema, most_bytes: int) -> None:
        self._arguments = PlainArguments(schema, "recommendations")
        self._most_bytes = most_bytes

    async def answer(self, request: Request) -> Response:
        """Return the list; any other status than 200 says in `errors` why there is none."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "GET, POST, OPTIONS"})
        service: Service = request.state.service
        viewer = await admitted(request, service)
        if isinstance(viewer, Response):
            return viewer
        return await in_turn(service, viewer, lambda: self._answer(request, service, viewer))

    async def _answer(self, request: Request, service: Service, viewer: Claims | None) -> Response:
        try:
            said = await self._said(request)
            if isinstance(said, Response):
                return said
            arguments = self._arguments.taken(said)
        except ClientDisconnect:
            return Response(status_code=400)
        except Refusal as refused:
            return _failure(refused.failure)
        found = await plain_recommendations(Context(service.dependencies, viewer), **arguments)
        if isinstance(found, Failure):
            return _failure(found)
        return Response(orjson.dumps(found), headers=NOT_KEPT, media_type="application/json")

    async def _said(self, request: Request) -> Mapping[str, Any] | Response:
        """Return the arguments: of a URL each is JSON, of a body all are one object."""
        try:
            if request.method == "GET":
                said: object = {
                    name: orjson.loads(text) for name, text in request.query_params.items()
                }
            else:
                body = await self._body(request)
                if body is None:
                    return refusal(413, f"The body is over {self._most_bytes} bytes.", "TOO_LARGE")
                said = orjson.loads(body or b"{}")
        except orjson.JSONDecodeError as error:
            return refusal(400, f"An argument, or the body, is not JSON: {error}.", "NOT_JSON")
        if not isinstance(said, dict):
            return refusal(400, "The body must be a JSON object of arguments.", "NOT_JSON")
        fault = variables_fault(cast(object, said))
        return refusal(400, fault, "NOT_JSON") if fault else cast(Mapping[str, Any], said)

    async def _body(self, request: Request) -> bytes | None:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._most_bytes:
                return None
        return bytes(body)


def openapi_bytes(schema: strawberry.Schema) -> bytes:
    """Return the description of the REST endpoints."""
    document = openapi(schema, version("tastegraph"), dict(schema_of(versions()[-1])))
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _failure(failure: Failure) -> Response:
    """Return a failure as its GraphQL error has it, with a status of its own."""
    status = STATUSES.get(type(failure), 400)
    error = coded(failure)
    said = dict(error.extensions or {})
    code = str(said.pop("code"))
    return refusal(status, error.message, code, HEADERS.get(status, {}), **said)
