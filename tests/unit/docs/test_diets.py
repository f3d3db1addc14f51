"""The page on diets says what the bundled data say."""

from __future__ import annotations

import re

import pytest

from tests.support.pages import DOCS
from tests.unit.knowledge.bundle import Row, parts, rows

PAGE = (DOCS / "diets.md").read_text(encoding="utf-8")
DIETS = {row["id"]: row for row in rows("diets/diets")}
GROUP = "group for diets: "


def table(first: str) -> dict[str, list[str]]:
    """The rows of the table whose first column has this name, by their first cell."""
    lines = PAGE.split(f"| {first} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name.strip("`"): rest for name, *rest in cells}


def limits(row: Row) -> str:
    maxima = [
        f"at most {row[column]} {unit}"
        for column, unit in (
            ("max_abv", "% vol"),
            ("max_caffeine_mg_per_100ml", "mg of caffeine in 100 ml"),
        )
        if row[column]
    ]
    return ", ".join(maxima) or "none"


def test_the_table_lists_all_diets_with_what_they_avoid_and_their_limits() -> None:
    listed = table("diet")
    assert list(listed) == list(DIETS)
    for name, (avoids, stated) in listed.items():
        assert re.findall(r"`([^`]+)`", avoids) == parts(DIETS[name]["avoids"])
        assert stated == limits(DIETS[name])


@pytest.mark.parametrize("name", DIETS)
def test_each_diet_has_its_description_and_source(name: str) -> None:
    row = DIETS[name]
    section = PAGE.split(f"\n### {row['name']}\n", 1)[1].split("\n#", 1)[0]
    paragraphs = [" ".join(paragraph.split()) for paragraph in section.strip().split("\n\n")]
    assert paragraphs == [row["description"], f"Source: {row['source']}."]


def test_every_group_of_diets_is_explained() -> None:
    groups = {
        row["id"]: [row["source"].removeprefix(GROUP)]
        for row in rows("ingredients/ingredients")
        if row["source"].startswith(GROUP)
    }
    assert table("group") == groups
