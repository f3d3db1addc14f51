"""The only way drinks reach a person: past the masks in memory, then past the graph."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Protocol

import numpy as np

from embeddings.data.dataset import FloatArray
from events.impressions import Impression, ShownDrink
from graph.catalogue.entities import Drink
from graph.clock import Clock
from graph.experiments.exposures import Exposure
from graph.experiments.list_ids import list_id
from graph.people.profiles import Profile
from graph.verdicts.confirmed_gate import Gate
from graph.verdicts.gate import GateAnswer
from recommend.ranking.candidates import Candidates
from recommend.ranking.drawing import Draw, Drawn, is_drawn
from recommend.ranking.interleaving import TeamDraft, TeamRanking
from recommend.ranking.kept_orders import KeptCandidates, KeptOrders
from recommend.ranking.request import RecommendationRequest
from recommend.safety.masks import Bools
from recommend.state.basis import Basis
from recommend.state.orderings import Ranking
from recommend.state.snapshot import Snapshot
from recommend.state.snapshot_store import SnapshotStore
from recommend.state.taste import inferred_taste

ATTEMPTS = 4
NOBODY = Profile("")

Rank = Callable[[Snapshot, Profile, FloatArray | None], Ranking]


class LogImpressions(Protocol):
    """Takes each list as it was shown."""

    def __call__(
        self, shown: Impression, exposures: Sequence[Exposure], /, *, disagreed: bool
    ) -> None:
        """Take a list and its arms; `disagreed`: the gate dropped a drink that was to be in it."""
        ...


@dataclass(frozen=True, slots=True)
class RecommendationItem:
    """One drink that passed both checks, with what the graph said about it."""

    rank: int
    score: float
    drink: Drink
    safety: GateAnswer
    guests: tuple[GateAnswer, ...] = ()


@dataclass(frozen=True)
class RecommendationList:
    """Drinks for one person, best first, and the versions that they come from.

    `page` is which variant of the page should show them, if an experiment says so.
    """

    items: tuple[RecommendationItem, ...]
    model_version: str
    catalogue_version: int
    id: str
    declared: bool
    basis: Basis
    page: str | None = None


class Watcher(Protocol):
    """What others want to know about requests; the service counts it."""

    def disagreed(self, drink_id: str) -> None:
        """The masks passed a drink that the graph did not."""
        ...

    def repeated(self) -> None:
        """The memory was older than the graph, so the request starts again."""
        ...


class RecommendationPipeline:
    """Every path that returns drinks to a person ends in `recommend`."""

    def __init__(
        self,
        gate: Gate,
        snapshots: SnapshotStore,
        watcher: Watcher,
        clock: Clock,
        log_impressions: LogImpressions,
    ) -> None:
        """Offer past a gate; `log_impressions` gets each list as it was shown, and its arms."""
        self._gate = gate
        self._snapshots = snapshots
        self._watcher = watcher
        self._clock = clock
        self._log_impressions = log_impressions
        self._background: set[asyncio.Task[None]] = set()
        self._orders = KeptOrders()

    async def recommend(
        self,
        request: RecommendationRequest,
        rank: Rank,
        surface: str,
        *,
        seen_last: bool = False,
        kept: bool = False,
    ) -> RecommendationList:
        """Return up to `first` drinks in the order of `rank` that pass both checks.

        `surface` is what was asked for, by which impressions tell lists apart. An order may be
        `kept` if nothing else decides how `rank` ranks.

        If the graph turns out to be newer than the memory, the memory is refreshed and everything
        starts again. Raises a GraphError if the graph cannot be asked.
        """
        snapshot = (await self._snapshots.snapshot()).ranked_by(request.model)
        profile = await self.profile(request.user_id)
        items: list[RecommendationItem] = []
        seed = str(uuid.uuid4())
        safe, draws, disagreed = 0, dict[str, Draw](), False
        for attempt in range(ATTEMPTS):
            make = partial(self._ranked, snapshot, profile, rank, request, seed, seen_last)
            today = self._clock().date()
            candidates, safe = (
                self._orders.candidates(snapshot, profile, request, surface, today, make)
                if kept
                else make()
            )
            last = attempt == ATTEMPTS - 1
            items, stale, dropped = await self._gated(snapshot, profile, request, candidates, last)
            disagreed |= dropped
            if not stale and len(items) < request.first and not last:
                stale = await self._is_stale(snapshot, profile)
            draws = {
                item.drink.id: candidates.draw_of(snapshot.catalogue.row_of[item.drink.id])
                for item in items
            }
            if not stale:
                break
            self._watcher.repeated()
            snapshot = (await self._snapshots.refresh(snapshot)).ranked_by(request.model)
            profile = await self.profile(request.user_id, fresh=True)
        model = snapshot.scorer.ranks_by(profile)
        recommended = RecommendationList(
            items=tuple(items),
            model_version=model,
            catalogue_version=snapshot.catalogue.version,
            id=list_id(surface, model, seed),
            declared=profile.declared,
            basis=Basis(snapshot, profile),
            page=request.page,
        )
        # an arm is noted even of an empty list: else it would lose those it leaves without drinks
        if request.user_id and (items or request.exposures) and profile.remembering:
            shown = _impression(recommended, request, surface, safe, draws)
            self._log_impressions(shown, request.exposures, disagreed=disagreed)
        return recommended

    def allowed(
        self, snapshot: Snapshot, profile: Profile, request: RecommendationRequest
    ) -> Bools:
        """Return the drinks that the masks pass today and nobody excluded, bool [drinks]."""
        return allowed(snapshot, profile, request, self._clock().date())

    def _ranked(
        self,
        snapshot: Snapshot,
        profile: Profile,
        rank: Rank,
        request: RecommendationRequest,
        seed: str,
        seen_last: bool,
    ) -> tuple[Candidates, int]:
        """Return the allowed drinks in their order, and how many they are."""
        allowed = self.allowed(snapshot, profile, request)
        order = ranked(snapshot, profile, allowed, rank, request, seed, seen_last=seen_last)
        return order, int(allowed.sum())

    async def profile(self, user_id: str | None, *, fresh: bool = False) -> Profile:
        """Return a person's profile; an empty one if they are signed out."""
        return await self._snapshots.profile(user_id, fresh=fresh) if user_id else NOBODY

    async def _gated(
        self,
        snapshot: Snapshot,
        profile: Profile,
        request: RecommendationRequest,
        candidates: Candidates | KeptCandidates,
        last: bool,
    ) -> tuple[list[RecommendationItem], bool, bool]:
        """Return the drinks that the graph confirms, whether the memory was stale, and whether the
        graph refused a drink.
        """
        items: list[RecommendationItem] = []
        disagreed = False
        while len(items) < request.first:
            drawn = candidates.next(request.first - len(items))
            if not drawn:
                break
            drinks = [snapshot.catalogue.drinks[row] for row, _ in drawn]
            ids = [drink.id for drink in drinks]
            people = [profile.user_id or None, *request.guests]
            own, *theirs = await self._gate.ask(people, ids)
            stale = any(_is_newer(answer, snapshot, profile) for answer in own.values())
            if not last and (stale or _is_another(theirs, snapshot)):
                return [], True, disagreed
            for (_, score), drink in zip(drawn, drinks, strict=True):
                answers = [
                    answers_of[drink.id] for answers_of in (own, *theirs) if drink.id in answers_of
                ]
                if len(answers) <= len(request.guests) or not all(
                    answer.safe for answer in answers
                ):
                    self._disagreed(drink.id)
                    disagreed = True
                else:
                    place = len(items) + 1
                    items.append(
                        RecommendationItem(place, score, drink, answers[0], tuple(answers[1:]))
                    )
        return items, False, disagreed

    async def _is_stale(self, snapshot: Snapshot, profile: Profile) -> bool:
        """A short list may be short because the memory is stale: ask before saying so."""
        newest = await self._snapshots.refresh(snapshot)
        if newest.catalogue is not snapshot.catalogue:
            return True
        if not profile.user_id:
            return False
        fresh = await self._snapshots.profile(profile.user_id, fresh=True)
        return _declared(fresh) != _declared(profile)

    def _disagreed(self, drink_id: str) -> None:
        self._watcher.disagreed(drink_id)
        self._gate.distrust()
        task = asyncio.create_task(self._snapshots.reload())
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _is_newer(answer: GateAnswer, snapshot: Snapshot, profile: Profile) -> bool:
    return (
        answer.catalogue_version != snapshot.catalogue.version
        or answer.profile_version != profile.version
    )


