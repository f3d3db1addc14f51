"""What the mappings add to the recipes of real files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graph.importing import load_mapping
from graph.importing.files.mapped_column import Column
from graph.recognition.recogniser import Recogniser
from tests.unit.knowledge.bundle import parts, rows

# mapping, its file, the columns that tell a drink, and how many recipes it completes
COMPLETED = [
    ("boston_cocktails", "boston_cocktails.csv", ("name", "row_id"), 509),
    ("thecocktaildb", "cocktails.csv", ("idDrink",), 89),
]


def additions(mapping: str) -> Column:
    (extra,) = (table for table in load_mapping(mapping).tables if table.only_with)
    return extra.columns["ingredient"]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    made = Recogniser()
    for row in rows("ingredients/ingredients"):
        made.described.add(row["id"], row["name"], parts(row["synonyms"]))
    return made


@pytest.mark.parametrize("mapping", [row[0] for row in COMPLETED])
def test_everything_that_is_added_or_put_right_is_a_known_ingredient(
    mapping: str, recogniser: Recogniser
) -> None:
    recipes = [table for table in load_mapping(mapping).tables if table.table == "recipes"]
    texts = [text for table in recipes for text in table.columns["ingredient"].values.values()]
    assert texts
    assert [text for text in texts if not recogniser.resolve(text).resolved] == []


@pytest.mark.parametrize(("mapping", "file", "columns", "number"), COMPLETED)
def test_recipes_are_completed_of_drinks_that_the_file_has(
    mapping: str, file: str, columns: tuple[str, ...], number: int, shared_data: Path
) -> None:
    with (shared_data / "cocktails" / file).open(encoding="utf-8", newline="") as table:
        drinks = {" ".join(row[name] for name in columns) for row in csv.DictReader(table)}
    assert additions(mapping).values.keys() <= drinks
    assert len(additions(mapping).values) == number
