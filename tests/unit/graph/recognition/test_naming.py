from __future__ import annotations

import pytest

from graph.recognition.naming import normalise, slug


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Crème de Cassis", "creme de cassis"),
        ("Peychaud's Bitters", "Peychauds bitters"),
        ("Rose’s  Lime-Juice", "roses lime juice"),
        ("Strawberries", "strawberry"),
        ("Tomatoes", "tomato"),
        ("Mint leaves", "mint leaf"),
        ("Straße", "strasse"),
        ("Gin & Tonic", "gin and tonic"),
        ("ＭＩＬＫ", "milk"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("bitters", "bitter"), ("か", "が"), ("molasses", "molasse"), ("milk", "oat milk")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("text", ["", "  ", "!!!", "—", "\u200b", "_"])
def test_text_without_letters_and_digits_has_no_slug(text: str) -> None:
    assert slug(text) == ""


def test_a_slug_keeps_letters_of_any_script() -> None:
    assert slug("牛奶 (Milk)") == "牛奶-milk"
