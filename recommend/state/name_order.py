"""Drinks in the order of their names, and as a search lists them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import FloatArray
from graph.catalogue.entities import Drink
from recommend.state.name_search import Level, Levels


@dataclass(frozen=True, eq=False)
class NameOrder:
    """The names and ids of drinks in order, and each drink's position, float32 [drinks].

    Positions are exact up to 16 million.
    """

    names: Sequence[tuple[str, str]]
    places: FloatArray

    @classmethod
    def of(cls, drinks: Sequence[Drink]) -> NameOrder:
        """Return the order of a catalogue's drinks: by name, then by id."""
        names = [(drink.name, drink.id) for drink in drinks]
        rows = sorted(range(len(names)), key=names.__getitem__)
        places = np.empty(len(names), dtype=np.float32)
        places[rows] = np.arange(len(names))
        return cls([names[row] for row in rows], places)

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
