"""The operations: each is an order of drinks, which the pipeline checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np

from embeddings.data.dataset import FloatArray
from events.impressions import Impression
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.experiments.exposures import Exposure
from graph.people.profiles import Profile
from graph.verdicts.confirmed_gate import Gate
from graph.verdicts.gate import GateAnswer, Person
from graph.verdicts.gate_batches import GateBatches
from recommend.context.trends import Trends
from recommend.ranking.drawing import Draw
from recommend.ranking.group_aggregation import relevance, together
from recommend.ranking.pipeline import (
    LogImpressions,
    Rank,
    RecommendationList,
    RecommendationPipeline,
    Watcher,
    ranked,
)
from recommend.ranking.policy import AsAsked, Policy
from recommend.ranking.request import Adjustment, RecommendationRequest
from recommend.ranking.reranking import NO_RERANKING
from recommend.state.filters import DrinkFilter
from recommend.state.orderings import ByScores, Ranking
from recommend.state.snapshot import Snapshot
from recommend.state.snapshot_store import SnapshotStore

RECOMMENDATIONS = "recommendations"


class NameCursor(NamedTuple):
    """The place of a drink in a list by name: the level is how well it fitted the search."""

    name: str
    id: str
    level: int = 0


def _note_nothing(shown: Impression, exposures: Sequence[Exposure], /, *, disagreed: bool) -> None:
    """Do not record what a person was offered."""


def _look_at_nothing(request: RecommendationRequest) -> None:
    """Ignore a request that was answered."""


class Recommender:
    """Recommendations, popular, similar and searched drinks, all through the same two checks."""

    def __init__(
        self,
        graph: Graph,
        snapshots: SnapshotStore,
        watcher: Watcher,
        clock: Clock = utc_now,
        note: LogImpressions = _note_nothing,
        answered: Callable[[RecommendationRequest], None] = _look_at_nothing,
        policy: Policy | None = None,
        gate: Gate | None = None,
    ) -> None:
        """Recommend from a graph; by itself, its gate is asked about each drink of a list."""
        self._snapshots = snapshots
        self._clock = clock
        self._answered = answered
        self._policy: Policy = policy or AsAsked()
        self._gate = gate or GateBatches(graph)
        self._pipeline = RecommendationPipeline(self._gate, snapshots, watcher, clock, note)

    @property
    def today(self) -> date:
        """The day for which drinks are offered."""
        return self._clock().date()

    async def recommend(self, request: RecommendationRequest) -> RecommendationList:
        """Return the drinks that suit this person best; those they had come after new ones."""
        request = await self.planned(request)
        recommended = await self._pipeline.recommend(
            request, _suiting(request.adjustment), RECOMMENDATIONS, seen_last=True, kept=True
        )
        self._answered(request)
        return recommended

    async def planned(self, request: RecommendationRequest) -> RecommendationRequest:
        """Return the request with what the policy says of its ranking. Raises a GraphError."""
        profile = await self._pipeline.profile(request.user_id)
        return (await self._policy.plan(request, profile)).applied(request)

    async def popular(self, request: RecommendationRequest) -> RecommendationList:
        """Return the drinks that most people bought, saved or liked."""

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            return snapshot.scorer.by_popularity(more)

        return await self._pipeline.recommend(request, rank, "popular", kept=True)

    async def trending(
        self, request: RecommendationRequest, trends: Trends, place: str
    ) -> RecommendationList:
        """Return the drinks that more people than usual want at a place now; none that are not."""

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            scores = trends.scores(snapshot, place)
            return ByScores(scores if more is None else scores + more)

        return await self._pipeline.recommend(request, rank, "trending")

    async def similar(self, request: RecommendationRequest, drink_id: str) -> RecommendationList:
        """Return the drinks most like one; none if the catalogue does not have that one."""

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            row = snapshot.catalogue.row_of.get(drink_id)
            return snapshot.scorer.likeness(row, more) if row is not None else _nothing(snapshot)

        others = replace(request, exclude=(*request.exclude, drink_id))
        return await self._pipeline.recommend(others, rank, "similar")

    async def near(self, request: RecommendationRequest, kind: str, id_: str) -> RecommendationList:
        """Return the drinks nearest to a flavor, ingredient, style or producer.

        There are none if the model knows nothing of it.
        """

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            return snapshot.scorer.nearness(kind, id_, more) or _nothing(snapshot)

        return await self._pipeline.recommend(request, rank, "near")

    async def browse(
        self,
        request: RecommendationRequest,
        after: str | None = None,
        beyond: NameCursor | None = None,
    ) -> RecommendationList:
        """Return drinks by name, or as a search lists them: after one with an id, or beyond one."""
        search = request.wanted.search

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            places = snapshot.view.places(search)
            row = snapshot.catalogue.row_of.get(after) if after else None
            begun = row is not None and places <= places[row]
            if beyond:
                begun = places < snapshot.view.place_after(search, *beyond)
            return ByScores(np.where(begun, np.float32(-np.inf), -places))

        return await self._pipeline.recommend(request, rank, "browse")

    async def recommend_group(self, request: RecommendationRequest) -> RecommendationList:
        """Return drinks that are safe for the person and each of the guests, fair to all of them.

        Raises ValueError if there is nobody, and for a guest who declared nothing: unknown is
        not safe.
        """
        guests = request.guests
        if not guests and not request.user_id:
            raise ValueError("a group of nobody")
        if not all(guest.declared for guest in guests):
            raise ValueError("a guest has not declared allergies")

        def rank(snapshot: Snapshot, profile: Profile, more: FloatArray | None) -> Ranking:
            people = [profile, *guests] if request.user_id else guests
            worth = together(relevance(snapshot, people))
            return ByScores(worth if more is None else worth + more)

        return await self._pipeline.recommend(request, rank, "group")

    async def pair(
        self, request: RecommendationRequest, tastes: Sequence[str]
    ) -> RecommendationList:
        """Return the drinks that share most with these flavors; none that share nothing."""

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            return ByScores(snapshot.view.flavors.alike(tastes))

        return await self._pipeline.recommend(request, rank, "pairing")

    async def in_order(
        self, request: RecommendationRequest, rank: Rank, surface: str = RECOMMENDATIONS
    ) -> RecommendationList:
        """Return drinks in the caller's order, checked twice; none is moved."""
        as_given = replace(request, reranking=NO_RERANKING)
        return await self._pipeline.recommend(as_given, rank, surface)

    def best(
        self, snapshot: Snapshot, profile: Profile, request: RecommendationRequest, seed: str
    ) -> list[tuple[int, float, Draw]]:
        """Return the rows and scores that `recommend` would begin with, and how they were drawn.

        The masks pass them, and the graph was not asked: before they are shown, they must pass
        `in_order`.
        """
        allowed = self._pipeline.allowed(snapshot, profile, request)
        rank = _suiting(request.adjustment)
        candidates = ranked(snapshot, profile, allowed, rank, request, seed, seen_last=True)
        best = candidates.take(request.first)
        return [(row, score, candidates.draw_of(row)) for row, score in best]

    async def passes_any(self, request: RecommendationRequest, drink_ids: Sequence[str]) -> bool:
        """Return whether the masks pass any of these drinks; the graph was not asked."""
        snapshot = await self._snapshots.snapshot()
        profile = await self._pipeline.profile(request.user_id)
        allowed = self._pipeline.allowed(snapshot, profile, request)
        return bool(allowed[snapshot.catalogue.rows(list(drink_ids))].any())

    async def passes_beyond(self, request: RecommendationRequest, last: NameCursor) -> bool:
        """Return whether the masks pass any drink listed after this one."""
        snapshot, search = await self._snapshots.snapshot(), request.wanted.search
        later = snapshot.view.places(search) >= snapshot.view.place_after(search, *last)
        profile = await self._pipeline.profile(request.user_id)
        return bool((self._pipeline.allowed(snapshot, profile, request) & later).any())

    async def ask_gate(
        self, people: Sequence[Person], drink_ids: Sequence[str]
    ) -> list[dict[str, GateAnswer]]:
        """Return what the second check says of drinks by id, for each person. Raises a GraphError.

        A drink that the graph does not have is missing.
        """
        return await self._gate.ask(people, drink_ids)


def name_cursors(recommended: RecommendationList, wanted: DrinkFilter) -> list[NameCursor]:
    """Return where the listed drinks are in a list by name."""
    snapshot = recommended.basis.snapshot
    levels = snapshot.view.levels(wanted.search)
    rows = snapshot.catalogue.rows([item.drink.id for item in recommended.items])
    return [
        NameCursor(item.drink.name, item.drink.id, int(levels[row]))
        for item, row in zip(recommended.items, rows, strict=True)
    ]


def _suiting(adjustment: Adjustment | None) -> Rank:
    def rank(snapshot: Snapshot, profile: Profile, more: FloatArray | None) -> Ranking:
        adjusted = adjustment(snapshot) if adjustment else None
        given = [scores for scores in (adjusted, more) if scores is not None]
        return snapshot.scorer.ranking(profile, np.sum(given, axis=0) if given else None)

    return rank


def _nothing(snapshot: Snapshot) -> Ranking:
    return ByScores(np.full(len(snapshot.catalogue.drinks), -np.inf, dtype=np.float32))
