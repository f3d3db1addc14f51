"""A person's list as it changes: made again when something happened, and given if it differs.

What can have happened is news by versions: the person did or declared something, the catalogue was
changed, another model ranks. A list is made as any other is, past both safety checks. Once a minute
the drinks that were given are put to the gate again, for what somebody wrote without advancing a
version.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from graph.cancellation import uninterrupted
from graph.connection import Graph
from graph.errors import GraphError
from graph.verdicts.gate import GateAnswer, ask_gate
from recommend.ranking.pipeline import RecommendationList
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest
from recommend.watching.versions import PAUSE, VersionWatch, Watched

AT_ONCE = 4
LEAST_SECONDS_BETWEEN = 0.5
REGULAR_LOOK = 60.0

log = logging.getLogger("tastegraph.watching")

Ask = Callable[[], Awaitable[RecommendationRequest]]
"""Returns the request of a person, as it is now: what it names may have changed since."""


class ListWatcher(Protocol):
    """What others want to know; the service counts it."""

    def list_changed(self) -> None:
        """A list was given to a subscriber."""
        ...


@dataclass(frozen=True)
class ListAway:
    """The graph does not answer: what was given last is no longer known to be safe."""


@dataclass(frozen=True)
class ListNow:
    """A list, and what it was made for."""

    request: RecommendationRequest
    recommended: RecommendationList

    def differs(self, other: ListNow) -> bool:
        """Whether a person would see another list: its drinks, their order, or what is said of
        their safety.
        """
        return self._seen() != other._seen()

    def made_of(self, watched: Watched) -> bool:
        """Whether it was made of the versions that were read last."""
        recommended = self.recommended
        snapshot, profile = recommended.basis.snapshot, recommended.basis.profile
        return (watched.versions, watched.model) == (
            (recommended.catalogue_version, profile.version),
            snapshot.scorer.model_version,
        )

    def _seen(self) -> tuple[object, ...]:
        recommended = self.recommended
        verdicts = [_verdict(item.safety) for item in recommended.items]
        return (recommended.declared, recommended.basis.profile.unresolved, verdicts)


class ListWatch:
    """Gives subscribers their lists, whenever these change."""

    def __init__(
        self, graph: Graph, versions: VersionWatch, recommender: Recommender, watcher: ListWatcher
    ) -> None:
        self._graph = graph
        self._versions = versions
        self._recommender = recommender
        self._watcher = watcher
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def follow(self, user_id: str, ask: Ask) -> AsyncGenerator[ListNow | ListAway]:
        """Yield a person's list: as it is now, then each time it differs, at most twice a second.

        `ListAway` comes once when the graph is away, and a list when it is back. Raises
        TooManySubscriptions, and what `ask` raises.
        """
        with self._versions.watching(user_id) as watched:
            given: ListNow | ListAway | None = None
            news = True
            while True:
                newest = await self._newest(watched, given, ask, news=news)
                if _is_news(newest, given):
                    if isinstance(newest, ListNow):
                        self._watcher.list_changed()
                    given_at = time.monotonic()
                    yield newest
                    await asyncio.sleep(given_at + LEAST_SECONDS_BETWEEN - time.monotonic())
                given = newest
                news = await watched.wait(PAUSE if isinstance(given, ListAway) else REGULAR_LOOK)

    async def _newest(
        self, watched: Watched, given: ListNow | ListAway | None, ask: Ask, *, news: bool
    ) -> ListNow | ListAway:
        """Return what was given if it still holds, or the list of now."""
        if watched.away:
            return ListAway()
        try:
            async with self._turns:
                if not isinstance(given, ListNow) or not given.made_of(watched):
                    return await uninterrupted(self._made(ask))
                return given if news else await uninterrupted(self._checked(given, ask))
        except GraphError as error:
            log.warning("cannot make a subscriber's list: %s", error)
            return ListAway()

    async def _checked(self, given: ListNow, ask: Ask) -> ListNow:
        items = given.recommended.items
        drink_ids = [item.drink.id for item in items]
        answers = await ask_gate(self._graph, given.request.user_id, drink_ids)
        before = [_verdict(item.safety) for item in items]
        now = [_verdict(answers[id_]) for id_ in drink_ids if id_ in answers]
        return given if now == before else await self._made(ask)

    async def _made(self, ask: Ask) -> ListNow:
        request = await ask()
        return ListNow(request, await self._recommender.recommend(request))


def _is_news(newest: ListNow | ListAway, given: ListNow | ListAway | None) -> bool:
    if isinstance(newest, ListNow) and isinstance(given, ListNow):
        return newest.differs(given)
    return newest != given


def _verdict(answer: GateAnswer) -> tuple[object, ...]:
    """Return what the gate says about a drink, without how recent the graph was."""
    return (
        answer.drink_id,
        answer.status,
        answer.verdicts,
        answer.avoided,
        answer.unsuited_diets,
        answer.known,
    )
