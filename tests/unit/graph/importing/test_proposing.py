"""A proposed mapping reads its file, and says nothing about safety that the file does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.errors import ImportRefused
from graph.importing import load_mapping
from graph.importing.files.sources import open_sources
from graph.importing.proposing import propose

GERMAN = "Nr;Bezeichnung;Alk;Preis;Allergene;;\r\n1;Weißbier;4,9;3,50;A, G;;\r\n"
WIDE = "id,drink,ingredient1,measure1,ingredient2,measure2\n1,Sour,gin,2 oz,egg white,1\n"
LONG = "name,ingredient,measure\nSour,gin,2 oz\nSour,egg white,1\n"
PARTS = [{"name": "gin", "measure": "2 oz"}, {"name": "egg white", "measure": "1"}]
NESTED = json.dumps({"drinks": [{"name": "Sour", "ingredients": PARTS}]})


def read(folder: Path, name: str, content: bytes) -> dict[str, list[dict[str, str]]]:
    (folder / name).write_bytes(content)
    (folder / "m.toml").write_text(propose(folder / name).toml)
    mapping = load_mapping(folder / "m.toml")
    sources = open_sources(folder / name, mapping, knowledge=False).all
    return {source.table: [record.values for record in source.records()] for source in sources}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("said", ["", "sep=;\r\n"])
def test_a_spreadsheet_is_proposed_with_its_dialect(
    tmp_path: Path, encoding: str, said: str
) -> None:
    tables = read(tmp_path, "karte.csv", (said + GERMAN).encode(encoding))
    [drink] = tables["drinks"]
    assert (drink["name"], drink["abv"], drink["price"]) == ("Weißbier", "4.9", "3.50")
    assert drink["recipe_complete"] == "false"
    assert [statement["allergen"] for statement in tables["allergen_evidence"]] == [
        "code A",
        "code G",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [("t.csv", WIDE), ("t.tsv", WIDE.replace(",", "\t")), ("t.txt", LONG), ("t.json", NESTED)],
)
def test_wide_long_and_nested_recipes_are_proposed_alike(
    tmp_path: Path, name: str, text: str
) -> None:
    tables = read(tmp_path, name, text.encode())
    assert [drink["name"] for drink in tables["drinks"]] == ["Sour"]
    assert [drink["recipe_complete"] for drink in tables["drinks"]] == ["false"]
    assert [(part["ingredient"], part["amount"]) for part in tables["recipes"]] == [
        ("gin", "59.1"),
        ("egg white", "1.0"),
    ]
    assert {part["drink_id"] for part in tables["recipes"]} == {
        drink["id"] for drink in tables["drinks"]
    }


def test_a_file_without_names_is_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    with pytest.raises(ImportRefused, match=r"no column that is clearly the name.*x, y"):
        propose(tmp_path / "t.csv")
