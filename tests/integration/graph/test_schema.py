"""The schema: applied once, again without effect, and never over a newer one."""

import pytest

from graph.connection import Graph
from graph.errors import GraphContended, SchemaTooNew
from graph.schema import RECORD_SCHEMA_VERSION, SCHEMA_VERSION, apply_schema, schema_files
from tests.support.emptying import ask


async def test_applied_twice_it_changes_nothing(graph: Graph) -> None:
    newest = max(schema_files())
    assert await apply_schema(graph) == newest
    assert await apply_schema(graph) == newest
    assert await graph.run(SCHEMA_VERSION) == [{"version": newest}]
    counters = await ask(graph, "MATCH (c:Catalogue) RETURN c.id AS id", "read")
    assert counters == [{"id": "catalogue"}]


async def test_it_is_completed_if_it_was_broken_off(graph: Graph) -> None:
    await graph.run(RECORD_SCHEMA_VERSION, version=0)
    assert await apply_schema(graph) == max(schema_files())


async def test_a_newer_schema_is_refused_and_left_as_it_is(graph: Graph) -> None:
    newest = max(schema_files())
    await graph.run(RECORD_SCHEMA_VERSION, version=newest + 1)
    try:
        with pytest.raises(SchemaTooNew, match=f"schema {newest + 1}.* up to {newest}"):
            await apply_schema(graph)
        assert await graph.run(SCHEMA_VERSION) == [{"version": newest + 1}]
    finally:
        await graph.run(RECORD_SCHEMA_VERSION, version=newest)


async def test_an_id_is_there_once(graph: Graph) -> None:
    for label in ("Drink", "Ingredient", "Allergen", "User", "Flavor", "Style", "Model"):
        key = "version" if label == "Model" else "id"
        text = f"CREATE (one:{label} {{{key}: 'same', id: 'same'}}) RETURN 1 AS one"
        await ask(graph, text)
        with pytest.raises(GraphContended):
            await ask(graph, text)
