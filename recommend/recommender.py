"""Offering drinks: every path that returns drinks to a person ends in `Recommender._offer`."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

import numpy as np

from embeddings.dataset import FloatArray
from graph.catalogue import Drink
from graph.connection import Graph
from graph.people import Profile
from recommend.controls import NO_CONTROLS, Controls
from recommend.filters import NO_FILTER, DrinkFilter
from recommend.gate import GateAnswer, ask_declared_gate, ask_gate
from recommend.group import relevance, together
from recommend.keeper import Keeper
from recommend.masks import Bools
from recommend.ranking import ByScores, Ranking
from recommend.reasons import Basis
from recommend.snapshot import Snapshot
from recommend.taste import told

ATTEMPTS = 4
NOBODY = Profile("")

Lift = Callable[[Snapshot], FloatArray]
Rank = Callable[[Snapshot, Profile, FloatArray | None], Ranking]
Note = Callable[[str, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Offered:
    """One drink that passed both checks, with what the graph said of it."""

    rank: int
    score: float
    drink: Drink
    safety: GateAnswer
    guests: tuple[GateAnswer, ...] = ()


@dataclass(frozen=True)
class Offer:
    """Drinks for one person, best first, and the versions that they come from."""

    items: tuple[Offered, ...]
    model_version: str
    catalogue_version: int
    id: str
    declared: bool
    basis: Basis


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked in a recommendation that was answered."""

    user_id: str
    first: int
    wanted: DrinkFilter
    exclude: tuple[str, ...]


class Watcher(Protocol):
    """What the outside wants to know of requests; the service counts it."""

    def disagreed(self, drink_id: str) -> None:
        """The masks passed a drink that the graph did not."""
        ...

    def repeated(self) -> None:
        """The memory was older than the graph; the request starts again."""
        ...


def _note_nothing(user_id: str, drink_ids: Sequence[str]) -> None:
    """Remember nothing of what a person was offered."""


def _look_at_nothing(request: Answered) -> None:
    """Look at nothing of a request that was answered."""


