"""Forgetting erased people: in this process at once, in every other within a second."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.people.privacy import Erased, erase, erasure_id, erasures, forget_erasures

ERASURES_KEPT_DAYS = 30.0
# A server whose clock is off by less than this is heard too.
OVERLAP_SECONDS = 600.0


class Memory(Protocol):
    """A part that keeps something about people in memory."""

    def forget_people(self, erased: Callable[[str], bool]) -> None:
        """Drop everything kept about people whose ids are erased."""
        ...


class Store(Protocol):
    """A part that keeps something about people on a disk."""

    async def erase(self, people: Mapping[str, int]) -> None:
        """Remove all about people that is from before a moment each (epoch ms), by hash."""
        ...


class Eraser:
    """Erases people from the graph, stores and memory, and learns of those erased elsewhere."""

    def __init__(
        self,
        graph: Graph,
        memories: Sequence[Memory],
        clock: Clock = utc_now,
        stores: Sequence[Store] = (),
    ) -> None:
        self._graph = graph
        self._memories = memories
        self._stores = stores
        self._clock = clock
        self._since = self._overlapping()
        self._heard: dict[str, int] = {}

    async def erase(self, user_id: str) -> Erased:
        """Remove a person from the graph and from the memory of this process."""
        done = await erase(self._graph, user_id, self._clock)
        erased = {erasure_id(person): done.until for person in done.people}
        self._forget(lambda person: person in done.people)
        await self._remove(erased)
        self._heard |= erased
        return done

    async def catch_up(self) -> None:
        """Forget people erased since the last time, by any process."""
        erased = await erasures(self._graph, self._since)
        new = {erasure for erasure, at in erased if self._heard.get(erasure) != at}
        if new:
            self._forget(lambda user_id: erasure_id(user_id) in new)
            await self._remove({hash_: at for hash_, at in erased if hash_ in new})
        self._heard = dict(erased)
        self._since = self._overlapping()

    async def forget_old_records(self) -> None:
        """Remove the records of erasures that every server has long seen."""
        before = self._clock() - timedelta(days=ERASURES_KEPT_DAYS)
        await forget_erasures(self._graph, milliseconds(before))

    def _overlapping(self) -> int:
        return milliseconds(self._clock() - timedelta(seconds=OVERLAP_SECONDS))

    async def _remove(self, erased: Mapping[str, int]) -> None:
        for store in self._stores:
            await store.erase(erased)

    def _forget(self, erased: Callable[[str], bool]) -> None:
        for memory in self._memories:
            memory.forget_people(erased)
