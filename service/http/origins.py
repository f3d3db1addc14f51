"""Which pages may use this server: those of its own origin, and of the origins in a setting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REMEMBERED_SECONDS = 600
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What a browser may do with an answer that says nothing else: show it, and nothing more."""
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?")


def host_name(header: str) -> str:
    """Return the name in a Host header, without its port; empty if it is not one name."""
    match = _HOST.fullmatch(header.strip())
    return match[1].strip("[]").lower() if match else ""


def is_own_page(request: Request, origin: str) -> bool:
    """Return whether an origin is that of the pages here."""
    return urlsplit(origin).netloc == request.headers.get("host")


def across_origins(origins: Sequence[str], *headers: str) -> Middleware:
    """Return the middleware that lets pages of other origins in; they send tokens, no cookies."""
    return Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", *headers],
        expose_headers=["Retry-After"],
        max_age=REMEMBERED_SECONDS,
    )


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
                headers = MutableHeaders(scope=message)
                for name, value in GUARDS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guard)
