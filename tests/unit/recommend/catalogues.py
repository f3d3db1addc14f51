"""Small catalogues made by hand, whose right answers can be read off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph.catalogue.entities import Catalogue, Diet, Drink, Group, Ingredient

_DRINK = Drink("", "", recipe_complete=True, changed_at=1)


def drink(id_: str, *parts: str, **more: Any) -> Drink:
    return replace(_DRINK, **{"id": id_, "name": id_, "ingredients": parts, **more})


def ingredient(name: str, *parents: str, **more: Any) -> Ingredient:
    return replace(Ingredient(name, name, True, parents, (), (), (), True), **more)


def group(name: str, *groups: str) -> Group:
    return Group(name, name, groups)


NUTS = (group("tree-nuts"), group("almond", "tree-nuts"), group("walnut", "tree-nuts"))
MILK = group("milk")
PARTS = (
    ingredient("spirit"),
    ingredient("rum", "spirit"),
    ingredient("lime"),
    ingredient("almonds", contains=("almond",)),
    ingredient("orgeat", "almonds"),
    ingredient("chocolate", may_contain=("milk",)),
    ingredient("secret", reviewed=False),
)


def catalogue(
    *drinks: Drink,
    ingredients: tuple[Ingredient, ...] = PARTS,
    allergens: tuple[Group, ...] = (*NUTS, MILK),
    styles: tuple[Group, ...] = (),
    diets: tuple[Diet, ...] = (),
) -> Catalogue:
    return Catalogue(
        version=1,
        structure_version=1,
        drinks=drinks,
        ingredients={ingredient.id: ingredient for ingredient in ingredients},
        allergens={allergen.id: allergen for allergen in allergens},
        flavors={},
        styles={style.id: style for style in styles},
        diets={diet.id: diet for diet in diets},
        row_of={drink.id: row for row, drink in enumerate(drinks)},
    )
