"""Filters: conditions that narrow, and never widen, the safe set.

Conditions are combined in three values (Kleene 1952): for each drink a condition holds, fails, or
is unknown. What is unknown meets neither a condition nor its opposite.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from threading import Lock

import numpy as np

from graph.catalogue.drink_table import UNKNOWN, Doubles
from graph.catalogue.entities import Catalogue
from graph.lru_cache import LruCache
from graph.recognition.naming import normalise
from recommend.safety.masks import Bools, Masks
from recommend.state.drink_columns import DrinkColumns, Postings
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
        """The filters that this one combines."""
        return (*self.all_of, *self.any_of, *((self.negated,) if self.negated else ()))


NO_FILTER = DrinkFilter()
PARTS_KEPT = 256


@dataclass(frozen=True)
class Truth:
    """For each drink, whether a condition holds, and whether it fails; neither if unknown."""

    holds: Bools
    fails: Bools

    @classmethod
    def where(cls, holds: Bools, known: Bools) -> Truth:
        """Return the truth that holds for some drinks and fails for the others that are known."""
        return cls(holds, known & ~holds)

    def opposite(self) -> Truth:
        """Negate: holds where this fails."""
        return Truth(self.fails, self.holds)

    def __and__(self, other: Truth) -> Truth:
        """Holds where both do."""
        return Truth(self.holds & other.holds, self.fails | other.fails)

    def __or__(self, other: Truth) -> Truth:
        """Holds where either does."""
        return Truth(self.holds | other.holds, self.fails & other.fails)


class Filters:
    """Conditions over one catalogue, each a comparison of whole columns."""

    def __init__(self, catalogue: Catalogue, masks: Masks, search: Search | None = None) -> None:
        self._styles = catalogue.styles
        self._masks = masks
        self._catalogue, self._table = catalogue, catalogue.table
        self._columns = DrinkColumns.of(catalogue.table)
        self._search = search
        self._building = Lock()
        self._everything = np.ones(len(catalogue.drinks), dtype=bool)
        self._with_part: LruCache[str, Bools] = LruCache(PARTS_KEPT)

    @property
    def search(self) -> Search:
        """The index of names, built when it is first asked for: a second for 100,000 drinks."""
        with self._building:
            if self._search is None:
                self._search = Search(self._catalogue)
            return self._search

    def search_of(self, catalogue: Catalogue) -> Search | None:
        """Return the index for another catalogue if it has the same names, and there is one."""
        return self._search.renewed(catalogue) if self._search else None

    def matching(self, wanted: DrinkFilter) -> Bools:
        """Return which drinks meet all conditions, bool [drinks]."""
        return self.truth(wanted).holds

    def truth(self, wanted: DrinkFilter) -> Truth:
        """Return for which drinks all conditions hold, and for which one fails."""
        return reduce(Truth.__and__, self._conditions(wanted), self._always())

    def available(self, day: date) -> Bools:
        """Return which drinks are on offer on a day, bool [drinks]."""
        text, columns = day.isoformat(), self._columns
        begun = columns.first_day.where(lambda first: first is None or first <= text)
        return begun & columns.last_day.where(lambda last: last is None or text <= last)

    def _always(self) -> Truth:
        return Truth(self._everything.copy(), ~self._everything)

    def _conditions(self, wanted: DrinkFilter) -> Iterable[Truth]:
        yield from self._attributes(wanted)
        yield from self._parts(wanted)
        yield from self._limits(wanted)
        if wanted.search and not wanted.search.isspace():
            yield Truth.where(self.search.levels(wanted.search) > 0, self._everything)
        yield from self._combined(wanted)

    def _attributes(self, wanted: DrinkFilter) -> Iterable[Truth]:
        columns = self._columns
        if wanted.kinds:
            yield _any(columns.kinds, map(normalise, wanted.kinds))
        if wanted.styles:
            yield _any(columns.styles, self._with_members(wanted.styles))
        for flavor in wanted.flavors:
            yield _any(columns.flavors, [flavor])
        if wanted.producers:
            yield _any(columns.producers, wanted.producers)
        if wanted.served_hot is not None:
            served = self._table.served_hot
            yield Truth.where(served == wanted.served_hot, served != UNKNOWN)

    def _parts(self, wanted: DrinkFilter) -> Iterable[Truth]:
        known = self._masks.known
        for part in wanted.ingredients:
            having = self._having(part)
            yield Truth.where(having, having | known)
        for part in wanted.without_ingredients:
            having = self._having(part)
            # what is not known to be free of it is left out
            yield Truth.where(known & ~having, having | known)

    def _limits(self, wanted: DrinkFilter) -> Iterable[Truth]:
        table = self._table
        for values, least, most in (
            (table.abv, wanted.min_abv, wanted.max_abv),
            (table.caffeine, None, wanted.max_caffeine),
            (table.price, wanted.min_price, wanted.max_price),
            (table.sugar, None, wanted.max_sugar),
        ):
            if most is not None:
                yield _limited(values, values <= most)
            if least is not None:
                yield _limited(values, values >= least)

    def _combined(self, wanted: DrinkFilter) -> Iterable[Truth]:
        yield from map(self.truth, wanted.all_of)
        if wanted.any_of:
            yield reduce(Truth.__or__, map(self.truth, wanted.any_of))
        if wanted.negated:
            yield self.truth(wanted.negated).opposite()

    def _having(self, part: str) -> Bools:
        mask = self._with_part.get(part)
        if mask is None:
            mask = self._masks.having([part])
            self._with_part.put(part, mask, weight=1)
        return mask

    def _with_members(self, styles: tuple[str, ...]) -> set[str]:
        members = set(styles)
        while True:
            more = {
                name for name, style in self._styles.items() if not members.isdisjoint(style.groups)
            }
            if more <= members:
                return members
            members |= more


def _any(postings: Postings, values: Iterable[str]) -> Truth:
    return Truth.where(postings.having(values), postings.known)


def _limited(values: Doubles, within: Bools) -> Truth:
    """Return where a quantity is within a limit; NaN never is."""
    return Truth.where(within, ~np.isnan(values))