def _is_another(answers: Sequence[dict[str, GateAnswer]], snapshot: Snapshot) -> bool:
    """Return whether the graph answered from another version of the catalogue."""
    version = snapshot.catalogue.version
    return any(
        answer.catalogue_version != version for by_drink in answers for answer in by_drink.values()
    )


def _declared(profile: Profile) -> tuple[object, ...]:
    return (profile.version, profile.limits, profile.unresolved)


def allowed(
    snapshot: Snapshot, profile: Profile, request: RecommendationRequest, today: date
) -> Bools:
    """Return the drinks that the masks pass on a day and nobody excluded, bool [drinks]."""
    passed = snapshot.view.allowed(profile, request.wanted, today).copy()
    for guest in request.guests:
        passed &= snapshot.view.masks.allowed(guest)
    unwanted = {*request.exclude, *inferred_taste(profile).disliked}
    passed[snapshot.catalogue.rows(list(unwanted))] = False
    return passed


def ranked(
    snapshot: Snapshot,
    profile: Profile,
    allowed: Bools,
    rank: Rank,
    request: RecommendationRequest,
    seed: str,
    *,
    seen_last: bool,
) -> Candidates:
    """Return the allowed drinks as a person should see them; the graph was not asked.

    What is drawn follows from the seed, or from that of the request.
    """
    seen = _had(snapshot, profile) if seen_last and profile.personalisation else None
    reranking = request.reranking
    ranking = rank(snapshot, profile, reranking.adjustment(snapshot))
    drawn = is_drawn(ranking)
    if request.teams and not drawn:
        return Candidates(_drafted(snapshot, profile, allowed, rank, request, seed), allowed, seen)
    ranking = reranking.order(snapshot, ranking)
    if request.exploration and not drawn:
        ranking = Drawn(ranking, request.exploration, snapshot, request.seed or seed)
    return Candidates(ranking, reranking.relevant(snapshot, profile, allowed), seen)


