"""What cannot be read, or is not understood, never makes anything safe."""

from __future__ import annotations

import pytest

from graph.catalogue.entities import load_catalogue
from graph.connection import Graph
from graph.errors import ImportRefused
from graph.importing import Mapping, Silent, import_folder
from recommend.safety.masks import VERDICTS, Masks
from tests.integration.graph.importing.support import (
    DRINKS,
    INGREDIENTS,
    OPERATOR,
    RECIPES,
    Importer,
    dump,
    links,
    values,
)
from tests.support.emptying import ask

HEAD = "drink_id,ingredient,amount,unit,optional\n"
EVIDENCE = "subject_type,subject,allergen,status,source,observed_at\n"


async def complete(graph: Graph) -> set[str]:
    return {name for name, flag in (await values(graph, "Drink", "recipeComplete")).items() if flag}


async def reviewed(graph: Graph) -> set[str]:
    return {name for name, flag in (await values(graph, "Ingredient", "reviewed")).items() if flag}


@pytest.mark.parametrize(
    "row",
    [
        "gimlet,!!!,1,ml,",
        "gimlet,,1,ml,",
        'gimlet,"heavy\ncream",1,ml,',
        'gimlet,"cream"x,1,ml,',
        "gimlet,cream",
        "gimlet,cream,1,ml,,,",
        "gimlet," + "x" * 200_000 + ",1,ml,",
    ],
)
async def test_a_rejected_recipe_row_makes_its_recipe_incomplete(
    graph: Graph, load: Importer, row: str
) -> None:
    await load.knowledge()
    summary = await load(drinks=DRINKS, recipes=RECIPES + row + "\n")
    assert await complete(graph) == {"cream-gin", "mystery"}
    assert summary.tables["recipes"].rejected == 1
    assert {(file, number) for file, number, _, _ in load.rejects()} == {("recipes.csv", 9)}

    await load(drinks=DRINKS, recipes=RECIPES)
    assert await complete(graph) == {"cream-gin", "mystery", "gimlet"}


