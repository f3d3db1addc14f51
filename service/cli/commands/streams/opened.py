"""The log of this home with its consumer, as every command about it opens them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from service.background.event_stream import EventStream, open_stream
from service.cli.common import settings
from service.metrics import ServiceMetrics
from service.opening import open_graph


@asynccontextmanager
async def opened() -> AsyncGenerator[EventStream]:
    """Yield them. Raises a GraphError or LogUnavailable."""
    chosen = settings()
    async with (
        open_graph(chosen) as (graph, _),
        open_stream(chosen, graph, ServiceMetrics()) as found,
    ):
        yield found
