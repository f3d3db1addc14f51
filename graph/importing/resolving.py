"""Finding what a text names: by id, name or synonym after normalising; never by likeness."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from graph.importing.naming import normalise, slug, words

# Words that say how a thing is cut, kept or served and not what it is. Not among them are words
# that change what is in it: dried fruit has sulphites, hot chocolate has milk.
_PREPARATION_TEXT = """
a an the of each fresh freshly squeezed squeeze chilled crushed cracked chopped minced sliced slice
slices grated ground peeled skinned hulled muddled beaten torn halved ripe whole large small medium
long full glass garnish garnishes for to taste topping top up fill with add about optional if
desired wheel wheels wedge wedges twist twists strip strips sprig sprigs stick sticks dash dashes
splash pure lots
"""
_PREPARATION = frozenset(_PREPARATION_TEXT.split())
_BETWEEN = re.compile(r",|&|\band\b", re.IGNORECASE)


class Names:
    """An index of ids by the names of things."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._levels = tuple(defaultdict[str, set[str]](set) for _ in range(3))

    def __contains__(self, identifier: str) -> bool:
        """Return whether the id is there."""
        return identifier in self._ids

    def add(self, identifier: str, name: str, synonyms: Iterable[str] = ()) -> None:
        """Make a thing known by its id, its name and its synonyms."""
        self._ids.add(identifier)
        for level, texts in zip(self._levels, ([identifier], [name], synonyms), strict=True):
            for text in texts:
                level[normalise(text)].add(identifier)

    def find(self, text: str) -> str | None:
        """Return the one id that the text names; two for one text are none."""
        if text in self._ids:
            return text
        if slug(text) in self._ids:
            return slug(text)
        form = normalise(text)
        for level in self._levels:
            found = level.get(form) if form else None
            if found:
                return next(iter(found)) if len(found) == 1 else None
        return None

    def owners(self, text: str) -> set[str]:
        """Return all ids that the text names, as id, name or synonym."""
        form = normalise(text)
        return set[str]().union(*(level.get(form, ()) for level in self._levels))


class IngredientNames:
    """Ingredients by their names: those that a row described before those merely named."""

    def __init__(self) -> None:
        self.described = Names()
        self.named = Names()

    def find(self, text: str) -> str | None:
        """Return the ingredient that the whole text names."""
        return self.described.find(text) or self.named.find(text)

    def find_list_in_recipe(self, text: str) -> list[str]:
        """Return all ingredients that a recipe's text names; empty unless each one is found.

        "Grenadine, lime wheel" names two. Alternatives ("bourbon or rye") are not resolved.
        """
        whole = self.find_in_recipe(text)
        if whole:
            return [whole]
        parts = [part.strip() for part in _BETWEEN.split(text)]
        found = [self.find_in_recipe(part) for part in parts] if len(parts) > 1 else [None]
        every = [ingredient for ingredient in found if ingredient]
        return every if len(every) == len(found) else []

    def find_in_recipe(self, text: str) -> str | None:
        """Return the ingredient that a recipe's text names, also without words of preparation."""
        whole = self.described.find(text)
        if whole is None and not self.described.owners(text):
            whole = self._without_preparation(text)
        return whole or self.named.find(text)

    def _without_preparation(self, text: str) -> str | None:
        for remainder in _remainders(text):
            if found := self.described.find(remainder):
                return found
        return None


def _remainders(text: str) -> Iterable[str]:
    """Yield the text without its first, then also without its last words of preparation."""
    found = words(text)
    if found[:2] == ["juice", "of"]:
        found = found[2:]
        yield " ".join(found)
    while len(found) > 1 and (_is_preparation(found[0]) or _is_count(found[0])):
        found = found[1:]
        yield " ".join(found)
    while len(found) > 1 and _is_preparation(found[-1]):
        found = found[:-1]
        yield " ".join(found)


def _is_preparation(word: str) -> bool:
    return word in _PREPARATION


def _is_count(word: str) -> bool:
    return word.isdecimal() and int(word) <= 12
