"""Who is let in, and the answers to those who are not."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.http.auth import Claims, TokenRefused, bearer_token
from service.http.graphql_endpoint import NOT_KEPT
from service.http.published_keys import KeysAway
from service.http.service import Service

_IN_TURN = frozenset(
    {("POST", "/graphql"), *((way, "/v1/recommendations") for way in ("GET", "POST"))}
)


class Shedding:
    """Refuses who would wait for a turn in vain, before anything else is done for them.

    Operators are let through, and pages of other origins, which need headers of their own to
    read the refusal.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on."""
        app = self._app
        if scope["type"] == "http" and (scope["method"], scope["path"]) in _IN_TURN:
            service: Service = scope["state"]["service"]
            if service.turns.hopeless and await _may_be_shed(HTTPConnection(scope), service):
                app = overloaded(service)
        await app(scope, receive, send)


async def _may_be_shed(request: HTTPConnection, service: Service) -> bool:
    if "origin" in request.headers:
        return False
    try:
        viewer = await _viewer(request, service, None)
    except (TokenRefused, KeysAway):
        return False
    return not (viewer and viewer.operator)


async def admitted(
    request: Request, service: Service, token: str | None = None
) -> Claims | Response | None:
    """Return who is asking, or why they are not answered.

    A token is in the header, or was found elsewhere.
    """
    try:
        viewer = await _viewer(request, service, token)
    except TokenRefused as error:
        if seconds := service.rates.wait(None, address_of(request)):
            return too_often(service, seconds)
        return refusal(401, str(error), "TOKEN_REFUSED", {"WWW-Authenticate": "Bearer"})
    except KeysAway as error:
        return refusal(503, str(error), "KEYS_AWAY", {"Retry-After": "5"})
    seconds = service.rates.wait(viewer, address_of(request))
    return too_often(service, seconds) if seconds else viewer


def address_of(request: HTTPConnection) -> str:
    """The peer's address as the server sees it; '' if there is none."""
    return request.client.host if request.client else ""


async def in_turn(
    service: Service, viewer: Claims | None, work: Callable[[], Awaitable[Response]]
) -> Response:
    """Return the answer of some work in its turn, or the refusal of one that did not come.

    Operators, who mend what is wrong, wait for nobody.
    """
    if viewer and viewer.operator:
        return await work()
    if not await service.turns.take():
        return overloaded(service)
    try:
        return await work()
    finally:
        service.turns.give()


def overloaded(service: Service) -> Response:
    """Count and return the refusal of a request whose turn did not come in time."""
    service.metrics.refusals.labels("overload").inc()
    return refusal(
        503, "Too many requests are in work: try again soon.", "OVERLOADED", {"Retry-After": "1"}
    )


def too_often(service: Service, seconds: float) -> Response:
    """Count and return the refusal of somebody who asks too often."""
    service.metrics.refusals.labels("rate").inc()
    return refusal(
        429,
        f"Too many requests: try again in {seconds:.2f} s.",
        "TOO_MANY_REQUESTS",
        {"Retry-After": str(math.ceil(seconds))},
        retryAfter=round(seconds, 3),
    )


async def _viewer(request: HTTPConnection, service: Service, token: str | None) -> Claims | None:
    header = request.headers.get("authorization")
    if header:
        token = bearer_token(header)
    return await service.verifier.verify(token) if token else None


def refusal(
    status: int,
    message: str,
    code: str,
    headers: Mapping[str, str] = MappingProxyType({}),
    **more: object,
) -> Response:
    """Return an answer that says why nothing was done."""
    error = {"message": message, "extensions": {"code": code, **more}}
    return JSONResponse(
        {"data": None, "errors": [error]}, status_code=status, headers={**NOT_KEPT, **headers}
    )
