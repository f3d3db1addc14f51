from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import ImportRefused
from graph.importing import bundled_mappings, load_mapping
from graph.importing.files.format import Format
from graph.importing.files.mapped_column import Column, Join
from graph.importing.files.mapped_table import TableMapping
from graph.importing.files.mapping import Mapping
from graph.importing.files.sources import Sources, open_sources
from tests.support.pages import ROOT

TABLES = """
title = "Foreign"
source = "Foreign source"

[[tables]]
table = "drinks"
file = "long.csv"
distinct = "id"

[tables.columns]
id = { column = "Drink", slug = true, prefix = "f-" }
name = { column = "Drink" }
kind = { column = "Kind", values = { "0" = "mocktail" }, otherwise = "cocktail" }
style = { column = "Category", missing = ["NA"] }
recipe_complete = { constant = "true" }

[[tables]]
table = "recipes"
file = "long.csv"

[tables.columns]
drink_id = { column = "Drink", slug = true, prefix = "f-" }
ingredient = { column = "Part", join = { file = "parts.csv", on = "number", take = "part" } }
amount = { columns = ["Amount", "Unit"], measure = "amount" }
unit = { columns = ["Amount", "Unit"], measure = "unit" }
"""
LONG = "Drink,Kind,Category,Part,Amount,Unit\nPiña Colada,1,NA,1,2,oz\nPiña Colada,1,NA,2,,\n"
PARTS = "number,part\n1,White rum\n"


def mapping(folder: Path, text: str = TABLES) -> Mapping:
    (folder / "own.toml").write_text(text)
    return load_mapping(folder / "own.toml")


def sources(folder: Path, text: str = TABLES, long: str = LONG) -> Sources:
    data = folder / "data"
    data.mkdir()
    (data / "long.csv").write_text(long)
    (data / "parts.csv").write_text(PARTS)
    return open_sources(data, mapping(folder, text), knowledge=False)


def test_foreign_rows_become_ours(tmp_path: Path) -> None:
    drinks, recipes = sources(tmp_path).all
    assert (drinks.rows, recipes.rows) == (1, 2)
    assert [record.values for record in drinks.records()] == [
        {
            "id": "f-pina-colada",
            "name": "Piña Colada",
            "kind": "cocktail",
            "style": "",
            "recipe_complete": "true",
        }
    ]
    assert [record.values for record in recipes.records()] == [
        {"drink_id": "f-pina-colada", "ingredient": "White rum", "amount": "59.1", "unit": "ml"},
        {"drink_id": "f-pina-colada", "ingredient": "", "amount": "", "unit": ""},
    ]
    assert [record.number for record in recipes.records()] == [2, 3]


def test_only_rows_with_a_value_are_taken_where_the_mapping_says_so(tmp_path: Path) -> None:
    wanted = TABLES.replace('table = "recipes"', 'table = "recipes"\nonly_with = "ingredient"')
    _, recipes = sources(tmp_path, wanted).all
    assert [record.values["ingredient"] for record in recipes.records()] == ["White rum"]
    assert recipes.rows == 1


def test_what_an_id_joins_is_listed_and_what_contradicts_is_rejected(tmp_path: Path) -> None:
    rows = (
        LONG.split("\n")[0]
        + "\nK.G.B.,0,x,1,1,oz\nK G B,1,x,1,1,oz\nK G B,1,x,1,2,oz\nTea,1,x,1,,\n"
    )
    [drinks] = sources(tmp_path, TABLES.split('[[tables]]\ntable = "recipes"')[0], rows).of(
        "drinks"
    )
    assert (drinks.rows, [(one.column, one.text) for one in drinks.joined]) == (
        2,
        [("id", "K G B")],
    )
    assert "'K.G.B.'" in drinks.joined[0].reason and drinks.joined[0].record.number == 3


@pytest.mark.parametrize(
    ("strengths", "problems"), [(["5", "5"], [""]), (["5", ""], [""]), (["5", "40"], ["", "abv"])]
)
def test_two_rows_of_one_id_must_not_differ_in_what_decides(
    tmp_path: Path, strengths: list[str], problems: list[str]
) -> None:
    text = TABLES.replace('style = { column = "Category"', 'abv = { column = "Amount"')
    rows = "".join(f"Tea,0,x,1,{strength},\n" for strength in strengths)
    drinks, _ = sources(tmp_path, text, LONG.split("\n")[0] + "\n" + rows).all
    found = [record.problem for record in drinks.records()]
    assert [bool(one) for one in found] == [bool(one) for one in problems]
    assert problems[-1] in found[-1]


