"""Statements that only tests need: emptying a graph, and writing one given as facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from graph.connection import Graph, Row
from graph.people.consent_rules import put_consent_rules
from graph.people.purposes import held_before
from graph.query import Mode, Query


def inline(text: str, mode: Mode = "write") -> Query:
    """A query of a test, which has no file."""
    return Query("test", "test", "", mode, (), {}, text)


async def ask(graph: Graph, text: str, mode: Mode = "write", **values: Any) -> list[Row]:
    return await graph.run(inline(text, mode), **values)


async def empty(graph: Graph) -> None:
    """Delete everything, in batches, but keep the schema's own record; version 0.

    Consents are as in an installation from before they were recorded: each holds until refused.
    """
    while True:
        rows = await ask(
            graph,
            "MATCH (node) WHERE NOT node:SchemaVersion AND NOT node:Catalogue "
            "WITH node LIMIT 5000 DETACH DELETE node RETURN count(*) AS deleted",
        )
        if not rows or rows[0]["deleted"] == 0:
            break
    await ask(
        graph,
        "MERGE (catalogue:Catalogue {id: 'catalogue'}) "
        "SET catalogue.version = 0, catalogue.structureVersion = 0, catalogue.marks = null, "
        "catalogue.bundled = null, "
        "catalogue.knowledge = null, catalogue.expiredBefore = null RETURN 1 AS one",
    )
    await put_consent_rules(graph, held_before(), lambda: datetime(2026, 1, 1, tzinfo=UTC))
