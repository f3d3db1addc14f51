"""Drawing a list place by place, by the chances that a policy gives to drinks.

A policy sees drinks that the masks passed, and only says how likely each is to be next: it can move
drinks and never let another one in. The draws follow from a seed, so that they can be explained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

from embeddings.data.dataset import FloatArray, IntArray
from graph.catalogue.entities import Drink
from recommend.safety.masks import Bools
from recommend.state.orderings import InOrder, Ranking
from recommend.state.snapshot import Snapshot

POOL = 50
"""From how many of the best drinks is drawn."""
DEPTH = 20
"""How many places of a list are drawn; those after them are as ranked."""

Chances: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """Drinks to draw from, in the order in which they are ranked.

    `relevance` is each drink's score in standard deviations of those in the pool. All that the
    masks passed and the best of those on trial are in it, and nothing says which were not.
    """

    drinks: Sequence[Drink]
    relevance: FloatArray


class Explorer(Protocol):
    """Says how likely each drink is to be next."""

    @property
    def name(self) -> str:
        """Its name in settings, arms and impressions."""
        ...

    def wants(self, row_of: Mapping[str, int]) -> Bools | None:
        """Return which rows of a catalogue should be in the pool however they are ranked."""
        ...

    def begin(self, pool: Pool) -> Callable[[Bools], Chances]:
        """Return what gives the chances, given which drinks of the pool are left.

        Float64 [pool], 0 for those that are not left, adding up to 1.
        """
        ...


@dataclass(frozen=True)
class Exploration:
    """The policy that draws, and others whose chances are noted beside its own."""

    policy: Explorer
    others: Sequence[Explorer] = ()


@dataclass(frozen=True, slots=True)
class Draw:
    """How a drink came to its place; `place` (from 1) is None where it is that of its list."""

    propensity: float = 1.0
    under: Mapping[str, float] = field(default_factory=dict[str, float])
    relevance: float | None = None
    place: int | None = None
    team: str | None = None


AS_IT_IS = Draw()


class DrawnRanking(Protocol):
    """A ranking that says how each drink came to its place."""

    def best(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        """Return up to `count` allowed rows with their scores."""
        ...

    def draw_of(self, row: int) -> Draw:
        """Return how a drink was drawn."""
        ...


def is_drawn(ranking: Ranking) -> TypeGuard[DrawnRanking]:
    """Return whether a ranking says how each drink came to its place."""
    return hasattr(ranking, "draw_of")


class Drawn:
    """A ranking whose best drinks a policy draws anew."""

    def __init__(
        self, ranking: Ranking, exploration: Exploration, snapshot: Snapshot, seed: str
    ) -> None:
        """Begin a list: what `best` returned counts as shown above what it returns next."""
        self._ranking = ranking
        self._exploration = exploration
        self._snapshot = snapshot
        self._random = np.random.default_rng(seed_of(seed))
        self._draws: dict[int, Draw] = {}
        self._begun = False

    def draw_of(self, row: int) -> Draw:
        """Return how a drink was drawn; those below the drawn places are as ranked."""
        return self._draws.get(row, AS_IT_IS)

    def best(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        """Draw up to `count` allowed rows; all after the first list's depth are as ranked."""
        if self._begun or not allowed.any():
            return self._ranking.best(allowed, count)
        self._begun = True
        rows, scores = self._pool(allowed)
        chosen = self._drawn(rows, scores, min(count, DEPTH, rows.size))
        if len(chosen) == count:
            return rows[chosen], scores[chosen]
        left = allowed.copy()
        left[rows[chosen]] = False
        more, their_scores = self._ranking.best(left, count - len(chosen))
        return (
            np.concatenate([rows[chosen], more]),
            np.concatenate([scores[chosen], their_scores]),
        )

    def _pool(self, allowed: Bools) -> tuple[IntArray, FloatArray]:
        """Return the best rows, and the best of those that a policy wants, with their scores."""
        rows, scores = self._ranking.best(allowed, POOL)
        for policy in (self._exploration.policy, *self._exploration.others):
            wanted = policy.wants(self._snapshot.catalogue.row_of)
            if wanted is None:
                continue
            wanted = wanted & allowed
            wanted[rows] = False
            more, their_scores = self._ranking.best(wanted, POOL // 5)
            rows = np.concatenate([rows, more])
            scores = np.concatenate([scores, their_scores])
        return rows, scores

    def _drawn(self, rows: IntArray, scores: FloatArray, count: int) -> list[int]:
        """Return the places in the pool of the drinks drawn, in order."""
        relevance = _standardised(scores)
        pool = Pool([self._snapshot.catalogue.drinks[int(row)] for row in rows], relevance)
        chances = self._exploration.policy.begin(pool)
        others = {policy.name: policy.begin(pool) for policy in self._exploration.others}
        left = np.ones(rows.size, dtype=bool)
        chosen: list[int] = []
        for dice in self._random.random(count).tolist():
            own = chances(left)
            place = drawn(own, dice)
            under = {name: share(of(left)[place]) for name, of in others.items()}
            self._draws[int(rows[place])] = Draw(
                share(own[place]), under, round(float(relevance[place]), 4)
            )
            left[place] = False
            chosen.append(place)
        return chosen


class AsDrawn(InOrder):
    """Rows in the order in which they were drawn before."""

    def __init__(self, rows: IntArray, draws: Mapping[int, Draw]) -> None:
        """Order by `rows`, the best first; `draws` are by row."""
        super().__init__(rows)
        self._draws = draws

    def draw_of(self, row: int) -> Draw:
        """Return how a drink was drawn."""
        return self._draws.get(row, AS_IT_IS)


def drawn(chances: Chances, dice: float) -> int:
    """Return the place that a throw from 0 to 1 falls on; one whose chance is 0 is never."""
    ends: Chances = np.cumsum(chances, dtype=np.float64)
    place = int(np.searchsorted(ends, dice * float(ends[-1]), side="right"))
    return min(place, int(np.flatnonzero(chances).max()))


def share(chance: float) -> float:
    """Return a chance as it is noted: in range, whatever was rounded."""
    return float(min(max(chance, 0.0), 1.0))


def seed_of(text: str) -> int:
    """Return the seed that a text means."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _standardised(scores: FloatArray) -> FloatArray:
    """Return finite scores in standard deviations; what a ranking put at -inf is not in a pool."""
    spread = float(scores.std()) if scores.size else 0.0
    centred = scores - (scores.mean() if scores.size else np.float32(0))
    return (centred / np.float32(spread or 1.0)).astype(np.float32)
