"""What filters need to know about drinks, as arrays [drinks] built once per catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings.data.dataset import IntArray
from graph.catalogue.entities import Drink
from graph.recognition.naming import normalise
from recommend.safety.masks import Bools

Quantity = npt.NDArray[np.float64]
UNKNOWN = -1


@dataclass(frozen=True)
class Postings:
    """An inverted index: the rows of each value, and which drinks have a value at all."""

    rows_of: Mapping[str, IntArray]
    known: Bools

    @classmethod
    def of(cls, values: Sequence[Iterable[str]]) -> Postings:
        """Index each drink's values; a drink without any says nothing."""
        rows_of = defaultdict[str, list[int]](list)
        known = np.zeros(len(values), dtype=bool)
        for row, some in enumerate(values):
            for value in some:
                rows_of[value].append(row)
        rows_by_value = {value: np.array(rows, dtype=np.int64) for value, rows in rows_of.items()}
        for rows in rows_by_value.values():
            known[rows] = True
        return cls(rows_by_value, known)

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
    def of(cls, moments: Iterable[str | None]) -> Days:
        """Days of ISO moments, each day once; None stays None."""
        place_of: dict[str | None, int] = {}
        days = (None if moment is None else moment[:10] for moment in moments)
        places = [place_of.setdefault(day, len(place_of)) for day in days]
        return cls(tuple(place_of), np.array(places, dtype=np.int64))

    def where(self, holds: Callable[[str | None], bool]) -> Bools:
        """Return the drinks whose day satisfies this, bool [drinks]."""
        return np.array([holds(day) for day in self.days], dtype=bool)[self.places]


@dataclass(frozen=True)
class DrinkColumns:
    """The drinks of a catalogue by column; an unknown quantity is NaN.

    `served_hot` is 1, 0 or `UNKNOWN`; `first_day` and `last_day` are the days of the offer.
    Quantities are doubles, as in the graph: rounded, a drink could slip under a limit.
    """

    abv: Quantity
    caffeine: Quantity
    price: Quantity
    sugar: Quantity
    served_hot: npt.NDArray[np.int8]
    kinds: Postings
    styles: Postings
    flavors: Postings
    producers: Postings
    first_day: Days
    last_day: Days

    @classmethod
    def of(cls, drinks: Sequence[Drink]) -> DrinkColumns:
        """Build the columns; kinds are in plain words (`graph.recognition.naming`)."""
        plain = {kind: (normalise(kind),) for kind in {drink.kind for drink in drinks} if kind}
        return cls(
            abv=_quantity(drink.abv for drink in drinks),
            caffeine=_quantity(drink.caffeine for drink in drinks),
            price=_quantity(drink.price for drink in drinks),
            sugar=_quantity(drink.sugar for drink in drinks),
            served_hot=_answers(drink.served_hot for drink in drinks),
            kinds=Postings.of([plain.get(drink.kind or "", ()) for drink in drinks]),
            styles=Postings.of([drink.styles for drink in drinks]),
            flavors=Postings.of([drink.flavors for drink in drinks]),
            producers=Postings.of([drink.producers for drink in drinks]),
            first_day=Days.of(drink.available_from for drink in drinks),
            last_day=Days.of(drink.available_until for drink in drinks),
        )


def _quantity(values: Iterable[float | None]) -> Quantity:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _answers(values: Iterable[bool | None]) -> npt.NDArray[np.int8]:
    return np.array([UNKNOWN if value is None else value for value in values], dtype=np.int8)
