"""What a caller may do to the order of drinks: move them, never let another one in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from graph.people.profiles import Profile
from recommend.safety.masks import Bools
from recommend.state.filters import DrinkFilter
from recommend.state.orderings import Ranking
from recommend.state.scorer import Scorer
from recommend.state.snapshot import Snapshot

LEAST_FACTOR, LARGEST_FACTOR = 0.1, 10.0
# How many standard deviations a drink shown just now moves down with an impression discount of 1.
IMPRESSION_DISCOUNT = 3.0
HALVED_AFTER_DAYS = 2.0
DAY = 86_400_000.0
# From how many drinks different ones are chosen.
POOL, SPARE = 100, 5


class Attribute(Enum):
    """What a boost is about."""

    KIND = "KIND"
    STYLE = "STYLE"
    FLAVOR = "FLAVOR"
    PRODUCER = "PRODUCER"


@dataclass(frozen=True, slots=True)
class Boost:
    """Drinks with an attribute move by the logarithm of `factor`, in standard deviations."""

    attribute: Attribute
    id: str
    factor: float

    def __post_init__(self) -> None:
        """Refuse a factor that is out of bounds."""
        if not LEAST_FACTOR <= self.factor <= LARGEST_FACTOR:
            raise ValueError(f"factor {self.factor} is not {LEAST_FACTOR} to {LARGEST_FACTOR}")

    def drinks(self) -> DrinkFilter:
        """Return the condition that the drinks meet; a style has those below it."""
        match self.attribute:
            case Attribute.KIND:
                return DrinkFilter(kinds=(self.id,))
            case Attribute.STYLE:
                return DrinkFilter(styles=(self.id,))
            case Attribute.FLAVOR:
                return DrinkFilter(flavors=(self.id,))
            case Attribute.PRODUCER:
                return DrinkFilter(producers=(self.id,))


@dataclass(frozen=True)
class RerankingOptions:
    """How to change the order; 0 and nothing leave it as it is.

    `diversity` and `impression_discount` are 0 to 1; `shown` says when each drink was shown to the
    person, in milliseconds since 1970, and `now` is then. `minimum_relevance` (0 to 1) leaves
    drinks out.
    """

    diversity: float = 0.0
    boosts: tuple[Boost, ...] = ()
    impression_discount: float = 0.0
    shown: Mapping[str, float] = field(default_factory=dict[str, float], repr=False)
    now: float = field(default=0.0, repr=False)
    minimum_relevance: float | None = None

    def adjustment(self, snapshot: Snapshot) -> FloatArray | None:
        """What boosts and the impression discount add to drinks, float32 [drinks]; None if 0."""
        if not self.boosts and not (self.impression_discount and self.shown):
            return None
        total = np.zeros(len(snapshot.catalogue.drinks), dtype=np.float32)
        for boost in self.boosts:
            total[snapshot.view.filters.matching(boost.drinks())] += np.float32(
                math.log(boost.factor)
            )
        for drink, at in self.shown.items():
            row = snapshot.catalogue.row_of.get(drink)
            if row is not None and self.impression_discount:
                days = max(self.now - at, 0.0) / DAY
                total[row] -= np.float32(
                    self.impression_discount
                    * IMPRESSION_DISCOUNT
                    * 0.5 ** (days / HALVED_AFTER_DAYS)
                )
        return total

    def relevant(self, snapshot: Snapshot, profile: Profile, allowed: Bools) -> Bools:
        """Return which of the allowed drinks are relevant enough, bool [drinks].

        0 is the mean score of all drinks, 1 the best score of an allowed one.
        """
        if self.minimum_relevance is None or not allowed.any():
            return allowed
        scores = snapshot.scorer.scores(profile)
        mean = float(scores.mean())
        above = max(float(scores[allowed].max()) - mean, 0.0)
        return allowed & (scores >= np.float32(mean + self.minimum_relevance * above))

    def order(self, snapshot: Snapshot, ranking: Ranking) -> Ranking:
        """The same drinks in another order; the ranking itself where `diversity` is 0."""
        return Diverse(ranking, snapshot.scorer, self.diversity) if self.diversity else ranking


NO_RERANKING = RerankingOptions()


class Diverse:
    """Maximal marginal relevance (Carbonell and Goldstein 1998) over the best drinks.

    Each next drink has the most of (1 - diversity) times its relevance among them, less diversity
    times its similarity to the most similar one taken before.
    """

    def __init__(self, ranking: Ranking, scorer: Scorer, diversity: float) -> None:
        """Begin a list; what `best` returned once counts as taken."""
        self._ranking = ranking
        self._scorer = scorer
        self._diversity = np.float32(diversity)
        self._taken: list[int] = []

    def best(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        """Return up to `count` allowed rows in their new order, with their scores."""
        left, chosen = allowed.copy(), [self._next(allowed, min(count, POOL))]
        while chosen[-1][0].size and (more := count - sum(rows.size for rows, _ in chosen)):
            left[chosen[-1][0]] = False
            chosen.append(self._next(left, min(more, POOL)))
        rows, scores = zip(*chosen, strict=True)
        return np.concatenate(rows), np.concatenate(scores)

    def _next(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        rows, scores = self._ranking.best(allowed, max(POOL, SPARE * count))
        if not rows.size:
            return rows, scores
        span = float(scores.max() - scores.min())
        relevance = (scores - scores.min()) / np.float32(span or 1.0)
        alike = np.zeros(rows.size, dtype=np.float32)
        if self._taken:
            alike = self._scorer.alike(rows.tolist(), self._taken).max(axis=1)
        chosen: list[int] = []
        left = np.ones(rows.size, dtype=bool)
        for _ in range(min(count, rows.size)):
            worth = (1 - self._diversity) * relevance - self._diversity * alike
            place = int(np.where(left, worth, -np.inf).argmax())
            left[place] = False
            chosen.append(place)
            alike = np.maximum(alike, self._scorer.alike(rows.tolist(), [int(rows[place])])[:, 0])
        self._taken += rows[chosen].tolist()
        return rows[chosen], scores[chosen]
