"""The flavors of drinks, for finding those that share some with a food or another drink.

Pairing by shared flavors follows the flavor network of Ahn et al. (2011): recipes of Western
kitchens tend to join ingredients that share flavor compounds, those of East Asia do not. Ours are
flavors as people name them, not compounds: a habit of some kitchens, not a law of taste.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from embeddings.data.dataset import FloatArray
from graph.catalogue.entities import Catalogue, Drink

# The flavors of a drink's parts count half as much as those of the drink itself.
OF_A_PART = 0.5


class FlavorIndex:
    """Drinks by flavor; a flavor that fewer drinks have weighs more."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read the flavors of all drinks and of their ingredients."""
        self._catalogue = catalogue
        by_flavor: dict[str, dict[int, float]] = defaultdict(dict)
        for row, drink in enumerate(catalogue.drinks):
            for flavor, weight in self.of(drink).items():
                by_flavor[flavor][row] = weight
        self._by_flavor = by_flavor
        count = len(catalogue.drinks)
        self._rarity = {
            flavor: math.log((1 + count) / (1 + len(rows))) + 0.1
            for flavor, rows in by_flavor.items()
        }
        squares = np.zeros(count)
        for flavor, rows in by_flavor.items():
            for row, weight in rows.items():
                squares[row] += (weight * self._rarity[flavor]) ** 2
        self._lengths = np.sqrt(np.maximum(squares, 1e-12))

    def of(self, drink: Drink) -> Mapping[str, float]:
        """Return a drink's flavors, each with its weight, 0 to 1."""
        parts = (self._catalogue.ingredients.get(ingredient) for ingredient in drink.ingredients)
        weights = {flavor: OF_A_PART for part in parts if part for flavor in part.flavors}
        return {**weights, **dict.fromkeys(drink.flavors, 1.0)}

    def alike(self, flavors: Sequence[str]) -> FloatArray:
        """Return how much each drink shares with these flavors, float32 [drinks].

        0 to 1, the cosine of the two; -inf for a drink that shares none of them.
        """
        known = [flavor for flavor in dict.fromkeys(flavors) if flavor in self._by_flavor]
        shared = np.zeros(self._lengths.size)
        for flavor in known:
            for row, weight in self._by_flavor[flavor].items():
                shared[row] += weight * self._rarity[flavor] ** 2
        length = math.sqrt(sum(self._rarity[flavor] ** 2 for flavor in known)) or 1.0
        similarity = shared / (self._lengths * length)
        return np.where(shared > 0, similarity, -np.inf).astype(np.float32)

    def shared(self, drink: Drink, flavors: Sequence[str]) -> list[str]:
        """Return which of these flavors a drink has, the most telling first."""
        own = self.of(drink)
        both = [flavor for flavor in dict.fromkeys(flavors) if flavor in own]
        return sorted(both, key=lambda flavor: (-own[flavor] * self._rarity[flavor], flavor))
