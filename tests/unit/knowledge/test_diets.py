"""What each diet makes of the bundled ingredients and drinks, by the rule's own model."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graph.importing.files.rows import DietRow
from graph.safety_rule import SafetyRule
from tests.unit.knowledge.bundle import ingredient, parts, rows
from tests.unit.knowledge.diets import suiting, world

with (Path(__file__).parent / "diet_truths.csv").open(encoding="utf-8", newline="") as file:
    TRUTHS = [tuple(row) for row in csv.reader(file)][1:]
DIETS = [row["id"] for row in rows("diets/diets")]
GROUP_OF_DIETS = "group for diets: "
ANIMAL_ALLERGENS = {"milk", "egg", "fish", "shellfish", "crustaceans", "molluscs"}
DOUBTS = ("may-hold-milk-egg-or-honey", "may-hold-carmine-gelatine-or-fish")
# Traces of these come from shared machines, not from a recipe.
SHARED_LINES = {
    "baileys-almande",
    "cocoa-powder",
    "mexican-chocolate",
    "oreo",
    "pea-protein",
    "soy-protein",
    "vegan-ice-cream",
}


def verdict(drink: str, diet: str) -> str:
    rule = SafetyRule(world())
    if not rule.is_known_for_diets(drink):
        return "unknown"
    return "suitable" if rule.suits(drink, diet) else "not"


@pytest.mark.parametrize(("text", "diet", "expected", "reason"), TRUTHS)
def test_the_knowledge_says_what_is_true(text: str, diet: str, expected: str, reason: str) -> None:
    assert verdict(ingredient(text), diet) == expected, f"{text}: {reason}"


def test_the_table_is_long_and_says_nothing_twice() -> None:
    assert len(TRUTHS) >= 80
    assert len({(ingredient(text), diet) for text, diet, _, _ in TRUTHS}) == len(TRUTHS)
    assert {diet for _, diet, _, _ in TRUTHS} == set(DIETS)
    assert all(reason for *_, reason in TRUTHS)


def test_every_diet_names_known_groups_and_its_source() -> None:
    known = {row["id"] for row in rows("ingredients/ingredients")}
    for row in rows("diets/diets"):
        assert set(row) == set(DietRow.model_fields)
        assert set(parts(row["avoids"])) <= known
        assert row["name"] and row["description"] and row["source"]
        assert "Not checked: " in row["description"]


@pytest.mark.parametrize("diet", DIETS)
def test_each_diet_leaves_drinks_to_choose_from(diet: str) -> None:
    assert len(suiting(diet)) >= 40


@pytest.mark.parametrize(
    ("diet", "suitable", "unsuitable"),
    [
        (
            "vegan",
            "mojito oat-latte soy-drink black-tea",
            "flat-white bees-knees negroni dry-stout",
        ),
        ("vegetarian", "flat-white whiskey-sour bees-knees", "bloody-mary bull-shot cava-glass"),
        (
            "halal",
            "flat-white homemade-lemonade ayran",
            "mojito ginger-kombucha cherry-vanilla-smoothie",
        ),
        (
            "kosher-style",
            "margarita flat-white pilsner-glass",
            "sidecar bloody-caesar oyster-stout",
        ),
        ("alcohol-free", "virgin-mojito ginger-ale-glass", "kombucha-glass alcohol-free-lager"),
        ("pregnancy", "honey-milk peppermint-tea-cup", "flat-white pisco-sour tonic-water-glass"),
        ("low-caffeine", "decaf-filter-coffee negroni", "espresso-martini black-tea cola-glass"),
    ],
)
def test_well_known_drinks(diet: str, suitable: str, unsuitable: str) -> None:
    listed, known = suiting(diet), {row["id"] for row in rows("drinks/drinks")}
    assert set(unsuitable.split()) <= known
    assert set(suitable.split()) <= listed
    assert listed.isdisjoint(unsuitable.split())


def test_a_drink_that_suits_vegans_suits_vegetarians() -> None:
    assert suiting("vegan") <= suiting("vegetarian")
    assert suiting("pregnancy") | suiting("halal") <= suiting("alcohol-free")


def test_groups_of_diets_say_what_they_hold_and_are_not_taken_for_food() -> None:
    groups = [row for row in rows("ingredients/ingredients") if is_group(row["source"])]
    avoided = {group for row in rows("diets/diets") for group in parts(row["avoids"])}
    used = {group for row in rows("ingredients/ingredients") for group in parts(row["is_a"])}
    assert len(groups) >= 13
    for row in groups:
        assert len(row["source"]) > len(GROUP_OF_DIETS) + 10
        assert row["reviewed"] == row["diets_reviewed"] == "true"
        assert row["id"] in used
        assert row["id"] in avoided or parts(row["is_a"]) == ["animal-product"]


def is_group(source: str) -> bool:
    return source.startswith(GROUP_OF_DIETS)


def test_what_is_reviewed_for_diets_is_reviewed_for_allergens() -> None:
    for row in rows("ingredients/ingredients"):
        assert row["diets_reviewed"] in ("true", "false")
        assert row["reviewed"] == "true" or row["diets_reviewed"] == "false", row["id"]


def test_every_review_has_its_day() -> None:
    for row in rows("ingredients/ingredients"):
        assert bool(row["reviewed_on"]) == (row["reviewed"] == "true"), row["id"]
        assert not row["reviewed_on"] or row["reviewed_on"] >= "2026-11-21", row["id"]


def test_evidence_of_animals_is_an_animal_product_and_traces_are_a_doubt() -> None:
    rule = SafetyRule(world())
    for row in rows("ingredients/ingredients"):
        name = row["id"]
        if row["diets_reviewed"] != "true" or is_group(row["source"]):
            continue
        held = {part for _, part in rule.parts(name)}
        contains, traces = (found_in(held, status) for status in ("contains", "may_contain"))
        assert not contains or "animal-product" in held, name
        assert not traces or held & {"animal-product", "may-be-fined-with-animal-products", *DOUBTS}


def found_in(held: set[str], status: str) -> bool:
    """Whether one of the ingredients has evidence of an animal; shared lines are no recipe."""
    return any(
        row["status"] == status and row["allergen"] in ANIMAL_ALLERGENS
        for row in rows("ingredients/allergen_evidence")
        if row["subject"] in held - SHARED_LINES
    )


def test_a_secret_recipe_is_in_the_group_of_secret_recipes() -> None:
    rule = SafetyRule(world())
    for row in rows("ingredients/ingredients"):
        secret = ("ingredient", "undisclosed-recipe") in rule.parts(row["id"])
        assert secret or not row["source"].startswith("recipe not public"), row["id"]


def test_drinks_with_alcohol_or_caffeine_say_how_much() -> None:
    rule = SafetyRule(world())
    for row in rows("drinks/drinks"):
        held = {part for _, part in rule.parts(f"drink: {row['id']}")}
        if row["recipe_complete"] == "true" and "alcoholic-beverage" in held:
            assert float(row["abv"]) > 0.5, row["id"]
        if row["recipe_complete"] == "true" and "caffeine-source" in held:
            assert float(row["caffeine_mg_per_100ml"]) > 0, row["id"]
