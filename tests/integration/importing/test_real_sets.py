"""The mappings that come with Tastegraph, on the tables that they are for."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from graph.connection import Graph
from graph.importing import BUNDLED, ImportSummary, Silent, import_folder, load_mapping
from tests.integration.importing.support import dump, links, values

# path, drinks, recipe rows read, rejected, and the least share of recognised recipe rows
SETS = {
    "boston_cocktails": ("cocktails/boston_cocktails.csv", 989, 3643, 0, 0.9),
    "thecocktaildb": ("cocktails", 546, 2104, 0, 0.8),
    "cocktaildb": ("cocktaildb", 1356, 6048, 1, 0.9),
}


async def load_knowledge(graph: Graph, folder: Path) -> None:
    for name in ("law", "ingredients"):
        with resources.as_file(resources.files("graph") / "knowledge" / name) as path:
            await import_folder(
                graph, path, rejects=folder / "r.csv", progress=Silent(), source=BUNDLED
            )
    assert not (folder / "r.csv").exists()


async def load_set(graph: Graph, data: Path, name: str, folder: Path) -> ImportSummary:
    return await import_folder(
        graph,
        data / SETS[name][0],
        mapping=load_mapping(name),
        rejects=folder / f"{name}.csv",
        progress=Silent(),
    )


@pytest.mark.parametrize("name", SETS)
async def test_a_real_set_is_imported_as_it_is(
    graph: Graph, shared_data: Path, tmp_path: Path, name: str
) -> None:
    await load_knowledge(graph, tmp_path)
    reviewed = await values(graph, "Ingredient", "reviewed")
    allergens = await links(graph, "HAS_ALLERGEN")
    summary = await load_set(graph, shared_data, name, tmp_path)

    _, drinks, rows, rejected, share = SETS[name]
    assert len(await values(graph, "Drink", "id")) == drinks
    assert summary.tables["recipes"].read == rows
    assert summary.tables["recipes"].rejected == rejected
    assert summary.share_resolved >= share

    after = await values(graph, "Ingredient", "reviewed")
    assert {one: after[one] for one in reviewed} == reviewed
    assert not any(after[one] for one in after.keys() - reviewed.keys())
    assert await links(graph, "HAS_ALLERGEN") == allergens

    once = await dump(graph)
    again = await load_set(graph, shared_data, name, tmp_path)
    assert await dump(graph) == once
    assert {table.written for table in again.tables.values()} == {0}


async def test_measures_that_name_another_ingredient_are_not_overlooked(
    graph: Graph, shared_data: Path, tmp_path: Path
) -> None:
    await load_knowledge(graph, tmp_path)
    await load_set(graph, shared_data, "thecocktaildb", tmp_path)
    reviewed = await values(graph, "Ingredient", "reviewed")
    assert reviewed.get("hazlenut-coffee") is False
