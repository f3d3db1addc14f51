"""Behaviour events over HTTP: a batch in, one answer for each event, once it is on disk."""

from __future__ import annotations

import hmac
import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from events.collecting import Answer, Sender
from events.log import LogUnavailable
from gql.request.failures import OWN_ALONE
from gql.request.policy import Role
from service.http.admission import admitted, refusal
from service.http.auth import Claims
from service.http.graphql_endpoint import NOT_KEPT
from service.http.origins import is_own_page
from service.http.service import Service

MOST_EVENTS = 1_000
MOST_BODY_BYTES = 1_000_000
MOST_UNPACKED_BYTES = 4_000_000
BUSY_SECONDS = "1"

log = logging.getLogger("tastegraph.events")


@dataclass(frozen=True)
class _Batch:
    """What a request holds; a page that can set no header puts its key and token in the body."""

    events: list[object]
    key: str | None
    token: str | None


class EventsEndpoint:
    """Decodes a batch, has the collector take it, and encodes the answers."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origins)

    async def answer(self, request: Request) -> Response:
        """Return an answer for each event; any other status than 200 means that none was taken."""
        service: Service = request.state.service
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "POST, OPTIONS"})
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if isinstance(body, Response):
            return body
        batch = _decoded(body)
        if isinstance(batch, Response):
            return batch
        viewer = await admitted(request, service, batch.token)
        if isinstance(viewer, Response):
            return viewer
        sender = self._sender(request, service, viewer, batch.key)
        if isinstance(sender, Response):
            return sender
        try:
            answers = await service.collector.collect(batch.events, sender)
        except LogUnavailable as error:
            log.warning("%s", error)  # it may name files: it is for the operator alone
            message = "The log of events takes nothing now: send them again later."
            return refusal(503, message, "LOG_AWAY", {"Retry-After": BUSY_SECONDS})
        return _encoded(answers)

    def _sender(
        self, request: Request, service: Service, viewer: Claims | None, key: str | None
    ) -> Sender | Response:
        """Return who sends; a key speaks of nobody, and only from the pages that may carry it."""
        if viewer and not (viewer.collector or Role.PERSON in viewer.roles):
            return refusal(403, OWN_ALONE, "NOT_ALLOWED")
        if viewer:
            return Sender(viewer.user_id, for_anybody=viewer.collector)
        if not any(hmac.compare_digest(known, key or "") for known in service.write_keys):
            return refusal(
                401,
                "A token is needed, or a key that may write.",
                "TOKEN_NEEDED",
                {"WWW-Authenticate": "Bearer"},
            )
        origin = request.headers.get("origin")
        if origin and origin not in self._origins and not is_own_page(request, origin):
            return refusal(403, "Pages of this origin may not send events.", "ORIGIN_REFUSED")
        return Sender()


async def _body(request: Request) -> bytes | Response:
    packed = bytearray()
    async for part in request.stream():
        packed += part
        if len(packed) > MOST_BODY_BYTES:
            return _too_large(MOST_BODY_BYTES)
    coding = request.headers.get("content-encoding", "identity").lower()
    if coding == "identity":
        return bytes(packed)
    if coding != "gzip":
        return refusal(415, "The body is compressed by something else than gzip.", "NOT_GZIP")
    unpacking = zlib.decompressobj(wbits=31)
    try:
        body = unpacking.decompress(bytes(packed), MOST_UNPACKED_BYTES)
    except zlib.error:
        return refusal(400, "The body is not gzip.", "NOT_GZIP")
    if unpacking.unconsumed_tail:
        return _too_large(MOST_UNPACKED_BYTES)
    return body if unpacking.eof else refusal(400, "The body is not gzip.", "NOT_GZIP")


def _too_large(most: int) -> Response:
    return refusal(413, f"The body is over {most} bytes.", "TOO_LARGE")


def _decoded(body: bytes) -> _Batch | Response:
    """Return the batch, whatever type the body says it has: a beacon may only say text/plain."""
    try:
        sent: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return refusal(400, f"The body is not JSON: {error}.", "NOT_JSON")
    document: dict[str, Any] = (
        cast(dict[str, Any], sent) if isinstance(sent, dict) else {"events": sent}
    )
    events: object = document.get("events")
    if not isinstance(events, list):
        return refusal(400, "Send a list of events, or an object with 'events'.", "NOT_EVENTS")
    found = cast(list[object], events)
    if len(found) > MOST_EVENTS:
        message = f"There are {len(found)} events: send up to {MOST_EVENTS} at a time."
        return refusal(413, message, "TOO_MANY_EVENTS")
    return _Batch(found, _text(document.get("key")), _text(document.get("token")))


def _text(said: object) -> str | None:
    return said if isinstance(said, str) and said.isascii() else None


def _encoded(answers: Sequence[Answer]) -> Response:
    results = [
        {
            "eventId": answer.event_id,
            "status": answer.status,
            **({"field": answer.field, "reason": answer.reason} if answer.reason else {}),
        }
        for answer in answers
    ]
    return Response(
        orjson.dumps({"events": results}), headers=NOT_KEPT, media_type="application/json"
    )
