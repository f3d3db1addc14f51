"""What a caller may ask of the drinks: conditions that narrow, and never widen, the safe set.

Conditions are combined in three values (Kleene 1952): of each drink a condition holds, fails, or is
not known. What is not known meets no condition, and the opposite of none either.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np

from graph.catalogue.entities import Catalogue, Drink
from graph.recognition.naming import normalise
from recommend.safety.masks import Bools, Masks
from recommend.state.name_search import Search


@dataclass(frozen=True)
class DrinkFilter:
    """Conditions on drinks, all of which must hold; an unknown quantity meets no limit.

    `all_of`, `any_of` and `negated` are further filters: all, one, or the opposite of it must hold.
    """

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
    producers: tuple[str, ...] = ()
    min_abv: float | None = None
    min_price: float | None = None
    max_sugar: float | None = None
    all_of: tuple[DrinkFilter, ...] = ()
    any_of: tuple[DrinkFilter, ...] = ()
    negated: DrinkFilter | None = None

    def nested(self) -> tuple[DrinkFilter, ...]:
        """Return the filters that this one is combined of."""
        return (*self.all_of, *self.any_of, *((self.negated,) if self.negated else ()))


NO_FILTER = DrinkFilter()
MASKS_KEPT = 256


@dataclass(frozen=True)
class Truth:
    """Of each drink whether a condition holds, and whether it fails; neither if it is not known."""

    holds: Bools
    fails: Bools

    def opposite(self) -> Truth:
        """Return what holds where this fails."""
        return Truth(self.fails, self.holds)

    def __and__(self, other: Truth) -> Truth:
        """Return what holds where both do."""
        return Truth(self.holds & other.holds, self.fails | other.fails)

    def __or__(self, other: Truth) -> Truth:
        """Return what holds where one does."""
        return Truth(self.holds | other.holds, self.fails & other.fails)


@dataclass(frozen=True)
class _Condition:
    """Which drinks meet a condition, and of which it is known whether they do."""

    holds: Bools
    known: Callable[[], Bools]

    def truth(self) -> Truth:
        return Truth(self.holds, self.known() & ~self.holds)


class Filters:
    """Conditions as masks over one catalogue; each mask is made once."""

    def __init__(self, catalogue: Catalogue, masks: Masks, search: Search | None = None) -> None:
        self._catalogue = catalogue
        self._masks = masks
        self.search = search or Search(catalogue)
        self._made: OrderedDict[tuple[str, object], Bools] = OrderedDict()

    def matching(self, wanted: DrinkFilter) -> Bools:
        """Return which drinks meet all conditions, bool [drinks]."""
        matching = np.ones(len(self._catalogue.drinks), dtype=bool)
        for condition in self._conditions(wanted):
            matching &= condition.holds
        for one in self._combined(wanted):
            matching &= one.holds
        return matching

    def truth(self, wanted: DrinkFilter) -> Truth:
        """Return of which drinks all conditions hold, and of which one fails."""
        nothing = np.zeros(len(self._catalogue.drinks), dtype=bool)
        found = Truth(~nothing, nothing)
        for condition in self._conditions(wanted):
            found &= condition.truth()
        for one in self._combined(wanted):
            found &= one
        return found

    def _combined(self, wanted: DrinkFilter) -> Iterable[Truth]:
        for one in wanted.all_of:
            yield self.truth(one)
        if wanted.any_of:
            yield reduce(Truth.__or__, (self.truth(one) for one in wanted.any_of))
        if wanted.negated:
            yield self.truth(wanted.negated).opposite()

    def available(self, day: date) -> Bools:
        """Return which drinks are on offer on a day, bool [drinks]."""
        text = day.isoformat()
        return self._mask("available", text, lambda one: _is_available(one, text))

    def _conditions(self, wanted: DrinkFilter) -> Iterable[_Condition]:
        if wanted.kinds:
            kinds = self._kinds(wanted.kinds)
            found = self._mask("kinds", wanted.kinds, lambda one: one.kind in kinds)
            yield _Condition(found, self._knowing("kind"))
        if wanted.styles:
            styles = self._with_members(wanted.styles)
            found = self._mask(
                "styles", wanted.styles, lambda one: not styles.isdisjoint(one.styles)
            )
            yield _Condition(found, self._knowing("styles"))
        for flavor in wanted.flavors:
            has = self._mask("flavor", flavor, lambda one, flavor=flavor: flavor in one.flavors)
            yield _Condition(has, self._knowing("flavors"))
        if wanted.producers:
            made = set(wanted.producers)
            by = self._mask("by", wanted.producers, lambda one: not made.isdisjoint(one.producers))
            yield _Condition(by, self._knowing("producers"))
        yield from self._parts(wanted)
        if wanted.served_hot is not None:
            hot = wanted.served_hot
            served = self._mask("hot", hot, lambda one: one.served_hot is hot)
            yield _Condition(served, self._knowing("served_hot"))
        yield from self._limits(wanted)
        if wanted.search and not wanted.search.isspace():
            yield _Condition(self.search.levels(wanted.search) > 0, self._knowing("name"))

    def _parts(self, wanted: DrinkFilter) -> Iterable[_Condition]:
        for part in wanted.ingredients:
            having = self._having(part)
            yield _Condition(having, lambda having=having: having | self._masks.known)
        for part in wanted.without_ingredients:
            having = self._having(part)
            # what is not known to be without it is left out
            without = self._masks.known & ~having
            yield _Condition(without, lambda having=having: having | self._masks.known)

    def _limits(self, wanted: DrinkFilter) -> Iterable[_Condition]:
        for name, least, most in (
            ("abv", wanted.min_abv, wanted.max_abv),
            ("caffeine", None, wanted.max_caffeine),
            ("price", wanted.min_price, wanted.max_price),
            ("sugar", None, wanted.max_sugar),
        ):
            if most is not None:
                yield _Condition(self._at_most(name, most), self._knowing(name))
            if least is not None:
                yield _Condition(self._at_least(name, least), self._knowing(name))

    def _at_most(self, name: str, limit: float) -> Bools:
        def within(drink: Drink) -> bool:
            value: float | None = getattr(drink, name)
            return value is not None and value <= limit

        return self._once(within)

    def _at_least(self, name: str, limit: float) -> Bools:
        def within(drink: Drink) -> bool:
            value: float | None = getattr(drink, name)
            return value is not None and value >= limit

        return self._once(within)

    def _knowing(self, name: str) -> Callable[[], Bools]:
        """Return which drinks say anything of something; a list that is empty says nothing."""

        def says(drink: Drink) -> bool:
            return getattr(drink, name) not in (None, ())

        return lambda: self._mask("says", name, says)

    def _having(self, part: str) -> Bools:
        return self._kept(("having", part), lambda: self._masks.having([part]))

    def _kinds(self, names: tuple[str, ...]) -> set[str]:
        """Return the kinds that these name, however they spell them."""
        wanted = {normalise(name) for name in names}
        every = {one.kind for one in self._catalogue.drinks if one.kind}
        return {kind for kind in every if kind in names or normalise(kind) in wanted}

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
