"""Rows of foreign files become ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.importing.files.sources import open_sources
from tests.unit.graph.importing.files.foreign import LONG, RATINGS, TABLES, mapping, sources


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
    assert (drinks.rows, [(column.column, column.text) for column in drinks.joined]) == (
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
    problems_read = [record.problem for record in drinks.records()]
    assert [bool(row) for row in problems_read] == [bool(problem) for problem in problems]
    assert problems[-1] in problems_read[-1]


def test_ratings_are_read_on_the_scale_that_the_mapping_declares(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    text = "who,what,kind,points\na,chai,rating,50\na,chai,purchase,50\na,chai,rating,101\n"
    (data / "ratings.csv").write_text(text)
    (source,) = open_sources(data, mapping(tmp_path, RATINGS), knowledge=False).all
    values = [record.values["value"] for record in source.records()]
    assert values[:2] == ["3.0", "50"] and float(values[2]) > 5