class Recommender:
    """Recommendations, popular, similar and searched drinks, all through the same two checks."""

    def __init__(
        self,
        graph: Graph,
        keeper: Keeper,
        watcher: Watcher,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        note: Note = _note_nothing,
        answered: Callable[[Answered], None] = _look_at_nothing,
    ) -> None:
        self._graph = graph
        self._keeper = keeper
        self._watcher = watcher
        self._today = today
        self._note = note
        self._answered = answered
        self._background: set[asyncio.Task[None]] = set()

    @property
    def today(self) -> date:
        """The day for which drinks are offered."""
        return self._today()

    async def recommend(
        self,
        user_id: str,
        first: int,
        wanted: DrinkFilter = NO_FILTER,
        exclude: Sequence[str] = (),
        lift: Lift | None = None,
        controls: Controls = NO_CONTROLS,
    ) -> Offer:
        """Return the drinks that suit this person best; those they had come after new ones."""

        def rank(snapshot: Snapshot, profile: Profile, more: FloatArray | None) -> Ranking:
            return snapshot.ranking(profile, _sum(lift(snapshot) if lift else None, more))

        offer = await self._offer(
            user_id, first, wanted, exclude, rank, seen_last=True, controls=controls
        )
        self._answered(Answered(user_id, first, wanted, tuple(exclude)))
        return offer

    async def popular(
        self,
        user_id: str | None,
        first: int,
        wanted: DrinkFilter = NO_FILTER,
        controls: Controls = NO_CONTROLS,
    ) -> Offer:
        """Return the drinks that most people bought, saved or liked."""

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            return snapshot.by_popularity(more)

        return await self._offer(user_id, first, wanted, (), rank, controls=controls)

    async def similar(
        self,
        user_id: str | None,
        drink_id: str,
        first: int,
        wanted: DrinkFilter = NO_FILTER,
        controls: Controls = NO_CONTROLS,
    ) -> Offer:
        """Return the drinks most like one; none if the catalogue does not have that one."""

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            row = snapshot.catalogue.row_of.get(drink_id)
            return snapshot.likeness(row, more) if row is not None else _nothing(snapshot)

        return await self._offer(user_id, first, wanted, (drink_id,), rank, controls=controls)

    async def browse(
        self,
        user_id: str | None,
        first: int,
        after: str | None,
        wanted: DrinkFilter = NO_FILTER,
        beyond: tuple[str, str] | None = None,
    ) -> Offer:
        """Return drinks by name: after the drink with an id, or beyond a name and id."""

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            places = snapshot.places_by_name()
            row = snapshot.catalogue.row_of.get(after) if after else None
            begun = row is not None and places <= places[row]
            if beyond:
                begun = places < snapshot.count_up_to(*beyond)
            return ByScores(np.where(begun, np.float32(-np.inf), -places))

        return await self._offer(user_id, first, wanted, (), rank)

    async def recommend_group(
        self,
        user_id: str | None,
        guests: Sequence[Profile],
        first: int,
        wanted: DrinkFilter = NO_FILTER,
        exclude: Sequence[str] = (),
        controls: Controls = NO_CONTROLS,
    ) -> Offer:
        """Return drinks that are safe for each of several people, fair to all of them.

        `guests` are people whom the graph does not know, by what they declare. Raises ValueError
        for nobody, and for a guest who declared nothing: what is not known is not safe.
        """
        if not guests and not user_id:
            raise ValueError("a group of nobody")
        if not all(one.declared for one in guests):
            raise ValueError("a guest has not declared allergies")

        def rank(snapshot: Snapshot, profile: Profile, more: FloatArray | None) -> Ranking:
            worth = together(relevance(snapshot, [profile, *guests] if user_id else guests))
            return ByScores(worth if more is None else worth + more)

        return await self._offer(
            user_id, first, wanted, exclude, rank, controls=controls, guests=guests
        )

    async def pair(
        self,
        user_id: str | None,
        tastes: Sequence[str],
        first: int,
        wanted: DrinkFilter = NO_FILTER,
        exclude: Sequence[str] = (),
    ) -> Offer:
        """Return the drinks that share most with these flavors; none that share nothing."""

        def rank(snapshot: Snapshot, _: Profile, more: FloatArray | None) -> Ranking:
            return ByScores(snapshot.flavor_index.alike(tastes))

        return await self._offer(user_id, first, wanted, exclude, rank)

    async def in_order(
        self,
        user_id: str,
        first: int,
        wanted: DrinkFilter,
        exclude: Sequence[str],
        rank: Rank,
    ) -> Offer:
        """Return drinks in an order of the caller's, by both checks; none is moved."""
        return await self._offer(user_id, first, wanted, exclude, rank)

    def best(
        self,
        snapshot: Snapshot,
        profile: Profile,
        ranking: Ranking,
        wanted: DrinkFilter,
        exclude: Sequence[str],
        most: int,
    ) -> list[tuple[int, float]]:
        """Return the best rows that the masks pass, with scores, those already had last.

        The graph was not asked: to be shown, they must pass `in_order`.
        """
        allowed = self._allowed(snapshot, profile, wanted, exclude)
        seen = _seen(snapshot, profile) if profile.personalisation else None
        candidates = Candidates(ranking, allowed, seen)
        found: list[tuple[int, float]] = []
        while len(found) < most and (more := candidates.next(most - len(found))):
            found += more
        return found

    async def passes_any(
        self, user_id: str, wanted: DrinkFilter, exclude: Sequence[str], drink_ids: Sequence[str]
    ) -> bool:
        """Return whether the masks pass any of these drinks; the graph was not asked."""
        snapshot, profile = await self._keeper.snapshot(), await self._keeper.profile(user_id)
        allowed = self._allowed(snapshot, profile, wanted, exclude)
        return bool(allowed[snapshot.catalogue.rows(list(drink_ids))].any())

    async def passes_beyond(
        self, user_id: str | None, wanted: DrinkFilter, name: str, id_: str
    ) -> bool:
        """Return whether the masks pass any drink that comes by name after this name and id."""
        snapshot = await self._keeper.snapshot()
        profile = await self._keeper.profile(user_id) if user_id else NOBODY
        later = snapshot.places_by_name() >= snapshot.count_up_to(name, id_)
        return bool((self._allowed(snapshot, profile, wanted, ()) & later).any())

    async def check(self, user_id: str | None, drink_id: str) -> GateAnswer | None:
        """Return what the graph says of one drink for one person; None if it has no such drink."""
        return (await ask_gate(self._graph, user_id, [drink_id])).get(drink_id)

    async def _offer(
        self,
        user_id: str | None,
        first: int,
        wanted: DrinkFilter,
        exclude: Sequence[str],
        rank: Rank,
        *,
        seen_last: bool = False,
        controls: Controls = NO_CONTROLS,
        guests: Sequence[Profile] = (),
    ) -> Offer:
        snapshot = await self._keeper.snapshot()
        profile = await self._keeper.profile(user_id) if user_id else NOBODY
        items: list[Offered] = []
        for attempt in range(ATTEMPTS):
            ranking = rank(snapshot, profile, controls.lift(snapshot))
            allowed = self._allowed(snapshot, profile, wanted, exclude, guests)
            candidates = Candidates(
                controls.order(snapshot, ranking),
                controls.relevant(snapshot, profile, allowed),
                _seen(snapshot, profile) if seen_last and profile.personalisation else None,
            )
            last = attempt == ATTEMPTS - 1
            items, stale = await self._gated(snapshot, profile, guests, candidates, first, last)
            if not stale and len(items) < first and not last:
                stale = await self._is_stale(snapshot, profile)
            if not stale:
                break
            self._watcher.repeated()
            snapshot = await self._keeper.refresh(snapshot)
            if user_id:
                profile = await self._keeper.profile(user_id, fresh=True)
        if user_id and items and profile.remembering:
            self._note(user_id, [one.drink.id for one in items])
        return Offer(
            items=tuple(items),
            model_version=snapshot.ranks_by(profile),
            catalogue_version=snapshot.catalogue.version,
            id=str(uuid.uuid4()),
            declared=profile.declared,
            basis=Basis(snapshot, profile),
        )

    def _allowed(
        self,
        snapshot: Snapshot,
        profile: Profile,
        wanted: DrinkFilter,
        exclude: Iterable[str],
        guests: Sequence[Profile] = (),
    ) -> Bools:
        allowed = snapshot.allowed(profile, wanted, self._today()).copy()
        for guest in guests:
            allowed &= snapshot.masks.allowed(guest)
        unwanted = {*exclude, *told(profile).disliked}
        allowed[snapshot.catalogue.rows(list(unwanted))] = False
        return allowed

    async def _gated(
        self,
        snapshot: Snapshot,
        profile: Profile,
        guests: Sequence[Profile],
        candidates: Candidates,
        first: int,
        last: bool,
    ) -> tuple[list[Offered], bool]:
        """Return the drinks that the graph confirms too, and whether the memory was found old."""
        items: list[Offered] = []
        while len(items) < first:
            found = candidates.next(first - len(items))
            if not found:
                break
            drinks = [snapshot.catalogue.drinks[row] for row, _ in found]
            ids = [drink.id for drink in drinks]
            own, *theirs = await self._judged(profile, guests, ids)
            stale = any(_is_newer(one, snapshot, profile) for one in own.values())
            if not last and (stale or _is_another(theirs, snapshot)):
                return [], True
            for (_, score), drink in zip(found, drinks, strict=True):
                answers = [one[drink.id] for one in (own, *theirs) if drink.id in one]
                if len(answers) <= len(guests) or not all(one.safe for one in answers):
                    self._disagreed(drink.id)
                else:
                    place = len(items) + 1
                    items.append(Offered(place, score, drink, answers[0], tuple(answers[1:])))
        return items, False

    async def _judged(
        self, profile: Profile, guests: Sequence[Profile], ids: Sequence[str]
    ) -> list[dict[str, GateAnswer]]:
        """Return what the graph says of drinks for the person, and for each guest."""
        own = await ask_gate(self._graph, profile.user_id or None, ids)
        return [own, *await ask_declared_gate(self._graph, guests, ids)]

    async def _is_stale(self, snapshot: Snapshot, profile: Profile) -> bool:
        """A short list may be short because the memory is old: ask before saying so."""
        newest = await self._keeper.refresh(snapshot)
        if newest is not snapshot:
            return True
        if not profile.user_id:
            return False
        fresh = await self._keeper.profile(profile.user_id, fresh=True)
        return _declared(fresh) != _declared(profile)

    def _disagreed(self, drink_id: str) -> None:
        self._watcher.disagreed(drink_id)
        task = asyncio.create_task(self._keeper.reload())
        self._background.add(task)
        task.add_done_callback(self._background.discard)


