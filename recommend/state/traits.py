"""Traits of a drink that a context can affect: its kind, styles and flavors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import IntArray
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
    def of(cls, drinks: Sequence[Drink]) -> TraitIndex:
        """Index drinks by their position, which is their row."""
        rows_of = defaultdict[Trait, list[int]](list)
        counts = Counter[Trait]()
        for row, drink in enumerate(drinks):
            traits = traits_of(drink)
            for trait in traits:
                rows_of[trait].append(row)
            counts.update(traits)
            counts.update(("ingredient", ingredient) for ingredient in drink.ingredients)
        return cls({trait: np.array(rows) for trait, rows in rows_of.items()}, counts)

    def rows_with(self, trait: Trait) -> IntArray:
        """Return the rows of the drinks of a kind or style, or with a flavor."""
        return self.rows_of.get(trait, _NO_ROWS)

    def count_with(self, kind: str, name: str) -> int:
        """Return how many drinks have an ingredient, flavor or style of their own."""
        return self.counts.get((kind, name), 0)
