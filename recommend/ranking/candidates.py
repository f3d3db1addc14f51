"""Candidates: the drinks that the masks pass, in the order of a ranking."""

from __future__ import annotations

from recommend.ranking.drawing import AS_IT_IS, Draw, is_drawn
from recommend.safety.masks import Bools
from recommend.state.orderings import Ranking


class Candidates:
    """Allowed rows in ranked order, those already had last, taken bit by bit."""

    def __init__(self, ranking: Ranking, allowed: Bools, seen: Bools | None) -> None:
        self._ranking = ranking
        fresh = allowed if seen is None else allowed & ~seen
        self._groups = [fresh] if seen is None else [fresh, allowed & seen]

    def draw_of(self, row: int) -> Draw:
        """Return how a drink came to its place."""
        return self._ranking.draw_of(row) if is_drawn(self._ranking) else AS_IT_IS

    def next(self, count: int) -> list[tuple[int, float]]:
        """Return up to `count` further rows with their scores, each once."""
        for group in self._groups:
            rows, scores = self._ranking.best(group, count)
            if rows.size:
                group[rows] = False
                return list(zip(rows.tolist(), scores.tolist(), strict=True))
        return []

    def take(self, count: int) -> list[tuple[int, float]]:
        """Return the next `count` rows with their scores, fewer only if there are no more."""
        taken: list[tuple[int, float]] = []
        while len(taken) < count and (more := self.next(count - len(taken))):
            taken += more
        return taken
