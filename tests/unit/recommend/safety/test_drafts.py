"""A draft's verdicts are those that its drink would have in the whole catalogue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.catalogue.drink import Drink
from graph.catalogue.entities import Catalogue
from recommend.safety.drafts import draft_verdicts
from recommend.safety.masks import VERDICTS, Masks
from tests.unit.recommend.safety.test_masks import BAR


def in_the_whole(bar: Catalogue, drink_id: str) -> dict[str, str]:
    masks, row = Masks(bar), bar.row_of[drink_id]
    return {
        allergen: VERDICTS[int(masks.codes[place, row])]
        for allergen, place in masks.tree.position.items()
    }


@pytest.mark.parametrize("drink", BAR.drinks, ids=lambda drink: drink.id)
def test_as_it_is_nothing_changes(drink: Drink) -> None:
    found = draft_verdicts(BAR, drink.id, drink.ingredients, complete=drink.recipe_complete)
    assert found.verdicts == in_the_whole(BAR, drink.id)
    assert found.known == bool(Masks(BAR).known[BAR.row_of[drink.id]])


@pytest.mark.parametrize("drink", BAR.drinks, ids=lambda drink: drink.id)
@pytest.mark.parametrize("recipe", [("lime",), ("rum", "orgeat"), ("chocolate", "secret"), ()])
@pytest.mark.parametrize("complete", [True, False])
def test_with_another_recipe_it_is_judged_as_if_it_were_saved(
    drink: Drink, recipe: tuple[str, ...], complete: bool
) -> None:
    same = set(recipe) == set(drink.ingredients)
    declared = drink.declared_absent if same else ()
    saved = replace(drink, ingredients=recipe, recipe_complete=complete, declared_absent=declared)
    rest = [saved if each.id == drink.id else each for each in BAR.drinks]
    found = draft_verdicts(BAR, drink.id, recipe, complete=complete)
    assert found.verdicts == in_the_whole(replace(BAR, drinks=rest), drink.id)


def test_what_is_not_known_is_unknown_and_presence_wins() -> None:
    found = draft_verdicts(BAR, "not-there-yet", ["lime", "dragon dust"], complete=True)
    assert not found.known and set(found.verdicts.values()) == {"UNKNOWN"}
    stated = draft_verdicts(
        BAR, "daiquiri", ["rum", "lime"], complete=True, contains=["milk"], may_contain=["almond"]
    )
    assert stated.verdicts["milk"] == "CONTAINS" and stated.verdicts["almond"] == "MAY_CONTAIN"
