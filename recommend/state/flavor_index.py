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

from embeddings.data.dataset import FloatArray, IntArray
from graph.catalogue.entities import Catalogue, Drink

# The flavors of a drink's parts count half as much as those of the drink itself.
OF_A_PART = 0.5
_NOWHERE = np.zeros(0, dtype=np.int64)


class FlavorIndex:
    """Drinks by flavor; a flavor that fewer drinks have weighs more."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read the flavors of all drinks and of their ingredients."""
        self._catalogue = catalogue
        table, count = catalogue.table, len(catalogue.drinks)
        own = table.flavors.rows_by_name()
        inherited = self._of_parts()
        self._by_flavor = {
            flavor: self._weighted(own.get(flavor, _NOWHERE), inherited.get(flavor, _NOWHERE))
            for flavor in own.keys() | inherited.keys()
        }
        self._rarity = {
            flavor: math.log((1 + count) / (1 + len(rows))) + 0.1
            for flavor, (rows, _) in self._by_flavor.items()
        }
        squares = np.zeros(count)
        for flavor, (rows, weights) in self._by_flavor.items():
            squares[rows] += (weights * self._rarity[flavor]) ** 2
        self._lengths = np.sqrt(np.maximum(squares, 1e-12))

    def _of_parts(self) -> Mapping[str, IntArray]:
        """Return the rows of the drinks with a part that has each flavor."""
        recipes, known = self._catalogue.table.ingredients, self._catalogue.ingredients
        parts_of = defaultdict[str, list[int]](list)
        for code, name in enumerate(recipes.names):
            for flavor in known[name].flavors if name in known else ():
                parts_of[flavor].append(code)
        rows = recipes.rows
        return {
            flavor: np.unique(rows[np.isin(recipes.codes, codes)])
            for flavor, codes in parts_of.items()
        }

    def _weighted(self, own: IntArray, inherited: IntArray) -> tuple[IntArray, FloatArray]:
        """Return the rows that have a flavor, and its weight in each."""
        only_inherited = np.setdiff1d(inherited, own, assume_unique=True)
        weights = np.repeat(np.array([1.0, OF_A_PART]), (own.size, only_inherited.size))
        return np.concatenate([own, only_inherited]), weights

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
            rows, weights = self._by_flavor[flavor]
            shared[rows] += weights * self._rarity[flavor] ** 2
        length = math.sqrt(sum(self._rarity[flavor] ** 2 for flavor in known)) or 1.0
        similarity = shared / (self._lengths * length)
        return np.where(shared > 0, similarity, -np.inf).astype(np.float32)

    def shared(self, drink: Drink, flavors: Sequence[str]) -> list[str]:
        """Return which of these flavors a drink has, the most telling first."""
        own = self.of(drink)
        both = [flavor for flavor in dict.fromkeys(flavors) if flavor in own]
        return sorted(both, key=lambda flavor: (-own[flavor] * self._rarity[flavor], flavor))
