"""Substitutes arrive as stated; a row that names nothing, or only a group, does not."""

from __future__ import annotations

from graph.connection import Graph
from tests.integration.graph.importing.support import INGREDIENTS, Importer, links
from tests.support.emptying import ask

MORE = f"""{INGREDIENTS}plant-cream,Plant cream,,,,,true,test
coconut-cream,Coconut cream,,,,,true,test
cream-family,Family of creams,,,,,true,group: each cream stands for itself
"""
SUBSTITUTES = """ingredient,substitute,note,source
heavy cream,Plant cream,thinner,bar practice
dairy,plant-cream,,bar practice
"""


async def statements(graph: Graph) -> dict[tuple[str, str], tuple[str | None, str]]:
    rows = await ask(
        graph,
        "MATCH (a:Ingredient)-[r:REPLACED_BY]->(b:Ingredient) "
        "RETURN a.id AS a, b.id AS b, r.note AS note, r.source AS source",
        "read",
    )
    return {(row["a"], row["b"]): (row["note"], row["source"]) for row in rows}


async def test_substitutes_arrive_and_a_repeated_import_changes_nothing(
    graph: Graph, load: Importer
) -> None:
    summary = await load.knowledge(ingredients=MORE, substitutes=SUBSTITUTES)
    assert summary.tables["substitutes"].written == 2
    expected = {
        ("cream", "plant-cream"): ("thinner", "bar practice"),
        ("dairy", "plant-cream"): (None, "bar practice"),
    }
    assert await statements(graph) == expected
    version = await ask(graph, "MATCH (c:Catalogue) RETURN c.version AS version", "read")
    again = await load(substitutes=SUBSTITUTES)
    assert (again.tables["substitutes"].written, again.tables["substitutes"].unchanged) == (0, 2)
    assert await statements(graph) == expected
    assert await ask(graph, "MATCH (c:Catalogue) RETURN c.version AS version", "read") == version


async def test_a_later_import_replaces_the_substitutes_of_what_it_names(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge(ingredients=MORE, substitutes=SUBSTITUTES)
    await load(source="our bar", substitutes="ingredient,substitute\ncream,coconut-cream\n")
    assert await statements(graph) == {
        ("cream", "coconut-cream"): (None, "our bar"),
        ("dairy", "plant-cream"): (None, "bar practice"),
    }


async def test_what_cannot_take_a_place_is_rejected(graph: Graph, load: Importer) -> None:
    rows = "unicorn milk,gin\ngin,unicorn milk\ngin,cream-family\ngin,London gin\ngin,\n"
    await load.knowledge(ingredients=MORE, substitutes=f"ingredient,substitute\n{rows}")
    assert await links(graph, "REPLACED_BY") == set()
    assert [reject[2:] for reject in load.rejects()] == [
        ("ingredient", "unicorn milk"),
        ("substitute", "unicorn milk"),
        ("substitute", "cream-family"),
        ("substitute", "London gin"),
        ("substitute", ""),
    ]
