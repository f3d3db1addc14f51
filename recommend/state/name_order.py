"""Drinks in the order of their names, and as a search lists them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from graph.catalogue.drink_table import DrinkTable
from recommend.state.name_search import Level, Levels


@dataclass(frozen=True, eq=False)
class SortedNames:
    """(name, id) of the drinks in `rows`, read from the table when they are asked for."""

    table: DrinkTable
    rows: IntArray

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    def __getitem__(self, place: int) -> tuple[str, str]:
        """Return the name and the id in a place."""
        row = int(self.rows[place])
        return self.table.names[row], self.table.ids[row]


@dataclass(frozen=True, eq=False)
class NameOrder:
    """The names and ids of drinks in order, and each drink's position, float32 [drinks].

    Positions are exact up to 16 million.
    """

    names: SortedNames
    places: FloatArray

    @classmethod
    def of(cls, table: DrinkTable) -> NameOrder:
        """Return the order of a catalogue's drinks: by name, then by id."""
        names = list(zip(table.names.listed(), table.ids.listed(), strict=True))
        rows = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
        places = np.empty(len(names), dtype=np.float32)
        places[rows] = np.arange(len(names))
        return cls(SortedNames(table, rows), places)

    def searched(self, levels: Levels) -> FloatArray:
        """Return each drink's position in a search: by how well it matches, then by name.

        float32 [drinks]; some positions have no drink.
        """
        return self.places + self._better(levels)

    def place_after(self, name: str, id_: str, level: int) -> float:
        """Return the first position after a drink that matches that well, existing or not."""
        return bisect_right(self.names, (name, id_)) + float(self._better(np.array(level)))

    def _better(self, levels: Levels) -> FloatArray:
        return (max(Level) - levels.astype(np.float32)) * np.float32(len(self.names))
