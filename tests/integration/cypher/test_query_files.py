"""Every query file is understood, and answers what its header says, on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from neo4j import AsyncSession

from graph.query import Query
from graph.query_files import load
from tests.support.everything import picture
from tests.support.query_files import query_names

NAMES = query_names()
# 01N50, 01N51, 01N52: a label, relationship type or property that the graph does not know.
UNKNOWN_WORDS = {"01N50", "01N51", "01N52"}
CARTESIAN_PRODUCT = "03N90"
UNBOUNDED = {"AllNodesScan", "CartesianProduct", "DirectedAllRelationshipsScan"}
TYPES: dict[str, tuple[type, ...]] = {
    "STRING": (str,),
    "INTEGER": (int,),
    "FLOAT": (float, int),  # a whole number may come as an integer
    "BOOLEAN": (bool,),
    "MAP": (dict,),
}


async def parameters(session: AsyncSession, query: Query) -> dict[str, Any]:
    """The values of the header's parameters, evaluated as Neo4j Browser does."""
    values: dict[str, Any] = {}
    for name, text in query.parameters.items():
        result = await session.run(f"RETURN {text} AS value")  # type: ignore[arg-type]
        record = await result.single(strict=True)
        values[name] = record["value"]
    return values


async def run(session: AsyncSession, query: Query) -> tuple[list[str], list[dict[str, Any]]]:
    """The columns and rows of a query, which leaves nothing behind."""
    values = await parameters(session, query)
    transaction = await session.begin_transaction()
    try:
        result = await transaction.run(query.text, values)  # type: ignore[arg-type]
        return list(result.keys()), [record.data() async for record in result]
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("name", NAMES)
async def test_a_query_is_understood(session: AsyncSession, name: str) -> None:
    query = load(name)
    values = await parameters(session, query)
    result = await session.run(f"EXPLAIN {query.text}", values)  # type: ignore[arg-type]
    summary = await result.consume()
    plan = summary.plan
    assert plan, "no plan"
    codes = {status.gql_status for status in summary.gql_status_objects}
    assert not codes & UNKNOWN_WORDS, summary.notifications
    if name.startswith("recommend/"):
        assert CARTESIAN_PRODUCT not in codes, summary.notifications
        assert not operators(plan) & UNBOUNDED, operators(plan)


def operators(plan: dict[str, Any]) -> set[str]:
    own = {str(plan["operatorType"]).split("@")[0]}
    return own.union(*(operators(child) for child in plan.get("children", [])))


@pytest.mark.parametrize("name", NAMES)
async def test_a_query_answers_the_columns_and_types_of_its_header(
    session: AsyncSession, name: str
) -> None:
    query = load(name)
    columns, rows = await run(session, query)
    declared = [column for column, _ in query.returns]
    if rows or declared:
        assert columns == declared
    assert rows or not declared, "the fixture graph has nothing to show"
    for row in rows:
        for column, type_ in query.returns:
            assert is_of_type(row[column], type_), (column, type_, row[column])
    seen = {column for row in rows for column in declared if row[column] is not None}
    assert seen == (set(declared) if rows else set()), "a column that is always null"


def is_of_type(value: Any, type_: str) -> bool:
    if value is None:
        return True
    if type_.startswith("LIST<"):
        inner = type_.removeprefix("LIST<").removesuffix(">")
        return isinstance(value, list) and all(is_of_type(element, inner) for element in value)
    if type_ != "BOOLEAN" and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[type_])


@pytest.mark.parametrize("name", [name for name in NAMES if load(name).mode == "write"])
async def test_a_write_changes_the_graph(session: AsyncSession, name: str) -> None:
    """A misspelt name in a MATCH is no error: the write just does nothing."""
    query = load(name)
    values = await parameters(session, query)
    transaction = await session.begin_transaction()
    try:
        before = await picture(transaction)
        await (await transaction.run(query.text, values)).consume()  # type: ignore[arg-type]
        after = await picture(transaction)
    finally:
        await transaction.rollback()
    assert before != after


async def test_nothing_was_left_behind(
    session: AsyncSession, original: list[dict[str, Any]]
) -> None:
    assert await picture(session) == original
