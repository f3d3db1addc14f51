"""What a drink's verdicts would be with another recipe: by the masks alone, for who writes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from graph.catalogue.drink import Drink
from graph.catalogue.entities import Catalogue
from graph.vocabulary import Verdict
from recommend.safety.masks import VERDICTS, Masks, reachable


@dataclass(frozen=True)
class DraftVerdicts:
    """Verdicts by allergen, and whether the recipe is complete and every part of it reviewed."""

    known: bool
    verdicts: Mapping[str, Verdict]


def draft_verdicts(
    catalogue: Catalogue,
    drink_id: str,
    ingredients: Sequence[str],
    *,
    complete: bool,
    contains: Collection[str] = (),
    may_contain: Collection[str] = (),
) -> DraftVerdicts:
    """Return the verdicts of a drink with this recipe, and with these statements beside its own.

    Ingredients that the catalogue lacks are unreviewed. A declaration of absence counts only while
    the recipe is the one that it was made for. Nothing is offered by this: the gate decides, once
    the graph has it.
    """
    row = catalogue.row_of.get(drink_id)
    before = Drink(drink_id, drink_id) if row is None else catalogue.drinks[row]
    same = set(before.ingredients) == set(ingredients)
    draft = replace(
        before,
        recipe_complete=complete,
        ingredients=tuple(ingredients),
        contains=(*before.contains, *contains),
        may_contain=(*before.may_contain, *may_contain),
        declared_absent=before.declared_absent if same else (),
    )
    masks = Masks(_of_one(catalogue, draft))
    verdicts = {
        allergen: VERDICTS[int(masks.codes[place, 0])]
        for allergen, place in masks.tree.position.items()
    }
    return DraftVerdicts(bool(masks.known[0]), verdicts)


def _of_one(catalogue: Catalogue, drink: Drink) -> Catalogue:
    """Return a catalogue of one drink, with the ingredients that it is made of."""
    parents = {name: part.parents for name, part in catalogue.ingredients.items()}
    needed = {part for name in drink.ingredients for part in reachable(name, parents)}
    ingredients = {name: part for name, part in catalogue.ingredients.items() if name in needed}
    return replace(catalogue, drinks=[drink], ingredients=ingredients, row_of={drink.id: 0})
