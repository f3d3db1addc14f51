"""The tables of the knowledge agree with themselves and with each other."""

from __future__ import annotations

import re

import networkx as nx
import pytest

from graph.safety_rule import SafetyRule
from tests.unit.knowledge.bundle import graph, owners, parts, rows

INGREDIENTS = rows("ingredients/ingredients")
EVIDENCE = rows("ingredients/allergen_evidence")
IDS = {row["id"] for row in INGREDIENTS}
DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d")
# Their makers keep the recipe to themselves, as the description of each says.
SECRET_DRINKS = {
    *("chartreuse-on-ice", "coca-cola", "dr-pepper-glass", "jagermeister-shot", "underberg-glass"),
}


def test_there_are_at_least_900_reviewed_ingredients_that_are_no_groups() -> None:
    known = [row for row in INGREDIENTS if row["reviewed"] == "true"]
    assert len([row for row in known if not row["source"].startswith("group")]) >= 900


def test_no_text_names_two_ingredients() -> None:
    assert {text: ids for text, ids in owners().items() if len(ids) > 1 or not text} == {}


def test_no_ingredient_says_a_synonym_twice() -> None:
    for row in INGREDIENTS:
        synonyms = parts(row["synonyms"])
        assert len(set(synonyms)) == len(synonyms), row["id"]


@pytest.mark.parametrize("column", ["is_a", "made_of"])
def test_what_an_ingredient_is_or_is_made_of_is_there(column: str) -> None:
    assert {part for row in INGREDIENTS for part in parts(row[column])} <= IDS


def test_nothing_is_made_of_itself() -> None:
    hierarchy = nx.DiGraph(
        (start, end)
        for start, end, edge in graph().edges(data=True)
        if edge["type"] in ("IS_A", "MADE_OF")
    )
    assert nx.is_directed_acyclic_graph(hierarchy)
    assert nx.dag_longest_path_length(hierarchy) <= 12


def test_every_reviewed_ingredient_has_a_source() -> None:
    assert [
        row["id"] for row in INGREDIENTS if row["reviewed"] == "true" and not row["source"]
    ] == []


def test_every_statement_has_a_subject_an_allergen_a_source_and_a_day() -> None:
    allergens = {row["id"] for row in rows("law/allergens")}
    for row in EVIDENCE:
        assert row["subject_type"] == "ingredient"
        assert row["subject"] in IDS, row
        assert row["allergen"] in allergens, row
        assert row["source"].strip(), row
        assert DAY.fullmatch(row["observed_at"]), row


def test_nothing_is_said_twice_of_an_ingredient_and_an_allergen() -> None:
    said = [(row["subject"], row["allergen"]) for row in EVIDENCE]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("table", ["ingredients", "allergen_evidence"])
def test_tables_are_sorted(table: str) -> None:
    keys = [
        (row["id"],) if "id" in row else (row["subject_type"], row["subject"], row["allergen"])
        for row in rows(f"ingredients/{table}")
    ]
    assert keys == sorted(keys)


def test_a_source_that_says_evidence_is_recorded_has_some() -> None:
    """On the ingredient or on a part of it, so that nobody reads "recorded" of nothing."""
    with_evidence = {row["subject"] for row in EVIDENCE}
    for row in INGREDIENTS:
        if "by the evidence recorded" in row["source"]:
            names = {name for _, name in SafetyRule(graph()).parts(row["id"])}
            assert names & with_evidence, row["id"]


def test_what_has_evidence_does_not_say_that_all_was_checked_and_nothing_found() -> None:
    """A source that ends in "Annex II checked" stands for an ingredient without any evidence."""
    with_evidence = {row["subject"] for row in EVIDENCE}
    contradicting = [
        row["id"]
        for row in INGREDIENTS
        if row["source"].endswith("Annex II checked") and row["id"] in with_evidence
    ]
    assert contradicting == []


def test_the_bundled_drinks_are_over_300_and_their_recipes_are_known_or_secret() -> None:
    drinks = rows("drinks/drinks")
    reviewed = {row["id"] for row in INGREDIENTS if row["reviewed"] == "true"}
    in_recipes: dict[str, set[str]] = {}
    for row in rows("drinks/recipes"):
        in_recipes.setdefault(row["drink_id"], set()).add(row["ingredient"])
    assert len(drinks) >= 300
    for row in drinks:
        assert (row["recipe_complete"] == "true") is (row["id"] not in SECRET_DRINKS), row["id"]
        assert in_recipes[row["id"]] <= reviewed, row["id"]
