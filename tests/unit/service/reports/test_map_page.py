"""The map's page is whole in itself, says what it is, and survives any name."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import numpy as np

from service.reports.colorings import coloring, colorings
from service.reports.drawn_map import DrawnMap
from service.reports.view import People, View
from tests.unit.service.reports.worlds import DRINKS, EVIL


def page(drawn: DrawnMap) -> str:
    return drawn.page(colorings(drawn.view), "allergen:milk")


def data(text: str) -> dict[str, Any]:
    script = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert script
    document: dict[str, Any] = json.loads(script[1])
    return document


def test_it_fetches_nothing_and_runs_only_its_own_script(drawn: DrawnMap) -> None:
    text = page(drawn)
    assert re.findall(r"(?:https?:)?//\w", text.replace("// ", "")) == []
    assert re.findall(r'(?:src|href)="(?!data:)', text.replace(json.dumps(EVIL), "")) == []
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text and "default-src 'none'" in text


def test_a_name_cannot_break_out_of_the_data(drawn: DrawnMap) -> None:
    text = page(drawn)
    assert EVIL not in text and text.count("</script>") == 2
    assert data(text)["names"][3] == EVIL


def test_columns_have_one_element_for_each_drink(drawn: DrawnMap) -> None:
    document = data(page(drawn))
    for name in ("ids", "names", "styles", "kinds", "x", "y", "popularity", "ingredients"):
        assert len(document[name]) == DRINKS, name
    assert all(len(coloring["of"]) == DRINKS for coloring in document["colorings"])
    assert (
        len(document["nearest"]) == len(document["likeness"]) == DRINKS * document["nearestCount"]
    )
    assert min(document["x"]) >= 0 and max(document["y"]) <= 65535
    assert document["first"] == "allergen:milk" and document["recipeComplete"][2] == "0"


def test_verdicts_in_the_page_are_those_of_the_rule(drawn: DrawnMap) -> None:
    document = data(page(drawn))
    milk = next(
        coloring for coloring in document["colorings"] if coloring["name"] == "allergen:milk"
    )
    assert milk["verdict"] is True
    assert [milk["labels"][int(label)] for label in milk["of"][:3]] == [
        "CONTAINS",
        "MAY_CONTAIN",
        "UNKNOWN",
    ]


def test_it_says_when_and_of_what_it_was_made(drawn: DrawnMap) -> None:
    text = page(drawn)
    assert "catalogue version 7; made 2026-11-21 10:00 UTC" in text
    assert "Simulated data: all 60 people are simulated" in text


def test_simulated_people_are_always_named() -> None:
    assert People(10, 3).label.startswith("Partly simulated data: 3 of 10")
    assert "imulated" not in People(10, 0).label
    assert People(0, 0).label == "Nobody has done anything with a drink yet."


def test_the_same_view_gives_the_same_page_and_picture(view: View, drawn: DrawnMap) -> None:
    again = DrawnMap.of(view)
    assert page(again) == page(drawn)
    way = coloring(view, "allergen:milk")
    assert again.picture(way) == drawn.picture(way)
    assert drawn.picture(way) != drawn.picture(coloring(view, "style"))
    assert drawn.picture(way).startswith(b"\x89PNG")


def test_the_drinks_of_one_colour_of_the_board_lie_together(drawn: DrawnMap) -> None:
    even, odd = drawn.places[2::2].mean(axis=0), drawn.places[3::2].mean(axis=0)
    assert np.linalg.norm(even - odd) > 0.2
