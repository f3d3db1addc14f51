"""The mappings that come with Tastegraph, on the tables that they are for."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from graph.catalogue.entities import load_catalogue
from graph.connection import Graph
from graph.importing import BUNDLED, ImportSummary, Silent, import_folder, load_mapping
from recommend.safety.masks import UNKNOWN, VERDICTS, Masks
from tests.integration.graph.importing.support import dump, links, values

# path, drinks, recipe rows read (those that the mapping adds among them), rejected
SETS = {
    "boston_cocktails": ("cocktails/boston_cocktails.csv", 989, 3643 + 509, 0),
    "thecocktaildb": ("cocktails", 546, 2104 + 89, 0),
    "cocktaildb": ("cocktaildb", 1356, 6048, 1),
}
ROWS_RESOLVED, DRINKS_WITHOUT_UNKNOWN = 0.97, 0.9
EU_14 = (
    *("gluten", "crustaceans", "egg", "fish", "peanut", "soy", "milk", "tree-nuts", "celery"),
    *("mustard", "sesame", "sulphites", "lupin", "molluscs"),
)


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


def share_without_unknown(masks: Masks) -> float:
    places = [masks.tree.position[allergen] for allergen in EU_14]
    return float((masks.codes[places] != UNKNOWN).all(axis=0).mean())


def verdict(masks: Masks, drink: str, allergen: str) -> str:
    row = masks.catalogue.row_of[drink]
    return VERDICTS[int(masks.codes[masks.tree.position[allergen], row])]


@pytest.mark.parametrize("name", SETS)
async def test_a_real_set_is_imported_as_it_is(
    graph: Graph, shared_data: Path, tmp_path: Path, name: str
) -> None:
    await load_knowledge(graph, tmp_path)
    reviewed = await values(graph, "Ingredient", "reviewed")
    allergens = await links(graph, "HAS_ALLERGEN")
    summary = await load_set(graph, shared_data, name, tmp_path)

    _, drinks, rows, rejected = SETS[name]
    assert len(await values(graph, "Drink", "id")) == drinks
    assert summary.tables["recipes"].read == rows
    assert summary.tables["recipes"].rejected == rejected
    assert summary.share_resolved >= ROWS_RESOLVED
    assert share_without_unknown(Masks(await load_catalogue(graph))) >= DRINKS_WITHOUT_UNKNOWN

    after = await values(graph, "Ingredient", "reviewed")
    assert {ingredient: after[ingredient] for ingredient in reviewed} == reviewed
    assert not any(after[ingredient] for ingredient in after.keys() - reviewed.keys())
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


async def test_what_the_files_leave_out_of_a_recipe_still_counts_against_it(
    graph: Graph, shared_data: Path, tmp_path: Path
) -> None:
    """Ingredients without a measure are not in the files: the mappings add them."""
    await load_knowledge(graph, tmp_path)
    for name in ("boston_cocktails", "thecocktaildb"):
        await load_set(graph, shared_data, name, tmp_path)
    masks = Masks(await load_catalogue(graph))
    for drink, allergen in [
        ("boston-white-russian-73", "milk"),
        ("boston-sherry-milk-punch-378", "milk"),
        ("boston-north-pole-cocktail-573", "milk"),
        ("boston-sherry-and-egg-cocktail-381", "egg"),
        ("boston-golden-slipper-534", "egg"),
        ("boston-glogg-540", "tree-nuts"),
        ("boston-london-special-cocktail-831", "sulphites"),
        ("thecocktaildb-12774", "milk"),  # Masala Chai
        ("thecocktaildb-13214", "egg"),  # Pisco Sour
    ]:
        assert verdict(masks, drink, allergen) == "CONTAINS", drink
    assert verdict(masks, "boston-new-orleans-gin-fizz-575", "fish") == "UNKNOWN"
