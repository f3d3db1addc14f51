"""Remembering what each person was recommended: noted in a request, written beside it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from events.embedded_log import EmbeddedLog
from events.impressions import Impression
from events.log import Log
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.experiments.exposures import Exposure
from graph.people.privacy import erasure_id
from graph.people.recommended import (
    forget_recommended,
    recently_shown,
    remember_recommended,
)
from recommend.tracking.arm_lists import ArmLists
from recommend.tracking.exposures import ExposureLog
from recommend.tracking.shown_lists import ShownLists

AGAIN_AFTER = 6 * 3600.0
MOST_WAITING = 50_000
MOST_WRITTEN = 100_000
ROWS_AT_ONCE = 1_000
FORGOTTEN_AT_ONCE = 10_000
FORGETTING_SECONDS = 60.0
DAY_SECONDS = 24 * 3600.0
SHOWN_DAYS = 14

Pair = tuple[str, str]


class ImpressionWatcher(Protocol):
    """What others want to know; the service counts it."""

    def impressions_lost(self, count: int) -> None:
        """Some recommendations will not be remembered: too many waited for the graph."""
        ...


@dataclass(frozen=True)
class Shown:
    """When drinks were last offered to a person, and the time now; milliseconds since 1970."""

    now: float
    at: Mapping[str, float]


class ImpressionLog:
    """Pairs of a person and a drink, each with when it was last offered, in seconds since 1970.

    The pairs go into the graph, and each list as it was shown into the log of events, if there is
    one; `kept` is the log of this home.

    Noting takes almost no time and cannot fail. `flush` writes what waits; while the graph is
    away it all waits, up to `MOST_WAITING` pairs, then the oldest are lost and counted. A pair that
    was written in the last six hours is not written again. With `days` 0 nothing is remembered.
    """

    def __init__(
        self,
        graph: Graph,
        watcher: ImpressionWatcher,
        days: float,
        clock: Clock = utc_now,
        log: Log | None = None,
        kept: EmbeddedLog | None = None,
    ) -> None:
        self._graph = graph
        self._watcher = watcher
        self._days = days
        self._clock = clock
        self._waiting: OrderedDict[Pair, float] = OrderedDict()
        self._written: OrderedDict[Pair, float] = OrderedDict()
        self._exposures = ExposureLog(graph)
        self._arm_lists = ArmLists(graph)
        self._lists = ShownLists(graph, log, kept)

    @property
    def days(self) -> float:
        """How many days a recommendation is remembered; 0: not at all."""
        return self._days

    def note(
        self, shown: Impression, exposures: Sequence[Exposure] = (), *, disagreed: bool = False
    ) -> None:
        """Remember, with the next flush, that a person was shown a list.

        `exposures` are the arms of experiments by which it was ranked. A list without drinks is
        noted for them alone. `disagreed`: the gate dropped a drink of it; that is only counted.
        """
        if self._days <= 0:
            return
        user_id, now = shown.user_id, self._clock().timestamp()
        at = int(now * 1000)
        self._arm_lists.note(exposures, at, disagreed=disagreed)
        lost = self._exposures.note(user_id, exposures, at)
        lost += self._lists.note(replace(shown, at=at))
        for drink in shown.drinks:
            pair = (user_id, drink.drink_id)
            if now - self._written.get(pair, 0.0) >= AGAIN_AFTER:
                self._waiting.setdefault(pair, now)
        self._count_lost(lost)
        self._lose(len(self._waiting) - MOST_WAITING)

    def waiting(self, user_id: str) -> Mapping[str, int]:
        """Return what waits for this person: drink ids and times, in milliseconds since 1970."""
        return {
            drink: int(at * 1000) for (user, drink), at in self._waiting.items() if user == user_id
        }

    async def shown(self, user_id: str) -> Shown:
        """Return what a person was offered in the last two weeks, whether written yet or waiting.

        Raises a GraphError.
        """
        now = self._clock().timestamp() * 1000
        since = int(now - SHOWN_DAYS * DAY_SECONDS * 1000)
        written = await recently_shown(self._graph, user_id, since)
        return Shown(now, {**written, **self.waiting(user_id)})

    async def flush(self) -> None:
        """Write all that waits, in batches.

        Raises a GraphError, or LogUnavailable once the graph has what waited for it.
        """
        await self._exposures.flush()
        await self._arm_lists.flush()
        await self._flush_pairs()
        await self._lists.flush()

    async def refuse(self, user_id: str) -> None:
        """Remove from memory and from the log what somebody does not want remembered.

        Raises LogUnavailable.
        """
        self.forget_people(lambda person: person == user_id)
        await self._lists.refuse(user_id)

    async def _flush_pairs(self) -> None:
        while self._waiting:
            batch = dict(list(self._waiting.items())[:ROWS_AT_ONCE])
            # in the same order in every process, so that two writers do not block each other
            rows = [
                {
                    "userId": user,
                    "erasureId": erasure_id(user),
                    "drinkId": drink,
                    "at": int(at * 1000),
                }
                for (user, drink), at in sorted(
                    batch.items(), key=lambda impression: impression[0][::-1]
                )
            ]
            await remember_recommended(self._graph, rows)
            for pair, at in batch.items():
                # somebody forgotten while this was written is not remembered here again
                if self._waiting.pop(pair, None) is not None:
                    self._written[pair] = at
                    self._written.move_to_end(pair)
            while len(self._written) > MOST_WRITTEN:
                self._written.popitem(last=False)

    def forget_people(self, erased: Callable[[str], bool]) -> None:
        """Drop everything, written or waiting, about people who were erased."""
        self._exposures.forget_people(erased)
        self._lists.forget_people(erased)
        for pairs in (self._waiting, self._written):
            gone = {user for user in {user for user, _ in pairs} if erased(user)}
            for pair in [pair for pair in pairs if pair[0] in gone]:
                del pairs[pair]

    async def forget_old(self) -> None:
        """Delete recommendations older than `days` days; all of them if `days` is 0."""
        before = int((self._clock().timestamp() - self._days * DAY_SECONDS) * 1000)
        await self._lists.forget_old(before)
        while True:
            forgotten = await forget_recommended(
                self._graph, before, FORGOTTEN_AT_ONCE, FORGETTING_SECONDS
            )
            if forgotten < FORGOTTEN_AT_ONCE:
                return

    def _lose(self, count: int) -> None:
        for _ in range(count):
            self._waiting.popitem(last=False)
        self._count_lost(count)

    def _count_lost(self, count: int) -> None:
        if count > 0:
            self._watcher.impressions_lost(count)
