"""What a caller may ask of the drinks: conditions that narrow, and never widen, the safe set."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from graph.catalogue import Catalogue, Drink
from recommend.masks import Bools, Masks


@dataclass(frozen=True)
class DrinkFilter:
    """Conditions on drinks, all of which must hold; an unknown quantity meets no limit."""

    kinds: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    flavors: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    without_ingredients: tuple[str, ...] = ()
    max_abv: float | None = None
    max_caffeine: float | None = None
    max_price: float | None = None
    served_hot: bool | None = None
    search: str | None = None


NO_FILTER = DrinkFilter()
MASKS_KEPT = 256


class Filters:
    """Conditions as masks over one catalogue; each mask is made once."""

    def __init__(self, catalogue: Catalogue, masks: Masks) -> None:
        self._catalogue = catalogue
        self._masks = masks
        self._made: OrderedDict[tuple[str, object], Bools] = OrderedDict()

    def matching(self, wanted: DrinkFilter) -> Bools:
        """Return which drinks meet all conditions, bool [drinks]."""
        matching = np.ones(len(self._catalogue.drinks), dtype=bool)
        for condition in self._conditions(wanted):
            matching &= condition
        return matching

    def available(self, day: date) -> Bools:
        """Return which drinks are on offer on a day, bool [drinks]."""
        text = day.isoformat()
        return self._mask("available", text, lambda one: _is_available(one, text))

    def _conditions(self, wanted: DrinkFilter) -> Iterable[Bools]:
        if wanted.kinds:
            yield self._mask("kinds", wanted.kinds, lambda one: one.kind in wanted.kinds)
        if wanted.styles:
            styles = self._with_members(wanted.styles)
            yield self._mask("styles", wanted.styles, lambda one: not styles.isdisjoint(one.styles))
        for flavor in wanted.flavors:
            yield self._mask("flavor", flavor, lambda one, flavor=flavor: flavor in one.flavors)
        for part in wanted.ingredients:
            yield self._having(part)
        for part in wanted.without_ingredients:
            # what is not known to be without it is left out
            yield self._masks.known & ~self._having(part)
        if wanted.served_hot is not None:
            hot = wanted.served_hot
            yield self._mask("hot", hot, lambda one: one.served_hot is hot)
        yield from self._limits(wanted)
        if wanted.search:
            words = wanted.search.casefold().split()
            yield self._once(lambda one: all(word in _text(one) for word in words))

    def _limits(self, wanted: DrinkFilter) -> Iterable[Bools]:
        if wanted.max_abv is not None:
            yield self._at_most(lambda one: one.abv, wanted.max_abv)
        if wanted.max_caffeine is not None:
            yield self._at_most(lambda one: one.caffeine, wanted.max_caffeine)
        if wanted.max_price is not None:
            yield self._at_most(lambda one: one.price, wanted.max_price)

    def _at_most(self, quantity: Callable[[Drink], float | None], limit: float) -> Bools:
        def within(drink: Drink) -> bool:
            value = quantity(drink)
            return value is not None and value <= limit

        return self._once(within)

    def _having(self, part: str) -> Bools:
        return self._kept(("having", part), lambda: self._masks.having([part]))

    def _with_members(self, styles: tuple[str, ...]) -> set[str]:
        groups = self._catalogue.styles
        found = set(styles)
        while True:
            more = {name for name, one in groups.items() if not found.isdisjoint(one.groups)}
            if more <= found:
                return found
            found |= more

    def _mask(self, name: str, value: object, holds: Callable[[Drink], bool]) -> Bools:
        return self._kept((name, value), lambda: self._once(holds))

    def _kept(self, key: tuple[str, object], make: Callable[[], Bools]) -> Bools:
        if key not in self._made:
            self._made[key] = make()
            if len(self._made) > MASKS_KEPT:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return self._made[key]

    def _once(self, holds: Callable[[Drink], bool]) -> Bools:
        return np.array([holds(drink) for drink in self._catalogue.drinks], dtype=bool)


def _is_available(drink: Drink, day: str) -> bool:
    begins, ends = drink.available_from, drink.available_until
    return (begins is None or begins[:10] <= day) and (ends is None or day <= ends[:10])


def _text(drink: Drink) -> str:
    return f"{drink.name} {drink.kind or ''} {' '.join(drink.styles)}".casefold()