def _drafted(
    snapshot: Snapshot,
    profile: Profile,
    allowed: Bools,
    rank: Rank,
    request: RecommendationRequest,
    seed: str,
) -> TeamDraft:
    """Return the rankings of the teams, each by its own model and controls, as one."""
    teams: list[TeamRanking] = []
    for team in request.teams:
        own, reranking = snapshot.ranked_by(team.model), team.reranking
        ranking = reranking.order(own, rank(own, profile, reranking.adjustment(own)))
        relevant = reranking.relevant(own, profile, allowed)
        teams.append(TeamRanking(team.name, ranking, relevant))
    return TeamDraft(teams, request.seed or seed)


def _impression(
    recommended: RecommendationList,
    request: RecommendationRequest,
    surface: str,
    safe: int,
    draws: Mapping[str, Draw],
) -> Impression:
    """Return what is logged of a list: of drinks that are not in it, only how many are safe."""
    return Impression(
        recommendation_id=recommended.id,
        user_id=recommended.basis.profile.user_id,
        surface=surface,
        model=recommended.model_version,
        policy=request.policy,
        safe=safe,
        catalogue_version=recommended.catalogue_version,
        profile_version=recommended.basis.profile.version,
        drinks=[_shown(item, draws[item.drink.id]) for item in recommended.items],
        arms={exposure.experiment: exposure.arm for exposure in request.exposures},
    )


def _shown(item: RecommendationItem, draw: Draw) -> ShownDrink:
    place = draw.place or item.rank
    return ShownDrink(item.drink.id, place, draw.propensity, draw.under, draw.relevance, draw.team)


def _had(snapshot: Snapshot, profile: Profile) -> Bools:
    seen = np.zeros(len(snapshot.catalogue.drinks), dtype=bool)
    seen[snapshot.catalogue.rows(list(inferred_taste(profile).had))] = True
    return seen
