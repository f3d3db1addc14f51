"""The best drinks of each person's last list, for as long as nothing has changed that they follow
from.

A list that no policy draws, no context moves and nothing makes diverse follows from the snapshot,
the profile, the request and the day alone, so the same four have the same list. None of them is
ever changed in place: what changes is a new object. The gate is asked about each list all the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary, ref

from graph.people.profiles import Profile
from recommend.ranking.candidates import Candidates
from recommend.ranking.drawing import AS_IT_IS, Draw
from recommend.ranking.request import RecommendationRequest
from recommend.state.snapshot import Snapshot

SPARE = 5
"""Drinks kept beyond what was asked for, if the gate refuses one."""

Make = Callable[[], tuple[Candidates, int]]
"""Ranks the drinks; returns them, and how many the masks pass."""


@dataclass(frozen=True, slots=True)
class _Order:
    snapshot: ref[Snapshot]
    request: RecommendationRequest
    surface: str
    today: date
    safe: int
    rows: array[int]
    scores: array[float]

    def holds(
        self, snapshot: Snapshot, request: RecommendationRequest, surface: str, today: date
    ) -> bool:
        return (
            self.snapshot() is snapshot
            and self.today == today
            and self.surface == surface
            and self.request == request
        )


class KeptOrders:
    """One order for each profile in memory: it goes with the profile."""

    def __init__(self) -> None:
        self._orders: WeakKeyDictionary[Profile, _Order] = WeakKeyDictionary()

    def candidates(
        self,
        snapshot: Snapshot,
        profile: Profile,
        request: RecommendationRequest,
        surface: str,
        today: date,
        make: Make,
    ) -> tuple[Candidates | KeptCandidates, int]:
        """Return what `make` returns, ranked now only if it is not known."""
        drawn = request.exploration or request.teams
        if drawn or request.adjustment or request.reranking.diversity:
            return make()
        order = self._orders.get(profile)
        if order is None or not order.holds(snapshot, request, surface, today):
            order = self._ranked(snapshot, request, surface, today, make)
            self._orders[profile] = order
        return KeptCandidates(order, request.first + SPARE, make), order.safe

    def _ranked(
        self,
        snapshot: Snapshot,
        request: RecommendationRequest,
        surface: str,
        today: date,
        make: Make,
    ) -> _Order:
        candidates, safe = make()
        best = candidates.take(request.first + SPARE)
        rows, scores = (
            array("l", (row for row, _ in best)),
            array("d", (score for _, score in best)),
        )
        return _Order(ref(snapshot), request, surface, today, safe, rows, scores)


class KeptCandidates:
    """The first candidates from memory; all are ranked again only if more are wanted."""

    def __init__(self, order: _Order, asked: int, make: Make) -> None:
        self._order = order
        self._is_all = len(order.rows) < asked
        self._make = make
        self._given = 0
        self._rest: Candidates | None = None

    def draw_of(self, row: int) -> Draw:
        """Return how a drink came to its place: as it was ranked."""
        return AS_IT_IS

    def next(self, count: int) -> list[tuple[int, float]]:
        """Return up to `count` further rows with their scores, each once."""
        begun, self._given = self._given, self._given + count
        known = slice(begun, self._given)
        if rows := self._order.rows[known]:
            self._given = begun + len(rows)
            return list(zip(rows, self._order.scores[known], strict=True))
        if self._is_all:
            return []
        if self._rest is None:
            self._rest, _ = self._make()
            self._rest.take(len(self._order.rows))
        return self._rest.next(count)
