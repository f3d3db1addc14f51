"""GraphQL over HTTP: one request, one JSON answer, by the GraphQL-over-HTTP specification.

POST takes anything but subscriptions; GET takes queries that are trusted documents.
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

import orjson
import strawberry
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from gql.request.context import Context
from service.http.trusted_documents import TrustedDocuments, form_fault

BY_POST = (OperationType.QUERY, OperationType.MUTATION)
BY_GET = (OperationType.QUERY,)
NOT_KEPT = {"Cache-Control": "no-store"}
ASKED_AGAIN = {"Cache-Control": "public, no-cache", "Vary": "Authorization"}
"""An answer to nobody in particular may be kept, and is to be asked for again before each use."""


class GraphQLEndpoint:
    """Decodes a request, has the schema execute it, and encodes the answer."""

    def __init__(self, schema: strawberry.Schema, most_bytes: int) -> None:
        self._schema = schema
        self._most_bytes = most_bytes

    async def answer(
        self, request: Request, context: Context, documents: TrustedDocuments
    ) -> Response:
        """Return the answer; status 400, 403, 405 or 413 if it is not a GraphQL request.

        Raises DocumentRefused.
        """
        by_get = request.method == "GET"
        body = b"" if by_get else await self._body(request)
        if body is None:
            return _failure(413, f"The request is over {self._most_bytes} bytes.")
        try:
            asked: object = _asked_by_get(request) if by_get else orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return _failure(400, f"The request is not JSON: {error}.")
        if not isinstance(asked, dict):
            return _failure(400, "The request must be a JSON object with a 'query'.")
        asked = cast(dict[str, Any], asked)
        fault = form_fault(asked)
        if fault:
            return _failure(400, fault)
        text = documents.text_of(
            asked, developer=context.viewer is not None and context.viewer.developer
        )
        try:
            result = await self._execute(text, asked, context, by_get)
        except CannotGetOperationTypeError as error:
            return _failure(400, error.as_http_error_reason())
        except InvalidOperationTypeError as error:
            return _not_by(error, by_get)
        answer = _json(_document(result), 400 if _was_refused(result) else 200)
        return _kept(request, answer) if by_get and context.viewer is None else answer

    async def _execute(
        self, text: str, asked: dict[str, Any], context: Context, by_get: bool
    ) -> ExecutionResult:
        return await self._schema.execute(
            text,
            variable_values=asked.get("variables"),
            operation_name=asked.get("operationName"),
            context_value=context,
            allowed_operation_types=BY_GET if by_get else BY_POST,
        )

    async def _body(self, request: Request) -> bytes | None:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._most_bytes:
                return None
        return bytes(body)


def asks_by_get(request: Request) -> bool:
    """Return whether a GET is for an answer, not for the page to write queries on."""
    return request.method == "GET" and bool(
        {"documentId", "extensions"} & request.query_params.keys()
    )


def _asked_by_get(request: Request) -> dict[str, Any]:
    """Return what a POST would have sent; no query text is taken from a URL."""
    said = request.query_params
    plain = {name: said[name] for name in ("documentId", "operationName") if said.get(name)}
    coded = {name: said[name] for name in ("variables", "extensions") if said.get(name)}
    return {**plain, **{name: orjson.loads(text) for name, text in coded.items()}}


def _document(result: ExecutionResult) -> dict[str, Any]:
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        answer["extensions"] = result.extensions
    return answer


def _was_refused(result: ExecutionResult) -> bool:
    """Whether nothing was executed: a resolver's error has a path, and is our fault."""
    return result.data is None and not any(error.path for error in result.errors or ())


def _not_by(error: InvalidOperationTypeError, by_get: bool) -> Response:
    if error.operation_type is OperationType.SUBSCRIPTION:
        return _failure(400, "Subscriptions are answered over a WebSocket only.")
    answer = _failure(405 if by_get else 400, "Mutations are answered to POST only.")
    answer.headers["Allow"] = "POST"
    return answer


def _kept(request: Request, answer: Response) -> Response:
    """Return an answer that a cache may keep; status 304 if the client already has it."""
    if answer.status_code != 200:
        return answer
    # weak: the same answer may also come compressed
    tag = f'W/"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    headers = {**ASKED_AGAIN, "ETag": tag}
    known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, tag.removeprefix("W/"), "*"}:
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer


def _failure(status: int, message: str) -> Response:
    return _json({"errors": [{"message": message}]}, status)


def _json(answer: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(answer), status, NOT_KEPT, media_type="application/json")
