"""A mapping: its keys, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import ImportRefused
from graph.importing import bundled_mappings, load_mapping
from graph.importing.files.format import Format
from graph.importing.files.mapped_column import Column, Join
from graph.importing.files.mapped_table import TableMapping
from graph.importing.files.mapping import Mapping
from tests.support.pages import ROOT
from tests.unit.graph.importing.files.foreign import RATINGS, TABLES, mapping


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


@pytest.mark.parametrize("scale", ["[10, 0]", "[1]", '"stars"'])
def test_a_rating_scale_that_is_none_is_refused(tmp_path: Path, scale: str) -> None:
    with pytest.raises(ImportRefused, match="rating_scale"):
        mapping(tmp_path, RATINGS.replace("[0, 100]", scale))
