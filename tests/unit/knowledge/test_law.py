"""The laws as data: complete, consistent, and the same as docs/law.md tells."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.support.pages import DOCS, ROOT

KNOWLEDGE = ROOT / "graph" / "knowledge"
Rows = list[dict[str, str]]

# The number of the law, and what it lists under it: the group first, then its members.
EU = {
    "1": ["gluten", "wheat", "spelt", "kamut", "rye", "barley", "oats"],
    "2": ["crustaceans"],
    "3": ["egg"],
    "4": ["fish"],
    "5": ["peanut"],
    "6": ["soy"],
    "7": ["milk"],
    "8": [
        "tree-nuts",
        *("almond", "hazelnut", "walnut", "cashew"),
        *("pecan", "brazil-nut", "pistachio", "macadamia"),
    ],
    "9": ["celery"],
    "10": ["mustard"],
    "11": ["sesame"],
    "12": ["sulphites"],
    "13": ["lupin"],
    "14": ["molluscs"],
}
US = {
    "1": ["milk"],
    "2": ["egg"],
    "3": ["fish"],
    "4": ["crustaceans"],
    "5": [
        "tree-nuts",
        *("almond", "brazil-nut", "cashew", "hazelnut", "macadamia"),
        *("pecan", "pine-nut", "pistachio", "walnut"),
    ],
    "6": ["wheat", "spelt", "kamut"],
    "7": ["peanut"],
    "8": ["soy"],
    "9": ["sesame"],
}
EU_EXEMPTIONS = {
    "gluten": {"(1)(a)", "(1)(b)", "(1)(c)", "(1)(d)"},
    "fish": {"(4)(a)", "(4)(b)"},
    "soy": {"(6)(a)", "(6)(b)", "(6)(c)", "(6)(d)"},
    "milk": {"(7)(a)", "(7)(b)"},
    "tree-nuts": {"(8)"},
    "mustard": {"(10)"},
    "sulphites": {"(12)"},
}


def rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


LISTINGS = rows(KNOWLEDGE / "law" / "listings.csv")
ALLERGENS = {row["id"]: row for row in rows(KNOWLEDGE / "law" / "allergens.csv")}
REGULATIONS = {row["id"] for row in rows(KNOWLEDGE / "law" / "regulations.csv")}
PRODUCTS = rows(KNOWLEDGE / "law" / "exemptions.csv")
INGREDIENTS = rows(KNOWLEDGE / "ingredients" / "exemptions.csv")


@pytest.mark.parametrize(("law", "expected"), [("eu-14", EU), ("us-9", US)])
def test_a_law_lists_what_it_lists(law: str, expected: dict[str, list[str]]) -> None:
    listed = {(row["entry"], row["allergen"]) for row in LISTINGS if row["regulation"] == law}
    assert listed == {(entry, allergen) for entry, some in expected.items() for allergen in some}
    assert len(expected) == int(law.split("-")[1])


def test_members_share_the_entry_of_their_group() -> None:
    entries = {(row["regulation"], row["allergen"]): row["entry"] for row in LISTINGS}
    for (law, allergen), entry in entries.items():
        for group in ALLERGENS[allergen]["part_of"].split("|"):
            assert entries.get((law, group), entry) == entry, (law, allergen)


def test_what_no_law_lists_is_in_no_group_of_a_law() -> None:
    listed = {row["allergen"] for row in LISTINGS}
    assert set(ALLERGENS) - listed == {"chestnut", "coconut", "shellfish"}
    assert all(
        not ALLERGENS[allergen]["part_of"] for allergen in ("chestnut", "coconut", "shellfish")
    )


def test_everything_that_is_named_is_there_and_has_a_source() -> None:
    known = {row["id"] for row in rows(KNOWLEDGE / "ingredients" / "ingredients.csv")}
    for row in [*LISTINGS, *PRODUCTS, *INGREDIENTS]:
        assert row["regulation"] in REGULATIONS, row
        assert row["allergen"] in ALLERGENS, row
        assert row["source"] and row["text"], row
    assert all(row["name"] for row in LISTINGS)
    assert {row["ingredient"] for row in PRODUCTS} == {""}
    assert {row["ingredient"] for row in INGREDIENTS} <= known
    for table in (LISTINGS, PRODUCTS, INGREDIENTS):
        assert len({tuple(row.values()) for row in table}) == len(table)


def test_sources_name_the_entry() -> None:
    for row in LISTINGS:
        if row["regulation"] == "eu-14":
            assert f"Annex II ({row['entry']})" in row["source"]
        else:
            assert "21 U.S.C. 321(qq)(1)" in row["source"]
            assert row["entry"] != "5" or "Edition 5" in row["source"]
            assert ("FASTER" in row["source"]) == (row["allergen"] == "sesame")


def test_the_exemptions_of_the_eu_are_all_there() -> None:
    names: dict[str, set[str]] = {}
    for row in PRODUCTS:
        if row["regulation"] == "eu-14":
            [point] = re.findall(r"Annex II ((?:\(\w+\))+)", row["source"])
            names.setdefault(row["allergen"], set()).add(point)
    assert names == EU_EXEMPTIONS


def test_an_exemption_is_of_something_listed_unless_it_says_why_it_is_not() -> None:
    listed = {(row["regulation"], row["allergen"]) for row in LISTINGS}
    others = {(row["regulation"], row["allergen"]) for row in PRODUCTS} - listed
    assert others == {("us-9", "coconut"), ("us-9", "chestnut"), ("us-9", "sulphites")}
    assert {(row["regulation"], row["allergen"]) for row in INGREDIENTS} <= listed


def test_the_page_tells_the_data() -> None:
    lines = (DOCS / "law.md").read_text(encoding="utf-8").splitlines()
    told = {line for line in lines if line.startswith("| ") and "`" in line}
    expected = {
        f"| {row['entry']} | {row['name']} | `{row['allergen']}` | {row['text']} |"
        for row in LISTINGS
    }
    expected |= {f"| `{row['allergen']}` | {row['text']} | {row['source']} |" for row in PRODUCTS}
    expected |= {
        f"| `{row['ingredient']}` | `{row['allergen']}` | {row['text']} | {row['source']} |"
        for row in INGREDIENTS
    }
    assert told == expected