class Candidates:
    """Allowed rows as they are ranked, those already had last, taken bit by bit."""

    def __init__(self, ranking: Ranking, allowed: Bools, seen: Bools | None) -> None:
        self._ranking = ranking
        fresh = allowed if seen is None else allowed & ~seen
        self._groups = [fresh] if seen is None else [fresh, allowed & seen]

    def next(self, count: int) -> list[tuple[int, float]]:
        """Return up to `count` further rows with their scores, each once."""
        for group in self._groups:
            rows, scores = self._ranking.best(group, count)
            if rows.size:
                group[rows] = False
                return list(zip(rows.tolist(), scores.tolist(), strict=True))
        return []


def _is_newer(answer: GateAnswer, snapshot: Snapshot, profile: Profile) -> bool:
    return (
        answer.catalogue_version != snapshot.catalogue.version
        or answer.profile_version != profile.version
    )


def _is_another(answers: Sequence[dict[str, GateAnswer]], snapshot: Snapshot) -> bool:
    """Return whether the graph answered from another version of the catalogue."""
    version = snapshot.catalogue.version
    return any(one.catalogue_version != version for found in answers for one in found.values())


def _declared(profile: Profile) -> tuple[object, ...]:
    return (
        profile.version,
        profile.allergies,
        profile.avoids,
        profile.diets,
        profile.max_abv,
        profile.max_caffeine,
        profile.unresolved,
    )


def _seen(snapshot: Snapshot, profile: Profile) -> Bools:
    seen = np.zeros(len(snapshot.catalogue.drinks), dtype=bool)
    seen[snapshot.catalogue.rows(list(told(profile).had))] = True
    return seen


def _sum(one: FloatArray | None, other: FloatArray | None) -> FloatArray | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _nothing(snapshot: Snapshot) -> Ranking:
    return ByScores(np.full(len(snapshot.catalogue.drinks), -np.inf, dtype=np.float32))
