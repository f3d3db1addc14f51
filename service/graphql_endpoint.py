"""GraphQL over HTTP: one POST, one JSON answer, by the GraphQL-over-HTTP specification."""

from __future__ import annotations

from typing import Any, cast

import orjson
import strawberry
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from gql.context import Context


class GraphQLEndpoint:
    """Decodes a request, has the schema execute it, and encodes the answer."""

    def __init__(self, schema: strawberry.Schema, most_bytes: int) -> None:
        self._schema = schema
        self._most_bytes = most_bytes

    async def answer(self, request: Request, context: Context) -> Response:
        """Return the answer; status 400 or 413 if the request is not one of GraphQL."""
        body = await self._body(request)
        if body is None:
            return _failure(413, f"The request is over {self._most_bytes} bytes.")
        try:
            asked = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return _failure(400, f"The request is not JSON: {error}.")
        if not isinstance(asked, dict):
            return _failure(400, "The request must be a JSON object with a 'query'.")
        asked = cast(dict[str, Any], asked)
        fault = _fault(asked)
        if fault:
            return _failure(400, fault)
        try:
            result = await self._schema.execute(
                asked["query"],
                variable_values=asked.get("variables"),
                operation_name=asked.get("operationName"),
                context_value=context,
                allowed_operation_types=(OperationType.QUERY, OperationType.MUTATION),
            )
        except CannotGetOperationTypeError as error:
            return _failure(400, error.as_http_error_reason())
        except InvalidOperationTypeError:
            return _failure(400, "Subscriptions are answered over a WebSocket only.")
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return _json(answer, 400 if _was_refused(result) else 200)

    async def _body(self, request: Request) -> bytes | None:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._most_bytes:
                return None
        return bytes(body)


def _was_refused(result: ExecutionResult) -> bool:
    """Whether nothing was executed: an error of a resolver has a path, and is our fault."""
    return result.data is None and not any(error.path for error in result.errors or ())


def _fault(asked: dict[str, Any]) -> str | None:
    if not isinstance(asked.get("query"), str) or not asked["query"]:
        return "'query' must be a text."
    if not isinstance(asked.get("variables") or {}, dict):
        return "'variables' must be an object."
    if not isinstance(asked.get("operationName") or "", str):
        return "'operationName' must be a text."
    return None


def _failure(status: int, message: str) -> Response:
    return _json({"errors": [{"message": message}]}, status)


def _json(answer: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(answer), status, media_type="application/json")
