"""Foreign files: their delimiter, encoding and decimal sign, nested, wide, and with codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.errors import ImportRefused
from graph.importing import load_mapping
from graph.importing.files.format import plain_number
from graph.importing.files.mapped_table import TableMapping
from graph.importing.files.mapping import Mapping
from graph.importing.files.record import Record
from graph.importing.files.sources import open_sources

COLUMNS = {
    "id": {"column": "Nr"},
    "name": {"column": "Name"},
    "abv": {"column": "Alk"},
    "price": {"column": "Preis"},
}


def read(folder: Path, mapping: dict[str, object]) -> list[list[dict[str, str]]]:
    whole = Mapping.model_validate({"title": "t", "source": "s", **mapping})
    sources = open_sources(folder, whole, knowledge=False).all
    return [[record.values for record in source.records()] for source in sources]


def table(ours: str, file: str, **columns: object) -> dict[str, object]:
    return {"table": ours, "file": file, "columns": columns}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_spreadsheet_of_germany_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Nr;Name;Alk;Preis;;\r\n1;Weißbier;4,9;1.234,50;;\r\n2;Grüner Tee;0,0;3;;\r\n"
    (tmp_path / "f.csv").write_bytes(text.encode(encoding))
    how = {"delimiter": ";", "decimal": ",", "encoding": encoding}
    drinks = {"table": "drinks", "file": "f.csv", "columns": COLUMNS}
    assert read(tmp_path, {"format": how, "tables": [drinks]}) == [
        [
            {"id": "1", "name": "Weißbier", "abv": "4.9", "price": "1234.50"},
            {"id": "2", "name": "Grüner Tee", "abv": "0.0", "price": "3"},
        ]
    ]


def test_a_wrong_encoding_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes("Nr,Name\n1,\u0160".encode("cp1252") + b"\x81\n")
    with pytest.raises(ImportRefused, match=r"f\.csv is not text in cp1252"):
        drinks = table("drinks", "f.csv", id={"column": "Nr"}, name={"column": "Name"})
        read(tmp_path, {"format": {"encoding": "cp1252"}, "tables": [drinks]})


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"delimiter": ";;"}, "one character"),
        ({"encoding": "klingon"}, "no encoding 'klingon'"),
        ({"decimal": ";"}, "decimal"),
        ({"separator": ";"}, "separator"),
    ],
)
def test_a_wrong_format_names_its_key(tmp_path: Path, how: dict[str, str], reason: str) -> None:
    keys = "\n".join(f'{key} = "{value}"' for key, value in how.items())
    (tmp_path / "m.toml").write_text(f'title = "t"\nsource = "s"\ntables = []\n[format]\n{keys}\n')
    with pytest.raises(ImportRefused, match=reason):
        load_mapping(tmp_path / "m.toml")


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("4,9", ",", "4.9"),
        ("1.234,5", ",", "1234.5"),
        ("1.500", ",", "1500"),
        ("4.9", ",", "4.9"),
        ("-,5", ",", "-.5"),
        ("1,234.5", ".", "1234.5"),
        ("4,9", ".", "4,9"),
        ("4,9", None, "4,9"),
        ("about 4,9", ",", "about 4,9"),
    ],
)
def test_numbers_with_a_decimal_sign(text: str, decimal: str | None, expected: str) -> None:
    assert plain_number(text, decimal) == expected


NESTED = {
    "data": {
        "recipes": [
            {
                "name": "White Russian",
                "tags": [{"name": "sweet"}, {"name": "old"}],
                "parts": [{"what": {"name": "cream"}, "cl": 2.125}, {"what": {"name": "vodka"}}],
            },
            {"name": "Nothing", "tags": [], "parts": None},
            {"name": "Odd", "parts": ["milk", {"cl": 1}]},
        ]
    }
}


def test_nested_json_is_read(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(json.dumps(NESTED))
    name = {"column": "name", "slug": True}
    complete = {"column": "parts.what.name", "values": {"": "false"}, "otherwise": "true"}
    drinks = table("drinks", "f.json", id=name, name={"column": "name"}, recipe_complete=complete)
    columns = {"drink_id": name, "ingredient": {"columns": ["parts", "parts.what.name"]}}
    recipes = table("recipes", "f.json", **columns, amount={"column": "parts.cl"})
    how = {"records": "data.recipes", "decimal": ","}
    drinks_read, parts = read(
        tmp_path, {"format": how, "tables": [drinks, recipes | {"each": "parts"}]}
    )
    assert [drink["recipe_complete"] for drink in drinks_read] == ["true", "false", "false"]
    assert [(part["drink_id"], part["ingredient"], part["amount"]) for part in parts] == [
        ("white-russian", "cream", "2.125"),
        ("white-russian", "vodka", ""),
        ("odd", "milk", ""),
        ("odd", "", "1"),
    ]
    with pytest.raises(ImportRefused, match=r"f\.json has no list of records under 'data\.drinks'"):
        read(tmp_path, {"format": {"records": "data.drinks"}, "tables": [drinks]})


def test_a_wide_table_needs_one_line(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        "Name,Ingredient1,Ingredient2,Ingredient10,Measure1,Measure2,Measure3\n"
        "Sour,gin,,egg white,1,,\nLost,gin,,,1,2 oz,\nTwo,gin,NA,,NA,NA,1\n"
    )
    name = {"column": "Name", "slug": True}
    part = {"column": "Ingredient{n}", "missing": ["NA"]}
    amount = {"column": "Measure{n}", "measure": "amount", "missing": ["NA"]}
    recipes = table("recipes", "f.csv", drink_id=name, ingredient=part, amount=amount)
    [rows] = read(tmp_path, {"tables": [recipes]})
    # A measure without an ingredient is a row, and will be rejected: something is missing.
    assert [tuple(row.values()) for row in rows] == [
        ("sour", "gin", "1.0"),
        ("sour", "egg white", ""),
        ("lost", "gin", "1.0"),
        ("lost", "", "59.1"),
        ("two", "gin", ""),
        ("two", "", "1.0"),
    ]
    with pytest.raises(ImportRefused, match=r"'Part\{n\}' of f\.csv"):
        recipes = table("recipes", "f.csv", drink_id=name, ingredient={"column": "Part{n}"})
        read(tmp_path, {"tables": [recipes]})


def evidence(codes: dict[str, str], **others: object) -> TableMapping:
    columns = {"subject_type": {"constant": "drink"}, "subject": {"column": "Name"}}
    columns |= {"status": {"constant": "contains"}, "allergen": {"column": "A", "codes": codes}}
    return TableMapping.model_validate(table("allergen_evidence", "f.csv", **(columns | others)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A, G, 1", ["wheat", "milk"]),
        ("(G/A)", ["milk", "wheat"]),
        ("A,A", ["wheat"]),
        ("N", ["fish", "molluscs"]),
        ("1", []),
        ("", []),
        ("a", ["code a"]),
        ("AG", ["code AG"]),
        ("milk G X", ["code milk", "milk", "code X"]),
    ],
)
def test_letter_codes_name_allergens_and_others_stay_unknown(
    text: str, expected: list[str]
) -> None:
    codes = {"A": "wheat", "G": "milk", "N": "fish|molluscs", "1": ""}
    rows = evidence(codes).rows(iter([Record("f.csv", 2, {"name": "tea", "a": text})]), {})
    assert [row.values["allergen"] for row in rows] == expected


@pytest.mark.parametrize(
    "others",
    [
        {"status": {"constant": "absent"}},
        {"status": {"column": "S"}},
        {"source": {"column": "S", "codes": {}}},
    ],
)
def test_codes_never_say_that_an_allergen_is_absent(others: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="codes"):
        evidence({}, **others)
