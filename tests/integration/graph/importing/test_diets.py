"""Diets: what each avoids, who follows which, and that nothing unread makes a drink suit one."""

from __future__ import annotations

from typing import Any

import pytest

from graph.catalogue.entities import load_catalogue
from graph.connection import Graph
from graph.errors import ImportRefused
from recommend.safety.masks import Masks
from tests.integration.graph.importing.support import Importer, dump, links, values
from tests.support.emptying import ask

HEAD = "id,name,description,avoids,max_abv,max_caffeine_mg_per_100ml,source\n"
VEGAN = "vegan,Vegan,Nothing from animals.,Dairy,,,a society\n"
MILD = "mild,Mild,Little of everything.,,5,20,a house\n"
REVIEWED = """id,name,is_a,reviewed,diets_reviewed,source
dairy,Dairy,,true,true,test
cream,Cream,dairy,true,true,test
gin,Gin,,true,true,test
lemon-juice,Lemon juice,,true,true,test
"""
EVIDENCE = """subject_type,subject,allergen,status,source,observed_at
ingredient,dairy,milk,contains,Annex II,2026-01-01
"""
DRINKS = """id,name,abv,caffeine_mg_per_100ml,recipe_complete
sour,Sour,0,0,true
cream-gin,Cream gin,4,0,true
neat,Neat,,0,true
"""
RECIPES = """drink_id,ingredient
sour,gin
sour,lemon juice
cream-gin,gin
cream-gin,cream
neat,gin
"""
USERS = "id,allergies,avoids,diets\n"


async def knowledge(load: Importer, diets: str = HEAD + VEGAN + MILD) -> None:
    await load.knowledge(
        ingredients=REVIEWED,
        allergen_evidence=EVIDENCE,
        diets=diets,
        drinks=DRINKS,
        recipes=RECIPES,
    )


async def suiting(graph: Graph, diet: str) -> set[str]:
    catalogue = await load_catalogue(graph)
    suits = Masks(catalogue).suiting(diet)
    return {drink.id for drink, yes in zip(catalogue.drinks, suits, strict=True) if yes}


async def unresolved(graph: Graph) -> dict[str, Any]:
    return await values(graph, "User", "unresolved")


async def test_a_diet_arrives_with_its_groups_and_limits(graph: Graph, load: Importer) -> None:
    await knowledge(load)
    assert await links(graph, "AVOIDS") == {("vegan", "dairy")}
    assert await values(graph, "Diet", "description") == {
        "vegan": "Nothing from animals.",
        "mild": "Little of everything.",
    }
    assert await values(graph, "Diet", "source") == {"vegan": "a society", "mild": "a house"}
    assert await values(graph, "Diet", "maxAbv") == {"vegan": None, "mild": 5.0}
    assert await values(graph, "Diet", "maxCaffeineMgPer100ml") == {"vegan": None, "mild": 20.0}
    assert await suiting(graph, "vegan") == {"sour", "neat"}
    assert await suiting(graph, "mild") == {"sour", "cream-gin"}


async def test_a_repeated_import_changes_nothing(graph: Graph, load: Importer) -> None:
    await knowledge(load)
    before = await dump(graph)
    await knowledge(load)
    assert await dump(graph) == before


async def test_a_change_of_a_diet_is_a_change_of_structure(graph: Graph, load: Importer) -> None:
    await knowledge(load)
    before = (await values(graph, "Catalogue", "structureVersion"))["catalogue"]
    await knowledge(load, HEAD + VEGAN.replace("Dairy", "cream|gin") + MILD)
    assert await links(graph, "AVOIDS") == {("vegan", "cream"), ("vegan", "gin")}
    assert (await values(graph, "Catalogue", "structureVersion"))["catalogue"] > before
    assert await suiting(graph, "vegan") == set()


async def test_an_operator_may_bring_a_diet(graph: Graph, load: Importer) -> None:
    await knowledge(load)
    summary = await load(diets=f"{HEAD}no-gin,No gin,,gin,,,\n")
    assert summary.tables["diets"].written == 1 and summary.rejected == 0
    assert await links(graph, "AVOIDS") == {("vegan", "dairy"), ("no-gin", "gin")}
    assert await suiting(graph, "no-gin") == set()


async def test_an_operator_cannot_loosen_a_bundled_diet(graph: Graph, load: Importer) -> None:
    await knowledge(load)
    before = await dump(graph)
    await load(diets=f"{HEAD}vegan,Vegan,,,,,\nmild,Mild,,nothing,much,,\n")
    assert [(row, field) for _, row, field, _ in load.rejects()] == [(2, "id"), (3, "max_abv")]
    assert await dump(graph) == before


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ("house,House,,gin|moon cheese,,,\n", "avoids", "moon cheese"),
        ("house,House,,gin,strong,,\n", "max_abv", "strong"),
        ("house,House,,gin,,-1,\n", "max_caffeine_mg_per_100ml", "-1"),
        ("house,House,,cream,,,\nhouse,House,,,,,\n", "id", "house"),
        ("house,,,gin,,,\n", "name", ""),
        ("house,House,,gin\n", "", ""),
    ],
)
async def test_a_diet_of_which_a_row_is_rejected_suits_no_drink(
    graph: Graph, load: Importer, row: str, field: str, value: str
) -> None:
    await knowledge(load)
    await load(diets=f"{HEAD}house,House,,cream,,,\n", users=f"{USERS}ann,,,house\n")
    assert await suiting(graph, "house") == {"sour", "neat"}

    summary = await load(diets=HEAD + row)
    assert summary.tables["diets"].rejected == 1
    line = 1 + row.count("\n")
    assert load.rejects() == [("diets.csv", line, field, value)]
    assert await links(graph, "FOLLOWS") == {("ann", "house")}
    assert await suiting(graph, "house") == set()

    await load(diets=f"{HEAD}house,House,,cream,,,\n")
    assert await suiting(graph, "house") == {"sour", "neat"}


