"""What lists have earned so far, as policies need it: sums over drinks, and nothing of anybody.

A reward is 1 where the drink of an impression was opened within its window, else 0. What its place
in the list makes of it is taken out first: places further down are looked at less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from graph.catalogue.entities import Drink

Floats = NDArray[np.float64]

PLACES = 20
# so many lists count as shown before any was: what is known of a place begins at a tenth opened
BEFORE, OPENED_BEFORE = 20.0, 0.1
ATTRIBUTES = 32
FEATURES = ATTRIBUTES + 2
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Reward:
    """That a drink was shown at a place (from 1), how relevant it was there, and what came of it.

    `features` are those of the drink; None for one that the catalogue does not have.
    """

    drink_id: str
    place: int
    relevance: float
    value: float
    features: Floats | None = None


class Rewards:
    """Sums over impressions, to which more are added as they come."""

    def __init__(self) -> None:
        self._by_drink: dict[str, Floats] = {}  # shown, value, relevance, then shown by place
        self._shown = np.zeros(PLACES)
        self._value = np.zeros(PLACES)
        self._moments = np.zeros(2)  # of relevance: its square, its product with what is left
        self._squares = RIDGE * np.eye(FEATURES)
        self._products = np.zeros(FEATURES)
        self.version = 0

    def add(self, rewards: Iterable[Reward]) -> None:
        """Add what came of drinks that were shown."""
        for reward in rewards:
            place = min(reward.place, PLACES) - 1
            sums = self._by_drink.setdefault(reward.drink_id, np.zeros(3 + PLACES))
            sums[:3] += (1.0, reward.value, reward.relevance)
            sums[3 + place] += 1.0
            left = reward.value - self.baseline[place]
            self._shown[place] += 1.0
            self._value[place] += reward.value
            self._moments += (reward.relevance**2, reward.relevance * left)
            if reward.features is not None:
                x = with_relevance(reward.features, reward.relevance)
                self._squares += np.outer(x, x)
                self._products += x * left
        self.version += 1

    @property
    def baseline(self) -> Floats:
        """What a drink at each place earns in the mean, [places]."""
        return (self._value + BEFORE * OPENED_BEFORE) / (self._shown + BEFORE)

    @property
    def slope(self) -> float:
        """How much more a drink earns whose relevance is one more."""
        return float(self._moments[1] / (self._moments[0] + BEFORE))

    @property
    def noise(self) -> float:
        """The variance of a reward."""
        mean = float(self._value.sum() + BEFORE * OPENED_BEFORE) / float(self._shown.sum() + BEFORE)
        return max(mean * (1 - mean), 1e-4)

    def shown(self, drinks: Sequence[Drink]) -> Floats:
        """Return how often each drink was shown, [drinks]."""
        nothing = np.zeros(1)
        return np.array([self._by_drink.get(drink.id, nothing)[0] for drink in drinks])

    def shown_by_row(self, row_of: Mapping[str, int]) -> Floats:
        """Return how often each drink of a catalogue was shown, [drinks]."""
        shown = np.zeros(len(row_of))
        for drink, sums in self._by_drink.items():
            if drink in row_of:
                shown[row_of[drink]] = sums[0]
        return shown

    def effects(self, drinks: Sequence[Drink]) -> tuple[Floats, Floats]:
        """Return how much more each drink earns than its place and relevance say, [drinks].

        The second is how often it was shown: the mean is drawn to 0 as by `BEFORE` lists more.
        """
        nothing = np.zeros(3 + PLACES)
        sums = np.array([self._by_drink.get(drink.id, nothing) for drink in drinks])
        left = sums[:, 1] - sums[:, 3:] @ self.baseline - self.slope * sums[:, 2]
        return left / (sums[:, 0] + BEFORE), sums[:, 0]

    def linear(self) -> tuple[Floats, Floats]:
        """Return the weights of features, and the inverse of their matrix."""
        inverse = np.linalg.inv(self._squares).astype(np.float64)
        return inverse @ self._products, inverse


def with_relevance(features: Floats, relevance: float) -> Floats:
    """Return the features of a drink as somebody is shown it: 1, its relevance, its attributes."""
    return np.concatenate([(1.0, relevance), features])


@lru_cache(maxsize=100_000)
def features_of(drink: Drink) -> Floats:
    """Return what a drink is, by feature hashing (Weinberger et al. 2009): length 1, or 0.

    Kind, styles and flavors; not what is in it: that would follow what people must not have.
    """
    features = np.zeros(ATTRIBUTES)
    names = [f"kind {drink.kind}"] if drink.kind else []
    names += [f"style {style}" for style in drink.styles]
    names += [f"flavor {flavor}" for flavor in drink.flavors]
    for name in names:
        hashed = crc32(name.encode())
        features[hashed % ATTRIBUTES] += 1.0 if hashed & 0x80000000 else -1.0
    length = float(np.sqrt((features**2).sum()))
    return features / length if length else features
