"""Ids of drinks that were merged into others: anything sent to one means the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.connection import Row
from graph.errors import DrinkMerged
from graph.query_files import load

MERGED_DRINKS = load("catalogue/merged_drinks")
MERGED_DRINKS_OF = load("catalogue/merged_drinks_of")


@dataclass(frozen=True)
class Aliases:
    """For the id of each merged drink, that of the drink it was merged into."""

    into: Mapping[str, str]

    @staticmethod
    def of(rows: Sequence[Row]) -> Aliases:
        """From rows of `MERGED_DRINKS`, `MERGED_DRINKS_OF` or `MERGED_PEOPLE`."""
        return Aliases({row["id"]: row["intoId"] for row in rows})

    def way(self, drink_id: str) -> list[str]:
        """The chain of merged drinks from this id, itself first; empty if it was not merged."""
        ids: list[str] = []
        while drink_id in self.into and drink_id not in ids:
            ids.append(drink_id)
            drink_id = self.into[drink_id]
        return ids

    def now(self, drink_id: str) -> str:
        """Return the id that this drink now has: usually its own."""
        way = self.way(drink_id)
        return self.into[way[-1]] if way else drink_id

    def refuse(self, drink_id: str) -> None:
        """Raise DrinkMerged if the drink was merged into another."""
        if drink_id in self.into:
            raise DrinkMerged(drink_id, self.now(drink_id))
