"""An application that is made before the fork, and served after it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import strawberry
from starlette.applications import Starlette

from service.http.application import make_application
from service.http.demo import Demo
from service.http.service import Service


class Application:
    """The application: each worker serves its own copy, from a service of its own."""

    def __init__(
        self, schema: strawberry.Schema, demo: Demo | None, origins: Sequence[str]
    ) -> None:
        self._made = make_application(self._open, schema, demo, origins)
        self._service: Service | None = None

    def of(self, service: Service) -> Starlette:
        """Return the application, to be served from this service."""
        self._service = service
        return self._made

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[Service]:
        if self._service is None:
            raise RuntimeError("an application is served only where its service is open")
        yield self._service
