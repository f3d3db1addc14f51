"""Which ingredients of drinks are of one family: a group that is narrow enough to say something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from graph.catalogue.entities import Catalogue

# of all ingredients of drinks: what more of them share makes nothing similar
_WIDEST = 0.2


class IngredientFamilies:
    """The ingredients that are in drinks, by the groups above them and by what they are made of.

    What a diet avoids is not a family: it says nothing about what an ingredient is used for.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """Find the groups of every ingredient of a drink."""
        self._catalogue = catalogue
        avoided = {group for diet in catalogue.diets.values() for group in diet.avoids}
        self._used = catalogue.table.ingredients.used()
        self._members: dict[str, list[str]] = defaultdict(list)
        for id_ in sorted(self._used):
            for group in self._above(id_) - avoided:
                self._members[group].append(id_)

    def relatives(self, ingredient: str) -> Mapping[str, str]:
        """Return, by id, the narrowest group in which each other ingredient of its families is."""
        found: dict[str, str] = {}
        groups = [group for group in self._above(ingredient) if self._is_narrow(group)]
        for group in sorted(groups, key=lambda group: (len(self._members[group]), group)):
            for member in self._members[group]:
                if member != ingredient:
                    found.setdefault(member, group)
        return found

    def shared_flavors(self, one: str, other: str) -> float:
        """Return the share of the flavors of two ingredients that both have, 0 to 1."""
        mine, theirs = (self._flavors(id_) for id_ in (one, other))
        return len(mine & theirs) / max(1, len(mine | theirs))

    def _is_narrow(self, group: str) -> bool:
        return 0 < len(self._members.get(group, ())) <= _WIDEST * len(self._used)

    def _flavors(self, id_: str) -> set[str]:
        known = self._catalogue.ingredients.get(id_)
        return set(known.flavors) if known else set()

    def _above(self, id_: str) -> set[str]:
        """Return an ingredient and everything that it is or is made of."""
        found, open_ = {id_}, [id_]
        while open_:
            known = self._catalogue.ingredients.get(open_.pop())
            new = set(known.parents if known else ()) - found
            found |= new
            open_ += new
        return found
