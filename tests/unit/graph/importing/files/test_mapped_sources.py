"""Which files a mapping needs, and what they must have."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import ImportRefused
from graph.importing.files.sources import open_sources
from tests.unit.graph.importing.files.foreign import LONG, PARTS, TABLES, mapping, sources


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


def test_a_column_that_the_file_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"'Category' of long\.csv"):
        sources(tmp_path, long=LONG.replace("Category", "Kategorie"))


def test_a_file_that_the_folder_lacks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text(LONG)
    with pytest.raises(ImportRefused, match=r"needs parts\.csv"):
        open_sources(tmp_path, mapping(tmp_path), knowledge=False)
    with pytest.raises(ImportRefused, match=r"needs a folder with long\.csv, parts\.csv"):
        open_sources(tmp_path / "long.csv", mapping(tmp_path), knowledge=False)
