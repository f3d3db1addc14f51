"""Interleaving two rankings in one list: team draft (Radlinski, Kurup and Joachims, CIKM 2008).

In each round a coin says which ranking picks first; each picks the best drink that is left, and
that drink counts for it. Who opens a drink says which ranking they like better, with every list: an
experiment that gives half of the people one ranking and half the other needs many times as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from recommend.ranking.drawing import AS_IT_IS, Draw, seed_of
from recommend.ranking.reranking import RerankingOptions
from recommend.safety.masks import Bools
from recommend.state.orderings import Ranking


@dataclass(frozen=True)
class Team:
    """A ranking that takes part: its name, its controls, and its model if not the active one."""

    name: str
    reranking: RerankingOptions
    model: str | None = None


@dataclass(frozen=True)
class TeamRanking:
    """The ranking of a team, and the drinks that are relevant enough for it, bool [drinks]."""

    name: str
    ranking: Ranking
    relevant: Bools


class TeamDraft:
    """A ranking of two rankings, picking in turn."""

    def __init__(self, teams: Sequence[TeamRanking], seed: str) -> None:
        """Begin a list; whose turn it is follows from the seed."""
        self._teams = teams
        self._random = np.random.default_rng(seed_of(seed))
        self._draws: dict[int, Draw] = {}

    def draw_of(self, row: int) -> Draw:
        """Return which team picked a drink, and how likely it was to be there."""
        return self._draws.get(row, AS_IT_IS)

    def best(self, allowed: Bools, count: int) -> tuple[IntArray, FloatArray]:
        """Pick up to `count` allowed rows; a score is that of the team that picked the drink."""
        orders = [
            _Order(*team.ranking.best(allowed & team.relevant, 2 * count)) for team in self._teams
        ]
        taken: dict[int, float] = {}
        while len(taken) < count and any(order.next(taken) for order in orders):
            turns: list[int] = self._random.permutation(len(orders)).tolist()
            for place, turn in enumerate(turns):
                picked = orders[turn].next(taken)
                if picked is None or len(taken) == count:
                    continue
                row, score = picked
                chance = 1.0 if place else _chance(row, orders, taken)
                self._draws[row] = Draw(chance, team=self._teams[turn].name)
                taken[row] = score
        return np.array(list(taken), dtype=np.int64), np.array(
            list(taken.values()), dtype=np.float32
        )


class _Order:
    """The best rows of a team, of which the first that nobody has taken is next."""

    def __init__(self, rows: IntArray, scores: FloatArray) -> None:
        best: list[int] = rows.tolist()
        worth: list[float] = scores.tolist()
        self._left = iter(zip(best, worth, strict=True))
        self._first: tuple[int, float] | None = next(self._left, None)

    def next(self, taken: dict[int, float]) -> tuple[int, float] | None:
        """Return the best row that is left, with its score; None if there is none."""
        while self._first is not None and self._first[0] in taken:
            self._first = next(self._left, None)
        return self._first


def _chance(row: int, orders: Sequence[_Order], taken: dict[int, float]) -> float:
    """Return how likely a drink is the first of a round: the coin falls on who would pick it."""
    picks = [order.next(taken) for order in orders]
    able = [pick for pick in picks if pick is not None]
    return sum(pick[0] == row for pick in able) / len(able)
