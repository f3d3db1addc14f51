"""What a reason must not say: the name of an allergen, or of anything that has one."""

from __future__ import annotations

from collections.abc import Iterable

from graph.people.profiles import Profile
from graph.recognition.naming import words
from recommend.safety.masks import Masks, reachable


class Redaction:
    """Which ingredients, flavors, styles and drinks may be named to one person."""

    def __init__(self, masks: Masks, profile: Profile) -> None:
        catalogue = masks.catalogue
        self._catalogue = catalogue
        self._parents = {
            name: ingredient.parents for name, ingredient in catalogue.ingredients.items()
        }
        self._everybodys = {
            _stems(text)
            for allergen in catalogue.allergens.values()
            for text in (allergen.id, allergen.name)
        }
        self._own = frozenset[str]().union(
            *(
                masks.tree.related.get(allergy.allergen, frozenset({allergy.allergen}))
                for allergy in profile.allergies
            )
        )
        names = [
            text
            for allergen in self._own
            for text in (allergen, *_names(catalogue.allergens.get(allergen)))
        ]
        self._words = {_stems(text) for text in names}

    def allows_text(self, text: str) -> bool:
        """Return whether a name is neither an allergen's nor hints at a declared one."""
        stems = _stems(text)
        return stems not in self._everybodys and not any(
            _within(word, stems) for word in self._words
        )

    def allows_drink(self, text: str) -> bool:
        """Return whether a drink's name does not hint at a declared allergen."""
        return not any(_within(word, _stems(text)) for word in self._words)

    def allows_ingredient(self, ingredient: str) -> bool:
        """Return whether nothing about an ingredient, or its parts, gives an allergy away."""
        parts = (
            self._catalogue.ingredients.get(part) for part in reachable(ingredient, self._parents)
        )
        return not any(
            self._own.intersection((*part.contains, *part.may_contain)) for part in parts if part
        )


def _names(allergen: object) -> Iterable[str]:
    name = getattr(allergen, "name", None)
    return [name] if isinstance(name, str) else []


def _stems(text: str) -> tuple[str, ...]:
    """Return the words of a text, normalised without case, accents and plural."""
    return tuple(word.rstrip("s") for word in words(text))


def _within(phrase: tuple[str, ...], text: tuple[str, ...]) -> bool:
    """Return whether the words of a phrase stand in a text, one after the other."""
    size = len(phrase)
    return any(text[place : place + size] == phrase for place in range(len(text) - size + 1))
