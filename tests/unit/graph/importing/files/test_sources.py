from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import ImportRefused
from graph.importing.files.sources import Sources, open_sources


def opened(folder: Path, knowledge: bool = False, **files: str) -> Sources:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return open_sources(folder, None, knowledge=knowledge)


def test_tables_are_known_by_their_names(tmp_path: Path) -> None:
    sources = opened(
        tmp_path,
        drinks__csv="id,name,colour\na,A,red\n",
        recipes__jsonl='{"drink_id": "a", "ingredient": "gin"}\n',
        notes__txt="hello",
    )
    assert [(source.table, source.rows) for source in sources.all] == [
        ("drinks", 1),
        ("recipes", 1),
    ]
    assert sources.all[0].ignored_columns == {"colour"}
    assert sources.ignored_files == ("notes.txt",)


def test_only_the_bundled_data_may_bring_allergens(tmp_path: Path) -> None:
    files = {"drinks__csv": "id,name\na,A\n", "allergens__csv": "id,name\nmilk,Milk\n"}
    assert opened(tmp_path, **files).ignored_files == ("allergens.csv",)
    assert not opened(tmp_path, knowledge=True, **files).ignored_files


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "has no table"),
        ({"notes__txt": "x"}, "has no table"),
        ({"drinks__csv": "id,title\na,A\n"}, r"drinks\.csv lacks the column 'name'"),
        ({"drinks__csv": "id;name\na;A\n"}, r"drinks\.csv lacks the column 'id'"),
        ({"users__csv": "id,alergies\nu,milk\n"}, "did you mean 'allergies'"),
        ({"recipes__jsonl": '{"drink_id": "a"}\n'}, "lacks the column 'ingredient'"),
    ],
)
def test_a_folder_that_cannot_be_imported_is_refused(
    tmp_path: Path, files: dict[str, str], reason: str
) -> None:
    with pytest.raises(ImportRefused, match=reason):
        opened(tmp_path, **files)


def test_a_missing_folder_and_a_bare_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no folder 'nowhere'"):
        open_sources(tmp_path / "nowhere", None, knowledge=False)
    (tmp_path / "drinks.csv").write_text("id,name\n")
    with pytest.raises(ImportRefused, match="is a file"):
        open_sources(tmp_path / "drinks.csv", None, knowledge=False)


def test_a_table_of_columns_without_rows_is_empty(tmp_path: Path) -> None:
    assert opened(tmp_path, drinks__csv="id,name\n").rows("drinks") == 0