async def test_a_new_diet_that_is_rejected_is_unknown_to_users(
    graph: Graph, load: Importer
) -> None:
    await knowledge(load)
    await load(diets=f"{HEAD}house,House,,moon cheese,,,\n", users=f"{USERS}ann,,,house\n")
    assert "house" not in await values(graph, "Diet", "name")
    assert (await unresolved(graph))["ann"] == ["diets: house"]


async def test_a_row_that_cannot_be_told_apart_stops_the_import(
    graph: Graph, load: Importer
) -> None:
    await knowledge(load)
    before = await dump(graph)
    with pytest.raises(ImportRefused, match="does not say which diet it is"):
        await load(diets=HEAD + ",House\n")
    assert await dump(graph) == before


async def test_without_the_column_an_ingredient_is_not_reviewed_for_diets(
    graph: Graph, load: Importer
) -> None:
    await knowledge(load)
    await load(
        ingredients="id,name,reviewed\ngin,Gin,true\nrum,Rum,true\n",
        drinks="id,name\nodd,Odd\n",
        recipes="drink_id,ingredient\nodd,moon dust\n",
    )
    reviewed = await values(graph, "Ingredient", "dietsReviewed")
    assert (reviewed["gin"], reviewed["rum"], reviewed["moon-dust"]) == (False, False, False)
    assert reviewed["cream"] is True
    assert await suiting(graph, "vegan") == set()


@pytest.mark.parametrize("table", ["ingredients", "allergen_evidence"])
async def test_an_ingredient_in_doubt_is_not_reviewed_for_diets(
    graph: Graph, load: Importer, table: str
) -> None:
    await knowledge(load)
    if table == "ingredients":
        await load(ingredients="id,name,reviewed,diets_reviewed\ngin,Gin,true,perhaps\n")
    else:
        await load(allergen_evidence=f"{EVIDENCE}ingredient,gin,milk,sometimes,,\n")
    assert (await values(graph, "Ingredient", "dietsReviewed"))["gin"] is False
    assert await suiting(graph, "vegan") == set()
    await knowledge(load)
    assert await suiting(graph, "vegan") == {"sour", "neat"}


async def test_a_doubt_counts_beside_a_good_row_of_the_ingredient(
    graph: Graph, load: Importer
) -> None:
    await knowledge(load)
    await load(
        ingredients="id,name,reviewed,diets_reviewed\nrum,Rum,true,true\n",
        allergen_evidence=f"{EVIDENCE}ingredient,rum,milk,sometimes,,\n",
    )
    assert (await values(graph, "Ingredient", "dietsReviewed"))["rum"] is False


async def test_a_doubt_counts_for_an_ingredient_that_was_reviewed_for_diets_only(
    graph: Graph, load: Importer
) -> None:
    await knowledge(load)
    await load(ingredients="id,name,reviewed,diets_reviewed\nrum,Rum,,true\n")
    await load(ingredients="id,name,reviewed,diets_reviewed\nrum,Rum,,perhaps\n")
    assert (await values(graph, "Ingredient", "dietsReviewed"))["rum"] is False


async def test_users_follow_diets_by_id_or_name(graph: Graph, load: Importer) -> None:
    await knowledge(load)
    await load(users=f"{USERS}ann,,,VEGAN|mild\nben,,,none\ncat,,,\n")
    assert await links(graph, "FOLLOWS") == {("ann", "vegan"), ("ann", "mild")}
    assert await unresolved(graph) == {"ann": [], "ben": [], "cat": []}


async def test_a_diet_that_is_not_known_is_kept_and_reported(graph: Graph, load: Importer) -> None:
    await knowledge(load)
    summary = await load(users=f"{USERS}ann,,,vegan|moon diet\n")
    assert await links(graph, "FOLLOWS") == {("ann", "vegan")}
    assert await unresolved(graph) == {"ann": ["diets: moon diet"]}
    assert load.rejects() == [("users.csv", 2, "diets", "moon diet")]
    assert summary.tables["users"].reported == 1
    await load(users="id,allergies\nann,milk\n")
    assert await unresolved(graph) == {"ann": ["diets: moon diet"]}
    await load(users=f"{USERS}ann,,,none\n")
    assert await unresolved(graph) == {"ann": []}
    assert await links(graph, "FOLLOWS") == set()


async def test_a_diet_that_a_person_chose_outlives_every_import(
    graph: Graph, load: Importer
) -> None:
    await knowledge(load)
    await load(users=f"{USERS}ann,,,mild\n")
    await ask(
        graph,
        "MATCH (user:User {id: 'ann'}) MATCH (diet:Diet {id: 'vegan'}) "
        "CREATE (user)-[:FOLLOWS]->(diet)",
    )
    await load(users=f"{USERS}ann,,,none\n")
    assert await links(graph, "FOLLOWS") == {("ann", "vegan")}
    await load(users=f"{USERS}ann,,,vegan\n")
    await load(users=f"{USERS}ann,,,mild\n")
    assert await links(graph, "FOLLOWS") == {("ann", "vegan"), ("ann", "mild")}


async def test_a_misspelt_column_stops_the_import(load: Importer) -> None:
    await knowledge(load)
    with pytest.raises(ImportRefused, match="did you mean 'diets'"):
        await load(users="id,diet\nann,vegan\n")
