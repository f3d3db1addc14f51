"""What a refusal is: an error with these words, and a graph in which nothing has changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from graph.connection import Graph
from tests.integration.graph.importing.support import dump


@asynccontextmanager
async def refused(graph: Graph, error: type[Exception], words: str) -> AsyncIterator[None]:
    """Expect what is done within to be refused, and to leave the graph as it was."""
    before = await dump(graph)
    with pytest.raises(error, match=words):
        yield
    assert await dump(graph) == before
