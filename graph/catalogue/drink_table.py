"""The drinks of a catalogue by column; a `Drink` is made when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from graph.catalogue.columns import Bools, Ints, Lists, Terms, Texts
from graph.catalogue.drink import Drink

Doubles = npt.NDArray[np.float64]
Answers = npt.NDArray[np.int8]
UNKNOWN = -1
_KNOWN_ANSWERS = {1: True, 0: False, UNKNOWN: None}


@dataclass(frozen=True, eq=False)
class DrinkTable(Sequence[Drink]):
    """Drinks by row; a quantity that is not known is NaN, `served_hot` is 1, 0 or `UNKNOWN`.

    Quantities are doubles, as in the graph: rounded, a drink could slip under a limit.
    """

    ids: Texts
    names: Texts
    kinds: Terms
    descriptions: Terms
    abv: Doubles
    caffeine: Doubles
    sugar: Doubles
    served_hot: Answers
    price: Doubles
    recipe_complete: Bools
    available_from: Terms
    available_until: Terms
    changed_at: Ints
    ingredients: Lists
    flavors: Lists
    styles: Lists
    producers: Lists
    contains: Lists
    may_contain: Lists
    declared_absent: Lists

    @classmethod
    def of(cls, drinks: Iterable[Drink]) -> DrinkTable:
        """Return the table of some drinks, in their order."""
        if isinstance(drinks, DrinkTable):
            return drinks
        some = drinks if isinstance(drinks, Sequence) else list(drinks)
        return cls(
            ids=Texts.of(drink.id for drink in some),
            names=Texts.of(drink.name for drink in some),
            kinds=Terms.of(drink.kind for drink in some),
            descriptions=Terms.of(drink.description for drink in some),
            abv=_quantities(drink.abv for drink in some),
            caffeine=_quantities(drink.caffeine for drink in some),
            sugar=_quantities(drink.sugar for drink in some),
            served_hot=_answers(drink.served_hot for drink in some),
            price=_quantities(drink.price for drink in some),
            recipe_complete=np.array([drink.recipe_complete for drink in some], dtype=bool),
            available_from=Terms.of(drink.available_from for drink in some),
            available_until=Terms.of(drink.available_until for drink in some),
            changed_at=np.array([drink.changed_at for drink in some], dtype=np.int64),
            ingredients=Lists.of(drink.ingredients for drink in some),
            flavors=Lists.of(drink.flavors for drink in some),
            styles=Lists.of(drink.styles for drink in some),
            producers=Lists.of(drink.producers for drink in some),
            contains=Lists.of(drink.contains for drink in some),
            may_contain=Lists.of(drink.may_contain for drink in some),
            declared_absent=Lists.of(drink.declared_absent for drink in some),
        )

    def __len__(self) -> int:
        """How many drinks there are."""
        return len(self.ids)

    @overload
    def __getitem__(self, row: int) -> Drink: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Drink]: ...
    def __getitem__(self, row: int | slice) -> Drink | Sequence[Drink]:
        """Return the drink in a row, or those of a slice."""
        if isinstance(row, slice):
            return [self._drink(place) for place in range(*row.indices(len(self)))]
        place = row + len(self) if row < 0 else row
        if not 0 <= place < len(self):
            raise IndexError(f"row {row} of {len(self)} drinks")
        return self._drink(int(place))

    def __iter__(self) -> Iterator[Drink]:
        """Make every drink, in order."""
        return map(self._drink, range(len(self)))

    def check(self) -> None:
        """Raise ValueError if the columns are not of one length."""
        for field, column in zip(fields(self), self._columns(), strict=True):
            rows = len(column.starts) - 1 if isinstance(column, Lists) else len(column)
            if rows != len(self):
                raise ValueError(f"{field.name} has {rows} rows, ids have {len(self)}")

    def same_drinks(self, other: DrinkTable) -> bool:
        """Whether both have the same drinks, in whatever order and however packed."""
        row_of = other.rows_by_id()
        rows = [row_of.get(id_, -1) for id_ in self.ids.listed()]
        if len(self) != len(other) or -1 in rows:
            return False
        theirs = other.taken(np.array(rows, dtype=np.int64))
        return all(map(_same, self._columns(), theirs._columns()))

    def rows_by_id(self) -> dict[str, int]:
        """Return the row of each drink by its id."""
        return {id_: row for row, id_ in enumerate(self.ids.listed())}

    def with_drinks(self, rows: Sequence[int], drinks: Sequence[Drink]) -> DrinkTable:
        """Return the table with each of some drinks in its row; rows past the end are appended."""
        if not rows:
            return self
        both = self.followed_by(DrinkTable.of(drinks))
        places = np.arange(max(len(self), max(rows) + 1))
        places[list(rows)] = np.arange(len(self), len(both))
        return both.taken(places)

    def followed_by(self, other: DrinkTable) -> DrinkTable:
        """Return these drinks, then those of another table."""
        pairs = zip(self._columns(), other._columns(), strict=True)
        return DrinkTable(*(_joined(mine, theirs) for mine, theirs in pairs))

    def taken(self, rows: Ints) -> DrinkTable:
        """Return the drinks of these rows."""
        columns: list[Any] = [
            column[rows] if isinstance(column, np.ndarray) else column.taken(rows)
            for column in self._columns()
        ]
        return DrinkTable(*columns)

    def of_kind(self, kind: str) -> Lists:
        """Return the column of "ingredient"s, "flavor"s, "style"s or "producer"s."""
        column: Lists = getattr(self, f"{kind}s")
        return column

    def _columns(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]

    def _drink(self, row: int) -> Drink:
        quantities, answers = self._views
        abv, caffeine, sugar, price = (
            None if value != value else value  # NaN is the one number that is not itself
            for value in (column[row] for column in quantities)
        )
        served_hot, complete, changed_at = (column[row] for column in answers)
        return Drink(
            self.ids[row],
            self.names[row],
            self.kinds[row],
            self.descriptions[row],
            abv,
            caffeine,
            sugar,
            _KNOWN_ANSWERS[served_hot],
            price,
            complete,
            self.available_from[row],
            self.available_until[row],
            changed_at,
            self.ingredients[row],
            self.flavors[row],
            self.styles[row],
            self.producers[row],
            self.contains[row],
            self.may_contain[row],
            self.declared_absent[row],
        )

    @cached_property
    def _views(self) -> tuple[Sequence[Any], Sequence[Any]]:
        quantities = (self.abv, self.caffeine, self.sugar, self.price)
        answers = (self.served_hot, self.recipe_complete, self.changed_at)
        return [column.data for column in quantities], [column.data for column in answers]


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, (Texts, Terms, Lists)):
        return mine.same_values(theirs)  # pyright: ignore[reportArgumentType]
    return bool(np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f"))


def _joined(mine: Any, theirs: Any) -> Any:
    packed = isinstance(mine, (Texts, Terms, Lists))
    return mine.followed_by(theirs) if packed else np.concatenate([mine, theirs])


def _quantities(values: Iterable[float | None]) -> Doubles:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _answers(values: Iterable[bool | None]) -> Answers:
    return np.array([UNKNOWN if value is None else value for value in values], dtype=np.int8)
