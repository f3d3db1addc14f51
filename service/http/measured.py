"""Counting requests and their seconds, at the edge."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.service import Service

_COUNTED = frozenset(
    {"/graphql", "/v1/recommendations", "/v1/events", "/healthz", "/readyz", "/metrics"}
)


class Measured:
    """Counts requests and their seconds, at the edge."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            service: Service = scope["state"]["service"]
            path = scope["path"] if scope["path"] in _COUNTED else "other"
            service.metrics.requests.labels(path, str(status)).inc()
            service.metrics.seconds.labels(path).observe(time.perf_counter() - began)
