"""The bundled substitutes name known ingredients, and each says by what source."""

from __future__ import annotations

import csv

import pytest

from tests.support.pages import ROOT

FOLDER = ROOT / "graph" / "knowledge" / "ingredients"


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


INGREDIENTS = {row["id"]: row for row in table("ingredients")}
SUBSTITUTES = [
    (row["ingredient"], row["substitute"], row["source"]) for row in table("substitutes")
]


def test_there_are_many_and_none_twice() -> None:
    pairs = [substitute[:2] for substitute in SUBSTITUTES]
    assert len(pairs) == len(set(pairs)) > 300


@pytest.mark.parametrize(("ingredient", "substitute", "source"), SUBSTITUTES)
def test_a_substitute_is_a_reviewed_thing_that_can_be_poured(
    ingredient: str, substitute: str, source: str
) -> None:
    assert ingredient in INGREDIENTS and ingredient != substitute and source
    entry = INGREDIENTS[substitute]
    assert entry["reviewed"] == "true" and not entry["source"].startswith("group")


@pytest.mark.parametrize(
    ("ingredient", "substitute"),
    [
        ("milk", "oat-milk"),
        ("milk", "soy-milk"),
        ("milk", "almond-milk"),
        ("milk", "coconut-drink"),
        ("cream", "coconut-cream"),
        ("cream", "oat-creamer"),
        ("whipped-cream", "vegan-whipped-cream"),
        ("egg-white", "aquafaba"),
        ("honey", "agave-nectar"),
        ("orgeat", "vanilla-syrup"),
        ("worcestershire-sauce", "vegan-worcestershire-sauce"),
        ("beer", "sorghum-beer"),
        ("gelatine", "agar"),
        ("cream-liqueur", "baileys-almande"),
        ("soy-sauce", "tamari"),
        ("lemon-juice", "fresh-lemon-juice"),
        ("lime-juice", "fresh-lime-juice"),
        ("orange-juice", "fresh-orange-juice"),
        ("pineapple-juice", "fresh-pineapple-juice"),
        ("grenadine", "pomegranate-sugar-syrup"),
    ],
)
def test_what_every_bar_knows_is_there(ingredient: str, substitute: str) -> None:
    assert (ingredient, substitute) in {substitute[:2] for substitute in SUBSTITUTES}
