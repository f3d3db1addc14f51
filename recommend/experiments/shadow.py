"""A shadow model: it ranks what the active model ranks, after the answer, for nobody.

It compares two lists and two rankings of what a person may have; only numbers come out.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from embeddings.data.dataset import FloatArray
from embeddings.data.sampling import at_even_steps
from embeddings.evaluation.slices import average_ranks
from embeddings.serving.artefact import ModelArtefact
from graph.clock import Clock, utc_now
from graph.models.shadows import Totals
from graph.people.profiles import Profile
from recommend.ranking.pipeline import allowed as allowed_today
from recommend.ranking.pipeline import ranked
from recommend.ranking.request import RecommendationRequest
from recommend.safety.masks import Bools
from recommend.state.orderings import Ranking
from recommend.state.snapshot import Snapshot
from recommend.state.snapshot_store import SnapshotStore

MOST_WAITING = 64
MOST_RANKED = 2_000
REBUILD_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Compared:
    """Two models on one request: the share of the list that both have, Spearman's rank
    correlation over what the person may have, and the seconds that the shadow took.
    """

    overlap: float
    correlation: float
    seconds: float


class ShadowWatcher(Protocol):
    """What others want to know about the shadow; the service counts it."""

    def shadow_compared(self, overlap: float, correlation: float, seconds: float) -> None:
        """A request was ranked by the shadow too."""
        ...

    def shadow_skipped(self) -> None:
        """A request of the share was not compared: too many waited, or the catalogue changed."""
        ...


class Shadow:
    """A share of requests waits here, a few at most, to be compared one after another."""

    def __init__(
        self,
        snapshots: SnapshotStore,
        watcher: ShadowWatcher,
        clock: Clock = utc_now,
    ) -> None:
        self._snapshots = snapshots
        self._watcher = watcher
        self._clock = clock
        self._artefact: ModelArtefact | None = None
        self._snapshot: Snapshot | None = None
        self._built_at = float("-inf")
        self._share = self._turn = 0.0
        self._waiting: deque[tuple[str, RecommendationRequest]] = deque()
        self.totals = Totals()

    @property
    def artefact(self) -> ModelArtefact | None:
        """The model being compared, if any."""
        return self._artefact

    @property
    def version(self) -> str | None:
        """The version being compared, if any."""
        return self._artefact.version if self._artefact else None

    def use(self, artefact: ModelArtefact | None, share: float) -> None:
        """Compare another model, or none, for a share of requests (0 to 1), from now on."""
        if artefact is not self._artefact:
            self._snapshot, self._built_at = None, float("-inf")
            self._waiting.clear()
            self.totals = Totals()
        self._artefact, self._share = artefact, share

    def answered(self, request: RecommendationRequest) -> None:
        """Note a request that was answered; takes almost no time, and cannot fail."""
        if self._artefact is None or request.user_id is None:
            return
        self._turn += self._share
        if self._turn < 1.0:
            return
        self._turn -= 1.0
        if len(self._waiting) >= MOST_WAITING:
            self._skip()
        else:
            self._waiting.append((request.user_id, request))

    def forget_people(self, erased: Callable[[str], bool]) -> None:
        """Drop the requests of people who were erased."""
        self._waiting = deque(waiting for waiting in self._waiting if not erased(waiting[0]))

    async def work(self) -> None:
        """Compare the request that waits longest, if one does, in a thread of its own."""
        if not self._waiting:
            return
        user_id, request = self._waiting.popleft()
        live, artefact = self._snapshots.current, self._artefact
        if live is None or artefact is None:
            return
        shadow = await self._shadow(live, artefact)
        if shadow is None or artefact is not self._artefact:
            self._skip()
            return
        profile = await self._snapshots.profile(user_id)
        comparison = await asyncio.to_thread(
            compare, live, shadow, profile, request, self._clock().date()
        )
        if comparison is None or artefact is not self._artefact:
            self._skip()
            return
        self.totals.add(
            Totals(1, 0, comparison.overlap, comparison.correlation, comparison.seconds)
        )
        self._watcher.shadow_compared(
            comparison.overlap, comparison.correlation, comparison.seconds
        )

    async def _shadow(self, live: Snapshot, artefact: ModelArtefact) -> Snapshot | None:
        """Return the shadow's snapshot of this catalogue, rebuilt only now and then."""
        if self._snapshot is not None and self._snapshot.catalogue is live.catalogue:
            return self._snapshot.with_popularity_of(live)
        if time.monotonic() - self._built_at < REBUILD_PAUSE:
            return None
        self._built_at = time.monotonic()
        self._snapshot = await asyncio.to_thread(live.with_model, artefact)
        return self._snapshot

    def _skip(self) -> None:
        self.totals.skipped += 1
        self._watcher.shadow_skipped()


def compare(
    live: Snapshot, shadow: Snapshot, profile: Profile, request: RecommendationRequest, today: date
) -> Compared | None:
    """Return how two models of one catalogue rank for a person; None if they may have nothing,
    or want no personal list.
    """
    if not profile.personalisation:
        return None
    allowed = allowed_today(live, profile, request, today)
    scores = live.scorer.scores(profile)
    began = time.perf_counter()
    others = shadow.scorer.scores(profile)
    seconds = time.perf_counter() - began
    mine = _first(live, profile, allowed, request.first)
    theirs = _first(shadow, profile, allowed, request.first)
    if not mine:
        return None
    rows = at_even_steps(np.flatnonzero(allowed), MOST_RANKED)
    correlation = rank_correlation(scores[rows], others[rows])
    return Compared(len(set(mine) & set(theirs)) / len(mine), correlation, seconds)


def rank_correlation(a: FloatArray, b: FloatArray) -> float:
    """Return Spearman's rank correlation, -1 to 1; 0 if either has only ties."""
    first, second = average_ranks(a), average_ranks(b)
    first, second = first - first.mean(), second - second.mean()
    squares = float((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / np.sqrt(squares)) if squares > 0 else 0.0


def _first(snapshot: Snapshot, profile: Profile, allowed: Bools, count: int) -> list[int]:
    """Return the best rows as a list would show them: those already had after all others."""
    plain = RecommendationRequest(profile.user_id or None, count)
    order = ranked(snapshot, profile, allowed, _by_taste, plain, "", seen_last=True)
    return [row for row, _ in order.take(count)]


def _by_taste(snapshot: Snapshot, profile: Profile, more: FloatArray | None) -> Ranking:
    return snapshot.scorer.ranking(profile, more)