async def test_an_odd_value_is_left_out_and_its_row_kept(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(drinks=DRINKS, recipes=RECIPES)
    head = "id,name,abv,price,served_hot,recipe_complete\n"
    drinks = head + 'gimlet,"Gim\nlet","4,9",—,luke,true\ncream-gin,Cream gin,0.0%,8,,perhaps\n'
    summary = await load(
        drinks=drinks,
        recipes=HEAD + "gimlet,gin,much,ml,\ngimlet,cream,-1,ml,perhaps\n",
        allergen_evidence=EVIDENCE + "drink,gimlet,egg,contains,lab,someday\n",
    )
    assert (summary.rejected, summary.tables["drinks"].reported) == (0, 5)
    assert load.rejects() == [
        ("drinks.csv", 2, "abv", "4,9"),
        ("drinks.csv", 2, "served_hot", "luke"),
        ("drinks.csv", 2, "price", "—"),
        ("drinks.csv", 4, "abv", "0.0%"),
        ("drinks.csv", 4, "recipe_complete", "perhaps"),
        ("recipes.csv", 2, "amount", "much"),
        ("recipes.csv", 3, "amount", "-1"),
        ("recipes.csv", 3, "optional", "perhaps"),
        ("allergen_evidence.csv", 2, "observed_at", "someday"),
    ]
    assert await complete(graph) == {"gimlet", "mystery"}
    assert (await values(graph, "Drink", "name"))["gimlet"] == "Gim let"
    # 20.5 and 15 were known before: what is odd now is not known, so not within a limit.
    strengths = await values(graph, "Drink", "abv")
    assert (strengths["gimlet"], strengths["cream-gin"]) == (None, None)
    assert {("gimlet", "gin"), ("gimlet", "cream")} <= await links(graph, "CONTAINS")
    assert ("gimlet", "egg") in await links(graph, "HAS_ALLERGEN")


@pytest.mark.parametrize(
    "rows",
    [
        "gimlet,,40,true,\n",
        "gimlet,Gimlet,40,true,soon\n",
        "gimlet,Gimlet,4,true,\ngimlet,Gimlet,40,true,\n",
    ],
)
async def test_a_rejected_drink_row_leaves_no_older_strength_confirmed(
    graph: Graph, load: Importer, rows: str
) -> None:
    await load.knowledge()
    await load(drinks=DRINKS, recipes=RECIPES)
    summary = await load(drinks="id,name,abv,recipe_complete,available_until\n" + rows)
    assert summary.tables["drinks"].rejected == 1
    assert (await values(graph, "Drink", "abv"))["gimlet"] is None
    await load(drinks=DRINKS)
    assert (await values(graph, "Drink", "abv"))["gimlet"] == 20.5


async def test_a_rejected_row_alone_makes_a_known_recipe_incomplete(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(drinks=DRINKS, recipes=RECIPES)
    await load(recipes=HEAD + "gimlet,!!!,,,\n")
    assert await complete(graph) == {"cream-gin", "mystery"}
    assert ("gimlet", "gin") in await links(graph, "CONTAINS")
    await load(drinks=DRINKS)
    assert "gimlet" in await complete(graph)


async def test_an_unreadable_row_that_names_no_drink_stops_everything(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    before = await dump(graph)
    with pytest.raises(ImportRefused, match=r"recipes\.csv, row 9.*nothing was imported"):
        await load(drinks=DRINKS, recipes=RECIPES + '"x"y,cream,1,ml,\n')
    with pytest.raises(ImportRefused, match=r"recipes\.csv.*line 9 runs over"):
        await load(drinks=DRINKS, recipes=RECIPES + 'gimlet,"cream,1,ml,\ncream-gin,syrup,1,ml,\n')
    assert await dump(graph) == before


@pytest.mark.parametrize(
    "row", ["gimlet,Gimlet,4,true", "gimlet,Other name,20,true", "gimlet,,20,true"]
)
async def test_a_rejected_drink_row_makes_its_recipe_incomplete(
    graph: Graph, load: Importer, row: str
) -> None:
    await load.knowledge()
    await load(drinks=DRINKS, recipes=RECIPES)
    await load(drinks=f"id,name,abv,recipe_complete\ngimlet,Gimlet,20,true\n{row}\n")
    assert await complete(graph) == {"cream-gin", "mystery"}


@pytest.mark.parametrize(
    "row",
    [
        "ingredient,Syrup,dust,contains,lab,2026-01-01",
        "ingredient,Syrup,milk,perhaps,lab,2026-01-01",
        "ingredient,Syrup,,contains,lab,2026-01-01",
        "ingredient,Syrup,milk,absent,,2026-01-01",
        "ingredient,Syrup,milk,absent,lab,",
        "ingredient,Syrup,milk,absent,lab,someday",
        "thing,Syrup,milk,contains,lab,2026-01-01",
        'ingredient,Syrup,milk,"contains"x,lab,2026-01-01',
    ],
)
async def test_a_rejected_row_about_an_ingredient_takes_its_review_back(
    graph: Graph, load: Importer, row: str
) -> None:
    await load.knowledge()
    everything = await reviewed(graph)
    summary = await load(allergen_evidence=EVIDENCE + row + "\n")
    assert await reviewed(graph) == everything - {"syrup"}
    assert summary.tables["allergen_evidence"].rejected == 1
    await load.knowledge()
    assert await reviewed(graph) == everything


@pytest.mark.parametrize(
    "row",
    [
        "drink,gimlet,dust,contains,lab,2026-01-01",
        "drink,gimlet,milk,absent,,",
        "drink,gimlet,milk,contains,lab",
    ],
)
async def test_a_rejected_row_about_a_drink_leaves_it_nothing_to_be_safe_by(
    graph: Graph, load: Importer, row: str
) -> None:
    await load.knowledge()
    await load(**OPERATOR)
    assert ("gimlet", "milk") in await links(graph, "FREE_FROM")
    absent = "drink,gimlet,egg,absent,lab,2026-01-01\n"
    await load(allergen_evidence=EVIDENCE + absent + row + "\n")
    assert "gimlet" not in await complete(graph)
    assert await links(graph, "FREE_FROM") == set()


async def test_what_is_not_said_is_not_reviewed_and_not_complete(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(
        ingredients="id,name\nbrine,Brine\n",
        drinks="id,name\npickleback,Pickleback\n",
        recipes=HEAD + "pickleback,brine,1,ml,\n",
    )
    assert "brine" not in await reviewed(graph)
    assert "pickleback" not in await complete(graph)


async def test_unknown_groups_and_parts_become_unreviewed(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(
        ingredients="id,name,is_a,made_of,reviewed\n"
        "foam,Foam,Some group,Some part|Heavy cream,true\n"
    )
    assert ("foam", "some-group") in await links(graph, "IS_A")
    assert {("foam", "some-part"), ("foam", "cream")} < await links(graph, "MADE_OF")
    assert {"some-group", "some-part"}.isdisjoint(await reviewed(graph))


async def test_text_that_is_recognised_later_is_recognised_then(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(drinks=DRINKS, recipes=RECIPES)
    bitters = "id,name,synonyms,reviewed\nbitters,Bitters,unheard-of bitters,true\n"
    summary = await load(ingredients=bitters, recipes=RECIPES)
    assert summary.recipe_rows_resolved == summary.recipe_rows
    assert ("mystery", "bitters") in await links(graph, "CONTAINS")
    assert ("mystery", "unheard-of-bitters") not in await links(graph, "CONTAINS")


async def test_another_source_adds_to_the_knowledge_and_takes_nothing_away(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    ingredients = "id,name,is_a,made_of,reviewed\nirish-cream,Irish cream,,gin,true\n"
    evidence = EVIDENCE + "ingredient,dairy,milk,absent,Supplier,2026-06-01\n"
    await load(ingredients=ingredients, allergen_evidence=evidence)
    assert await links(graph, "MADE_OF") == {("irish-cream", "cream"), ("irish-cream", "gin")}
    assert ("dairy", "milk") in await links(graph, "HAS_ALLERGEN")
    await load(ingredients="id,name,is_a,made_of,reviewed\nirish-cream,Irish cream,,,true\n")
    assert await links(graph, "MADE_OF") == {("irish-cream", "cream")}


@pytest.mark.parametrize(
    "row", ["my-cream,Heavy cream,", "my-cream,My cream,single creams", "creams,My cream,"]
)
async def test_a_namesake_has_all_that_is_known_against_the_older_one(
    graph: Graph, load: Importer, row: str
) -> None:
    await load.knowledge()
    ingredients = f"id,name,synonyms,reviewed\n{row},true\n"
    drinks = "id,name,recipe_complete\nmine,Mine,true\n"
    recipes = f"drink_id,ingredient\nmine,{row.split(',')[0]}\n"
    summary = await load(ingredients=ingredients, drinks=drinks, recipes=recipes)
    assert summary.rejected == 0
    masks = Masks(await load_catalogue(graph))
    verdict = VERDICTS[masks.codes[masks.tree.position["milk"], 0]]
    assert verdict == "CONTAINS"
    before = await dump(graph)
    await load(ingredients=ingredients, drinks=drinks, recipes=recipes)
    assert await dump(graph) == before


async def test_a_name_that_a_row_of_the_same_import_has_is_ambiguous(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    rows = "id,name,reviewed\none,Green syrup,true\ntwo,Green syrups,true\n"
    summary = await load(ingredients=rows)
    assert summary.tables["ingredients"].rejected == 1
    assert "two" not in await reviewed(graph)


async def test_a_recipe_that_names_only_a_group_is_not_known(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(
        ingredients="id,name,reviewed,source\nsoda-family,Soda family,true,group: soft drinks\n",
        drinks="id,name,recipe_complete\nmine,Mine,true\n",
    )
    await load(recipes="drink_id,ingredient\nmine,Soda family\n")
    assert await links(graph, "CONTAINS") == {("mine", "unnamed-soda-family")}
    assert "unnamed-soda-family" not in await reviewed(graph)


async def test_a_rejected_ingredient_row_takes_the_review_back(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(ingredients="id,name,reviewed\nsyrup,Syrup,perhaps\n")
    assert "syrup" not in await reviewed(graph)


async def test_a_circle_is_refused_also_over_what_is_already_there(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    before = await dump(graph)
    with pytest.raises(ImportRefused, match=r"cycle: .*cream -> dairy"):
        await load(ingredients="id,name,made_of,reviewed\ndairy,Dairy,irish-cream,true\n")
    with pytest.raises(ImportRefused, match="cycle"):
        wrong = INGREDIENTS.replace("dairy,Dairy,,", "dairy,Dairy,,cream")
        await load.knowledge(ingredients=wrong)
    deep = "".join(f"i{number},I {number},i{number + 1}\n" for number in range(13))
    with pytest.raises(ImportRefused, match="chain of 13 steps"):
        await load(ingredients=f"id,name,is_a\n{deep}")
    with pytest.raises(ImportRefused, match="allergens form a cycle"):
        await load.knowledge(allergens="id,name,part_of\nmilk,Milk,egg\negg,Eggs,milk\n")
    assert await dump(graph) == before


async def test_evidence_of_one_source_is_replaced_only_by_newer(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()

    async def said(status: str, source: str, day: str) -> set[tuple[str, str]]:
        await load(allergen_evidence=f"{EVIDENCE}ingredient,syrup,milk,{status},{source},{day}\n")
        rows = await ask(
            graph,
            "MATCH (:Ingredient {id: 'syrup'})-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM]->() "
            "RETURN type(evidence) AS type, evidence.source AS source",
            "read",
        )
        assert len(rows) == len({row["source"] for row in rows})
        return {(row["type"], row["source"]) for row in rows}

    assert await said("absent", "lab", "2026-02-01") == {("FREE_FROM", "lab")}
    assert await said("contains", "lab", "2026-01-01") == {("FREE_FROM", "lab")}
    assert await said("contains", "lab", "2026-02-01") == {("HAS_ALLERGEN", "lab")}
    assert await said("may_contain", "lab", "2026-03-01") == {("MAY_CONTAIN", "lab")}
    assert await said("contains", "", "") == {("MAY_CONTAIN", "lab"), ("HAS_ALLERGEN", "unnamed")}


async def test_a_table_of_allergens_of_an_operator_is_not_read(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    summary = await load(allergens="id,name,part_of\nalmond,Almond,\n", drinks=DRINKS)
    assert summary.ignored_files == ["allergens.csv"]
    assert ("almond", "tree-nuts") in await links(graph, "PART_OF")


async def test_a_code_that_the_mapping_does_not_know_makes_its_drink_incomplete(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(**OPERATOR)
    columns = {
        "subject_type": {"constant": "drink"},
        "subject": {"column": "Nr"},
        "status": {"constant": "contains"},
        "source": {"constant": "Menu"},
        "allergen": {"column": "Codes", "codes": {"C": "egg", "1": ""}},
    }
    tables = [{"table": "allergen_evidence", "file": "menu.csv", "columns": columns}]
    menu = load.folder / "menu.csv"
    menu.write_text('sep=;\nNr;Codes;\ngimlet;"C, G";\ncream-gin;1;\n')
    summary = await import_folder(
        graph,
        menu,
        mapping=Mapping.model_validate({"title": "t", "source": "Menu", "tables": tables}),
        rejects=load.folder / "rejects.csv",
        progress=Silent(),
    )
    assert summary.tables["allergen_evidence"].rejected == 1
    assert load.rejects() == [("menu.csv", 3, "allergen", "code G")]
    assert ("gimlet", "egg") in await links(graph, "HAS_ALLERGEN")
    assert await complete(graph) == {"cream-gin", "mystery"}
    assert await links(graph, "FREE_FROM") == set()
