"""A client of an application in this process, without a port."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette


@asynccontextmanager
async def client_of(
    application: Starlette, base_url: str = "http://test"
) -> AsyncGenerator[httpx.AsyncClient]:
    """Yield a client of an application that has started, as a server would have started it."""
    async with application.router.lifespan_context(application) as state:

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await application({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            yield client
