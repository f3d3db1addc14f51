"""Changes of a shop's database over HTTP, as Debezium Server's sink sends them."""

from __future__ import annotations

import logging

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from events.log import LogUnavailable
from graph.clock import utc_now
from service.background.change_rounds import ChangeNotTaken
from service.http.admission import admitted, refusal
from service.http.auth import Claims
from service.http.graphql_endpoint import NOT_KEPT
from service.http.service import Service
from service.webhook_signature import is_signed

MOST_BODY_BYTES = 8_000_000
BUSY_SECONDS = "1"

log = logging.getLogger("tastegraph.changes")


async def take_changes(request: Request) -> Response:
    """Answer 200 once a message, or each of a list, is on disk; anything else: none was taken."""
    service: Service = request.state.service
    if service.changes is None:
        message = "This server follows no database: set TASTEGRAPH_CHANGES to a mapping."
        return refusal(404, message, "NO_MAPPING")
    body = await _body(request)
    if isinstance(body, Response):
        return body
    if not is_signed(service.changes.secret, request.headers, body, utc_now().timestamp()):
        viewer = await admitted(request, service)
        if isinstance(viewer, Response):
            return viewer
        if not isinstance(viewer, Claims) or not viewer.follower:
            message = "A signature, or a token with the scope tastegraph:changes, is needed."
            return refusal(403 if viewer else 401, message, "TOKEN_NEEDED")
    try:
        taken = await service.changes.take(_messages(body))
    except ChangeNotTaken as error:
        log.warning("a change was not taken: %s", error)
        return refusal(400, str(error), "NOT_A_CHANGE")
    except LogUnavailable as error:
        log.warning("%s", error)  # it may name files: it is for the operator alone
        message = "The log of changes takes nothing now: send them again later."
        return refusal(503, message, "LOG_AWAY", {"Retry-After": BUSY_SECONDS})
    return JSONResponse({"taken": taken}, headers=NOT_KEPT)


async def _body(request: Request) -> bytes | Response:
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BODY_BYTES:
                return refusal(413, f"The body is over {MOST_BODY_BYTES} bytes.", "TOO_LARGE")
    except ClientDisconnect:
        return Response(status_code=400)
    return bytes(body)


def _messages(body: bytes) -> list[bytes]:
    """Return the messages in a body: one, or a list of them; what is no JSON is judged later."""
    if not body.lstrip().startswith(b"["):
        return [body]
    try:
        sent: list[object] = orjson.loads(body)
    except orjson.JSONDecodeError:
        return [body]
    return [orjson.dumps(message) for message in sent]
