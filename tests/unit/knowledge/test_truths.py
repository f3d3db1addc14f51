"""What everybody behind a bar must know, one by one; the table beside is for reading."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graph.safety_rule import SafetyRule
from tests.unit.knowledge.bundle import graph, ingredient, rows

with (Path(__file__).parent / "truths.csv").open(encoding="utf-8", newline="") as file:
    TRUTHS = [tuple(row) for row in csv.reader(file)][1:]


@pytest.mark.parametrize(("text", "allergen", "verdict", "reason"), TRUTHS)
def test_the_knowledge_says_what_is_true(
    text: str, allergen: str, verdict: str, reason: str
) -> None:
    derived = SafetyRule(graph()).verdict(ingredient(text), allergen)
    assert derived.value == verdict, f"{text} and {allergen}: {reason}"


def test_the_table_is_long_says_nothing_twice_and_names_only_known_allergens() -> None:
    assert len(TRUTHS) >= 120
    assert len({(text, allergen) for text, allergen, _, _ in TRUTHS}) == len(TRUTHS)
    assert {row[1] for row in TRUTHS} <= {row["id"] for row in rows("law/allergens")}
    assert all(reason for _, _, _, reason in TRUTHS)
