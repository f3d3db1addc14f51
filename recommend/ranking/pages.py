"""Pages of one recommendation list: the order stays as first shown, safety is as of now.

A list is identified by a digest: for whom, for what, by which model, which drinks in which
order. Each page is checked like any other answer, by the masks and by the graph, with the profile
and the catalogue as they are then: what is no longer safe or wanted is left out, and what
remains keeps its place. Lists stay in the memory of a process for a while. A process that does not
have a list ranks it again; if that gives another digest, the list is gone, and the reader starts
again: nobody is shown the middle of a list whose beginning they never saw.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from embeddings.data.dataset import FloatArray
from graph.lru_cache import LruCache
from graph.people.profiles import Profile
from recommend.ranking.drawing import AsDrawn, Draw
from recommend.ranking.pipeline import RecommendationItem, RecommendationList
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest
from recommend.state.orderings import Ranking
from recommend.state.snapshot import Snapshot

MOST_LISTED = 1_000
DRINKS_KEPT = 200_000
"""In all lists together: some 60 bytes each, 300 more of the first that were drawn."""
KEPT_SECONDS = 1_800.0
DIGEST_BYTES = 16


@dataclass(frozen=True)
class ShownList:
    """A list as it was first shown, best first."""

    digest: bytes
    drink_ids: tuple[str, ...]
    scores: tuple[float, ...]
    draws: tuple[Draw, ...]
    model_version: str


@dataclass(frozen=True, slots=True)
class ListCursor:
    """A place in a list: the digest of the list, and a rank in it, from 1."""

    digest: bytes
    rank: int


@dataclass(frozen=True)
class Page:
    """Drinks of a list; `offer.items` have the ranks and scores that they have in the list.

    `more`: the masks pass a drink after them; the graph may yet say otherwise.
    """

    listed: ShownList
    recommended: RecommendationList
    more: bool


class ListGone(Exception):
    """The list is not in memory, and ranking it now gives another."""


class Pages:
    """Recently shown lists, and their pages."""

    def __init__(
        self, recommender: Recommender, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._recommender = recommender
        self._clock = clock
        self._kept: LruCache[bytes, tuple[ShownList, float, str]] = LruCache(DRINKS_KEPT)

    def forget_people(self, erased: Callable[[str], bool]) -> None:
        """Drop the lists of people who were erased."""
        self._kept.drop(lambda _, listed: erased(listed[2]))

    async def page(
        self, user_id: str, request: RecommendationRequest, after: ListCursor | None
    ) -> Page:
        """Return up to `first` drinks after a place, or from the beginning.

        Raises ListGone if the list is no longer available, and a GraphError.
        """
        request = await self._recommender.planned(request)
        kept = self._find(after.digest, user_id) if after else None
        made: list[ShownList] = []

        def rank(snapshot: Snapshot, profile: Profile, _: FloatArray | None) -> Ranking:
            listed = kept or self._made(snapshot, profile, request)
            made.append(listed)
            if after and listed.digest != after.digest:
                # nothing; perhaps the memory is stale: then try once more
                return AsDrawn(np.array([], dtype=np.int64), {})
            return _from(snapshot, listed, after.rank if after else 0)

        recommended = await self._recommender.in_order(request, rank)
        listed = made[-1]
        if after and listed.digest != after.digest:
            raise ListGone
        self._keep(listed, user_id)
        items = _as_listed(recommended.items, listed)
        more = len(items) == request.first and await self._recommender.passes_any(
            request, listed.drink_ids[items[-1].rank :]
        )
        return Page(listed, replace(recommended, items=items), more)

    def _made(
        self, snapshot: Snapshot, profile: Profile, request: RecommendationRequest
    ) -> ShownList:
        whole = replace(request, first=MOST_LISTED)
        # another process that has not this list draws the same
        seed = request.seed or f"{self._recommender.today} {_digest(request.question()).hex()}"
        best = self._recommender.best(snapshot, profile, whole, seed)
        ids = tuple(snapshot.catalogue.drinks[row].id for row, _, _ in best)
        return ShownList(
            digest=_digest(request.question(), snapshot.scorer.ranks_by(profile), *ids),
            drink_ids=ids,
            scores=tuple(score for _, score, _ in best),
            draws=tuple(
                replace(draw, place=place) for place, (_, _, draw) in enumerate(best, start=1)
            ),
            model_version=snapshot.scorer.ranks_by(profile),
        )

    def _find(self, digest: bytes, user_id: str) -> ShownList | None:
        """Return a list of this person: nobody else's, whatever a cursor says."""
        listed, until, owner = self._kept.get(digest) or (None, 0.0, "")
        return listed if owner == user_id and self._clock() < until else None

    def _keep(self, listed: ShownList, user_id: str) -> None:
        until = self._clock() + KEPT_SECONDS
        self._kept.put(listed.digest, (listed, until, user_id), 1 + len(listed.drink_ids))


def question_digest(request: RecommendationRequest) -> bytes:
    """Return a digest of who asks for what."""
    return _digest(request.question())


def _as_listed(
    items: Sequence[RecommendationItem], listed: ShownList
) -> tuple[RecommendationItem, ...]:
    """Return the items with the ranks and scores that they have in their list."""
    place_of = {drink_id: place for place, drink_id in enumerate(listed.drink_ids)}
    places = [place_of[item.drink.id] for item in items]
    return tuple(
        replace(item, rank=place + 1, score=listed.scores[place])
        for item, place in zip(items, places, strict=True)
    )


def _from(snapshot: Snapshot, listed: ShownList, rank: int) -> Ranking:
    """Return the rest of a list; what the catalogue no longer has is left out."""
    row_of = snapshot.catalogue.row_of
    rest = zip(listed.drink_ids[rank:], listed.draws[rank:], strict=True)
    draws = {row_of[drink_id]: draw for drink_id, draw in rest if drink_id in row_of}
    return AsDrawn(np.array(list(draws), dtype=np.int64), draws)


def _digest(question: bytes, *texts: str) -> bytes:
    digest = blake2b(digest_size=DIGEST_BYTES)
    for raw in (question, *(text.encode() for text in texts)):
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.digest()
