"""No query's work grows faster than a history, and most do not grow with one at all."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from neo4j import AsyncGraphDatabase, AsyncSession, NotificationMinimumSeverity

from graph.analytics.query_plans import read_plan
from graph.connection import Address, connect
from graph.query_files import load
from graph.schema import apply_schema
from tests.integration.cypher.test_query_files import parameters
from tests.support.emptying import empty
from tests.support.everything import WRITE_EVERYTHING
from tests.support.histories import begin, growth_of, lengthen, values_for
from tests.support.query_files import query_names

NAMES = query_names()
SHORT, LONG = 500, 2_000
_ROWS = re.compile(r"([\d,]+) rows\)")
_SLACK = 40  # reads of the store, or rows: what a plan costs more at times


@dataclass(frozen=True)
class Work:
    """What a query did: reads of the store where the engine counts them, else rows of its steps."""

    rows: int
    steps: int


Found = dict[str, tuple[Work, Work]]


@pytest.fixture(scope="module")
async def growth(address: Address) -> AsyncIterator[Found]:
    """The work of every query file over a short and a long history."""
    async with connect(address, deadline=60.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        await graph.run(WRITE_EVERYTHING)
        await begin(graph)
        async with (
            AsyncGraphDatabase.driver(
                address.uri,
                auth=(address.user, address.password),
                warn_notification_severity=NotificationMinimumSeverity.OFF,
            ) as driver,
            driver.session(database=address.database) as session,
        ):
            values = {
                name: values_for(load(name), await parameters(session, load(name)))
                for name in NAMES
            }
            await lengthen(graph, 1, SHORT)
            short = {name: await work_of(session, name, values[name]) for name in NAMES}
            await lengthen(graph, SHORT + 1, LONG)
            long = {name: await work_of(session, name, values[name]) for name in NAMES}
        yield {name: (short[name], long[name]) for name in NAMES}
        await empty(graph)
        await apply_schema(graph)


async def work_of(session: AsyncSession, name: str, values: dict[str, Any]) -> Work:
    transaction = await session.begin_transaction()
    try:
        result = await transaction.run(f"PROFILE {load(name).text}", values)  # type: ignore[arg-type]
        rows = [record async for record in result]
        profile = (await result.consume()).profile
    finally:
        await transaction.rollback()
    assert profile, f"{name}: no profile"
    return Work(len(rows), steps(profile))


def steps(profile: dict[str, Any]) -> int:
    plan = read_plan(profile)
    if plan.steps:
        return sum(step.hits or 0 for step in plan.steps)
    return sum(int(number.replace(",", "")) for number in _ROWS.findall(plan.engine_text))


async def test_profiles_tell_of_work(growth: Found) -> None:
    working = [name for name, (short, _) in growth.items() if short.steps > 0]
    assert len(working) > 0.95 * len(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if growth_of(name) == "bounded"])
async def test_a_query_does_not_grow_with_a_history(growth: Found, name: str) -> None:
    short, long = growth[name]
    assert long.rows <= short.rows
    assert long.steps <= 1.1 * short.steps + _SLACK


@pytest.mark.parametrize("name", [name for name in NAMES if growth_of(name) == "linear"])
async def test_a_query_grows_no_faster_than_a_history(growth: Found, name: str) -> None:
    short, long = growth[name]
    times = LONG / SHORT
    assert long.rows <= times * short.rows
    assert long.steps <= 1.1 * times * short.steps + _SLACK
