"""Traits of a drink that a context can affect: its kind, styles and flavors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import IntArray
from graph.catalogue.columns import Lists
from graph.catalogue.drink_table import DrinkTable
from graph.catalogue.entities import Drink

Trait = tuple[str, str]
_NO_ROWS = np.zeros(0, dtype=np.int64)


def traits_of(drink: Drink) -> tuple[Trait, ...]:
    """Return a drink's kind, styles and flavors."""
    kinds = [("kind", drink.kind)] if drink.kind else []
    styles = [("style", style) for style in drink.styles]
    return (*kinds, *styles, *(("flavor", flavor) for flavor in drink.flavors))


@dataclass(frozen=True, eq=False)
class TraitIndex:
    """The rows of each trait, and how many drinks have it; ingredients are counted too."""

    rows_of: Mapping[Trait, IntArray]
    counts: Mapping[Trait, int]

    @classmethod
    def of(cls, table: DrinkTable) -> TraitIndex:
        """Index drinks by their row."""
        kinds = Lists.of_each(table.kinds)
        columns = {"kind": kinds, "style": table.styles, "flavor": table.flavors}
        rows_of = {
            (name, value): rows
            for name, column in columns.items()
            for value, rows in column.rows_by_name().items()
            if value
        }
        of_parts = np.bincount(table.ingredients.codes, minlength=len(table.ingredients.names))
        parts = zip(table.ingredients.names, of_parts.tolist(), strict=True)
        counts = {trait: len(rows) for trait, rows in rows_of.items()}
        return cls(rows_of, counts | {("ingredient", part): count for part, count in parts})

    def rows_with(self, trait: Trait) -> IntArray:
        """Return the rows of the drinks of a kind or style, or with a flavor."""
        return self.rows_of.get(trait, _NO_ROWS)

    def count_with(self, kind: str, name: str) -> int:
        """Return how many drinks have an ingredient, flavor or style of their own."""
        return self.counts.get((kind, name), 0)