def test_a_value_that_a_joined_file_has_twice_is_refused(tmp_path: Path) -> None:
    sources(tmp_path)
    (tmp_path / "data" / "parts.csv").write_text(PARTS + "1,White rum\n1,Milk\n")
    with pytest.raises(ImportRefused, match=r"parts\.csv, row 4: '1' occurs twice in 'number'"):
        open_sources(tmp_path / "data", mapping(tmp_path), knowledge=False)


@pytest.mark.parametrize("name", ["long.json5", "long", "long.xlsx"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str) -> None:
    sources(tmp_path)
    (tmp_path / "data" / name).write_text(LONG)
    with pytest.raises(ImportRefused, match=rf"{name} is not one of \.csv"):
        open_sources(
            tmp_path / "data", mapping(tmp_path, TABLES.replace("long.csv", name)), knowledge=False
        )


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("distinct", "distinkt", "distinkt"),
        ("slug = true", "sluck = true", "sluck"),
        ("on = ", "where = ", "join"),
        ('title = "Foreign"', 'titel = "Foreign"', "titel|title"),
        ('table = "recipes"', 'table = "recipe"', "no table 'recipe'"),
        ("ingredient =", "ingredients =", "no column 'ingredients'"),
        ("name = {", "price = {", "needs the column 'name'"),
        ('{ constant = "true" }', '{ constant = "true", column = "x" }', "exactly one"),
        ('measure = "unit"', 'measure = "size"', "unit"),
        ('distinct = "id"', 'distinct = "nothing"', "distinct"),
        ('distinct = "id"', 'only_with = "nothing"', "only_with"),
        ("[[tables]]", "[[tables", "TOML"),
    ],
)
def test_an_error_in_a_mapping_names_file_and_key(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    with pytest.raises(ImportRefused, match=rf"own\.toml.*({key})"):
        mapping(tmp_path, TABLES.replace(old, new, 1) if old in TABLES else TABLES)


def test_a_column_that_the_file_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"'Category' of long\.csv"):
        sources(tmp_path, long=LONG.replace("Category", "Kategorie"))


def test_a_file_that_the_folder_lacks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text(LONG)
    with pytest.raises(ImportRefused, match=r"needs parts\.csv"):
        open_sources(tmp_path, mapping(tmp_path), knowledge=False)
    with pytest.raises(ImportRefused, match=r"needs a folder with long\.csv, parts\.csv"):
        open_sources(tmp_path / "long.csv", mapping(tmp_path), knowledge=False)


def test_the_bundled_mappings_load_by_name() -> None:
    page = (ROOT / "docs" / "import.md").read_text()
    assert [name for name in bundled_mappings() if f"| `{name}` |" not in page] == []
    for name in bundled_mappings():
        assert load_mapping(name).tables
    with pytest.raises(ImportRefused, match=r"no mapping 'nothing'.*boston_cocktails"):
        load_mapping("nothing")


def test_every_key_of_a_mapping_is_documented() -> None:
    page = (ROOT / "docs" / "import.md").read_text()
    for model in (Mapping, Format, TableMapping, Column, Join):
        assert [name for name in model.model_fields if f"`{name}`" not in page] == []


RATINGS = """
title = "Foreign"
source = "Foreign source"

[[tables]]
table = "interactions"
file = "ratings.csv"
rating_scale = [0, 100]

[tables.columns]
user_id = { column = "who" }
drink_id = { column = "what" }
type = { column = "kind" }
value = { column = "points" }
"""


def test_ratings_are_read_on_the_scale_that_the_mapping_declares(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    text = "who,what,kind,points\na,chai,rating,50\na,chai,purchase,50\na,chai,rating,101\n"
    (data / "ratings.csv").write_text(text)
    (source,) = open_sources(data, mapping(tmp_path, RATINGS), knowledge=False).all
    values = [record.values["value"] for record in source.records()]
    assert values[:2] == ["3.0", "50"] and float(values[2]) > 5


@pytest.mark.parametrize("scale", ["[10, 0]", "[1]", '"stars"'])
def test_a_rating_scale_that_is_none_is_refused(tmp_path: Path, scale: str) -> None:
    with pytest.raises(ImportRefused, match="rating_scale"):
        mapping(tmp_path, RATINGS.replace("[0, 100]", scale))
