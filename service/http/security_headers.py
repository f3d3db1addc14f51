"""What a browser may do with an answer: the headers that every answer has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GUARDS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What a browser may do with an answer that says nothing else: show it, and nothing more."""
HSTS = "max-age=31536000"
"""Sent over TLS alone; subdomains may be somebody else's, so they are not included."""


_PLAIN = Headers(GUARDS).raw
_SECURE = Headers({**GUARDS, "Strict-Transport-Security": HSTS}).raw


def _guards(scope: Scope) -> Sequence[tuple[bytes, bytes]]:
    """Return the headers for an answer to a request, which may have come by TLS.

    A trusted proxy's X-Forwarded-Proto has become the scheme by then.
    """
    return _SECURE if scope["scheme"] == "https" else _PLAIN


def failed(request: Request, _: Exception) -> Response:
    """Return the answer to a request on which the service failed: it says nothing of why.

    It is made outside of `Guarded`, so it brings the headers itself.
    """
    answer = PlainTextResponse("Internal Server Error\n", 500)
    answer.raw_headers += _guards(request.scope)
    return answer


class Guarded:
    """Adds the headers that an answer lacks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guard(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [header for header in _guards(scope) if header[0] not in said]
            await send(message)

        await self._app(scope, receive, guard)
