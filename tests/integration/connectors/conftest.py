"""A graph on one engine: what is tested here does not depend on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph.connection import Address, Graph, connect
from graph.schema import apply_schema
from tests.support.emptying import empty


@pytest.fixture
async def embedded_graph(embedded_address: Address) -> AsyncIterator[Graph]:
    async with connect(embedded_address, deadline=30.0) as connected:
        await apply_schema(connected)
        await empty(connected)
        yield connected
