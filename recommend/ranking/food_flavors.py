"""The flavors of a food in words: flavors by name, ingredients by what the graph says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.catalogue.entities import Catalogue
from graph.recognition.naming import words
from graph.recognition.recogniser import Recogniser
from recommend.safety.masks import reachable


@dataclass(frozen=True, slots=True)
class FoodFlavors:
    """A food in words, what it was understood as (ids with names), and its flavors."""

    text: str
    understood: tuple[tuple[str, str], ...]
    flavors: tuple[str, ...]


def food_flavors(text: str, catalogue: Catalogue, recogniser: Recogniser) -> FoodFlavors:
    """Return what a food tastes of; no flavors if none of its words is known.

    The whole text is read as an ingredient first; if it is none, each of its words is.
    """
    flavors = _named_flavors(text, catalogue)
    parts = recogniser.resolve(text).ingredients
    if not parts and not flavors:
        ingredients = (recogniser.resolve(word).ingredients for word in words(text))
        parts = tuple(dict.fromkeys(part for some in ingredients for part in some))
    names = catalogue.ingredients
    understood = [(flavor, catalogue.flavors[flavor].name) for flavor in flavors]
    understood += [(part, names[part].name) for part in parts if part in names]
    tastes = [*flavors, *(flavor for part in parts for flavor in _of_ingredient(part, catalogue))]
    return FoodFlavors(text, tuple(understood), tuple(dict.fromkeys(tastes)))


def _named_flavors(text: str, catalogue: Catalogue) -> list[str]:
    said = tuple(words(text))
    known = {tuple(words(flavor.name)): flavor.id for flavor in catalogue.flavors.values()}
    spans = {
        said[start:end] for start in range(len(said)) for end in range(start + 1, len(said) + 1)
    }
    return sorted(known[span] for span in spans if span in known)


def _of_ingredient(ingredient: str, catalogue: Catalogue) -> Iterable[str]:
    """Return an ingredient's own flavors, else those of what it is or is made of."""
    own = catalogue.ingredients.get(ingredient)
    if own is None or own.flavors:
        return own.flavors if own else ()
    parents = {name: ingredient.parents for name, ingredient in catalogue.ingredients.items()}
    above = sorted(reachable(ingredient, parents))
    return [
        flavor
        for part in above
        if part in parents
        for flavor in catalogue.ingredients[part].flavors
    ]
