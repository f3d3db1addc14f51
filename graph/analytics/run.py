"""Running a question: its rows, or how the engine found them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from graph.analytics.query_plans import Plan, read_plan
from graph.connection import Graph, Row
from graph.query import Query


@dataclass(frozen=True)
class QueryResult:
    """The columns, the rows in order, whether there were more than wanted, and the seconds."""

    query: Query
    columns: tuple[str, ...]
    rows: list[Row]
    more: bool
    seconds: float


async def ask(
    graph: Graph,
    query: Query,
    values: Mapping[str, Any],
    *,
    most: int | None = None,
    deadline: float = 60.0,
) -> QueryResult:
    """Return a question's answer, up to so many rows; nothing is written.

    Raises a GraphError.
    """
    began = time.monotonic()
    rows: list[Row] = []
    more = False
    async with graph.looking(query.name, deadline=deadline) as transaction:
        result = await transaction.run(cast(LiteralString, query.text), dict(values))
        columns = tuple(result.keys())
        async for record in result:
            if most is not None and len(rows) == most:
                more = True
                break
            rows.append(record.data())
    return QueryResult(query, columns, rows, more, time.monotonic() - began)


async def profile(
    graph: Graph, query: Query, values: Mapping[str, Any], *, deadline: float = 60.0
) -> Plan:
    """Return how the engine answered a question, step by step; raise a GraphError."""
    async with graph.looking(query.name, deadline=deadline) as transaction:
        text = cast(LiteralString, f"PROFILE {query.text}")
        result = await transaction.run(text, dict(values))
        summary = await result.consume()
    return read_plan(cast(dict[str, Any], summary.profile or {}))  # pyright: ignore[reportUnknownMemberType]
