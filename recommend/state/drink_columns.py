"""What filters need to know about drinks, as arrays [drinks] built once per catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import IntArray
from graph.catalogue.columns import Lists, Terms
from graph.catalogue.drink_table import DrinkTable
from graph.recognition.naming import normalise
from recommend.safety.masks import Bools


@dataclass(frozen=True)
class Postings:
    """An inverted index: the rows of each value, and which drinks have a value at all."""

    rows_of: Mapping[str, IntArray]
    known: Bools

    @classmethod
    def of(cls, values: Lists) -> Postings:
        """Index each drink's values; a drink without any says nothing."""
        return cls(values.rows_by_name(), values.counts > 0)

    @classmethod
    def of_kinds(cls, kinds: Terms) -> Postings:
        """Index each drink's kind, in plain words (`graph.recognition.naming`)."""
        spellings = defaultdict[str, list[int]](list)
        for code, kind in enumerate(kinds.names.listed()):
            if kind:
                spellings[normalise(kind)].append(code)
        rows_of = {
            plain: np.flatnonzero(np.isin(kinds.codes, codes)) for plain, codes in spellings.items()
        }
        there = {plain: rows for plain, rows in rows_of.items() if rows.size}
        known = np.zeros(len(kinds.codes), dtype=bool)
        for rows in there.values():
            known[rows] = True
        return cls(there, known)

    def having(self, values: Iterable[str]) -> Bools:
        """Return which drinks have any of these values, bool [drinks]."""
        mask = np.zeros_like(self.known)
        for value in values:
            if value in self.rows_of:
                mask[self.rows_of[value]] = True
        return mask


@dataclass(frozen=True)
class Days:
    """Each drink's ISO date, or None, as an index into the distinct days."""

    days: tuple[str | None, ...]
    places: IntArray

    @classmethod
    def of(cls, moments: Terms) -> Days:
        """Days of ISO moments, each day once; None stays None."""
        place_of: dict[str | None, int] = {None: 0}
        places = [
            place_of.setdefault(moment[:10], len(place_of)) for moment in moments.names.listed()
        ]
        by_code = np.array([*places, place_of[None]], dtype=np.int64)
        return cls(tuple(place_of), by_code[moments.codes])  # NONE is the last

    def where(self, holds: Callable[[str | None], bool]) -> Bools:
        """Return the drinks whose day satisfies this, bool [drinks]."""
        return np.array([holds(day) for day in self.days], dtype=bool)[self.places]


@dataclass(frozen=True)
class DrinkColumns:
    """What drinks have, by value, and the days of their offer."""

    kinds: Postings
    styles: Postings
    flavors: Postings
    producers: Postings
    first_day: Days
    last_day: Days

    @classmethod
    def of(cls, table: DrinkTable) -> DrinkColumns:
        """Index the columns of a table."""
        return cls(
            kinds=Postings.of_kinds(table.kinds),
            styles=Postings.of(table.styles),
            flavors=Postings.of(table.flavors),
            producers=Postings.of(table.producers),
            first_day=Days.of(table.available_from),
            last_day=Days.of(table.available_until),
        )
