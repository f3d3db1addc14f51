from __future__ import annotations

import pytest

from graph.importing.resolving import IngredientNames


@pytest.fixture
def names() -> IngredientNames:
    names = IngredientNames()
    names.described.add("lemon-juice", "Lemon juice", ["juice of lemon"])
    names.described.add("lemon", "Lemon", [])
    names.described.add("chocolate", "Chocolate", [])
    names.described.add("apricot", "Apricot", [])
    names.described.add("white-rum", "White rum", ["light rum", "silver"])
    names.described.add("silver-tequila", "Silver tequila", ["silver"])
    names.named.add("secret-syrup", "Secret syrup", [])
    return names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lemon-juice", ["lemon-juice"]),
        ("LEMON JUICE", ["lemon-juice"]),
        ("Juice of Lemon", ["lemon-juice"]),
        ("Freshly squeezed lemon juice", ["lemon-juice"]),
        ("Lemons, chilled", ["lemon"]),
        ("2 lemon wedges", ["lemon"]),
        ("Light Rum", ["white-rum"]),
        ("Light rum, lemon wheel", ["white-rum", "lemon"]),
        ("secret syrup", ["secret-syrup"]),
    ],
)
def test_text_is_found(names: IngredientNames, text: str, expected: list[str]) -> None:
    assert names.find_list_in_recipe(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "lemon juce",  # no likeness
        "silver",  # two have this name
        "hot chocolate",  # has milk in it
        "dried apricot",  # has sulphites in it
        "151 lemon",  # a number that may be part of a name
        "lemon or apricot",  # a choice
        "lemon, orange",  # one of them is unknown
        "lemon, 1 oz",  # something is cut off
        "fresh",
        "",
        "!!!",
    ],
)
def test_anything_else_is_not_guessed(names: IngredientNames, text: str) -> None:
    assert names.find_list_in_recipe(text) == []
