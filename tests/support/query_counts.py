"""Which queries a piece of work sends to the graph."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from graph.connection import Graph

_ASKED: ContextVar[list[str] | None] = ContextVar("asked", default=None)
_within = Graph._within


async def _counted(
    graph: Graph, seconds: float, name: str, work: Callable[[], Awaitable[Any]]
) -> Any:
    asked = _ASKED.get()
    if asked is not None:
        asked.append(name)
    return await _within(graph, seconds, name, work)


@contextmanager
def queries() -> Iterator[list[str]]:
    """Yield the list to which each query of this task, and of those that it starts, is added.

    What the service does beside requests is not counted: it runs in tasks that began before.
    """
    asked: list[str] = []
    token = _ASKED.set(asked)
    Graph._within = _counted
    try:
        yield asked
    finally:
        Graph._within = _within
        _ASKED.reset(token)
