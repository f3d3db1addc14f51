"""The versions of what subscribers watch, read from the graph once a round for all of them.

While anybody subscribes to anything, one query reads the version of the catalogue and those of all
subscribers' profiles, twice a second. The model in use is known without a query: this process
follows it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from graph.cancellation import uninterrupted
from graph.connection import Graph
from graph.errors import GraphError
from graph.people.profiles import load_versions
from recommend.state.snapshot_store import SnapshotStore

PAUSE = 0.5
MOST_OF_ONE_PERSON = 20

log = logging.getLogger("tastegraph.watching")

Versions = tuple[int, int]
"""The version of the catalogue, and that of a person's profile."""


class TooManySubscriptions(Exception):
    """One person has too many subscriptions open."""

    def __init__(self, most: int) -> None:
        super().__init__(f"One person can have {most} subscriptions open.")
        self.most = most


@dataclass(eq=False)
class Watched:
    """A subscription to one person, and what was last read; `versions` is None before that."""

    user_id: str
    versions: Versions | None = None
    model: str | None = None
    away: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, versions: Versions, model: str | None) -> None:
        """Take in one round; what is as it was is no news."""
        known = (self.versions, self.model, self.away)
        self.versions, self.model, self.away = versions, model, False
        if known != (versions, model, False):
            self.news.set()

    def lose(self) -> None:
        """Take in a round in which the graph did not answer."""
        if not self.away:
            self.away = True
            self.news.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for news, at most for some seconds; return whether there is any."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.news.wait()
        there_is = self.news.is_set()
        self.news.clear()
        return there_is


class VersionWatch:
    """Reads versions as long as anybody subscribes; counts the subscriptions of each person."""

    def __init__(self, graph: Graph, snapshots: SnapshotStore, pause: float = PAUSE) -> None:
        self._graph = graph
        self._snapshots = snapshots
        self._pause = pause
        self._people: dict[str, list[Watched]] = {}
        self._task: asyncio.Task[None] | None = None
        self._joined = asyncio.Event()
        self._round: asyncio.Future[Mapping[str, Versions]] | None = None

    @property
    def subscriptions(self) -> int:
        """How many are open."""
        return sum(map(len, self._people.values()))

    @contextmanager
    def watching(self, user_id: str) -> Generator[Watched]:
        """Watch a person; raise TooManySubscriptions."""
        subscriptions = self._people.setdefault(user_id, [])
        if len(subscriptions) >= MOST_OF_ONE_PERSON:
            raise TooManySubscriptions(MOST_OF_ONE_PERSON)
        watched = Watched(user_id)
        subscriptions.append(watched)
        self._joined.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read_rounds())
        try:
            yield watched
        finally:
            subscriptions.remove(watched)
            if not subscriptions:
                self._people.pop(user_id, None)

    async def next_round(self) -> Mapping[str, Versions]:
        """Wait for the next round's versions, by person; raise what kept them from being read."""
        if self._round is None:
            self._round = asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._round)

    async def close(self) -> None:
        """Stop reading."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _read_rounds(self) -> None:
        while self._people:
            self._joined.clear()
            try:
                self._tell(await uninterrupted(load_versions(self._graph, list(self._people))))
            except Exception as error:
                self._lose(error)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause):
                    await self._joined.wait()

    def _tell(self, versions: Mapping[str, Versions]) -> None:
        snapshot = self._snapshots.current
        model = snapshot.scorer.model_version if snapshot else None
        for watched in self._everybody():
            if watched.user_id in versions:  # who joined meanwhile is read in the next round
                watched.tell(versions[watched.user_id], model)
        self._end_round(versions)

    def _lose(self, error: Exception) -> None:
        """Tell everybody that nothing can be read, even if it is our fault."""
        everybody = self._everybody()
        if not all(watched.away for watched in everybody):  # once, not in every round
            trace = None if isinstance(error, GraphError) else error
            log.warning("cannot read what subscribers watch: %s", error, exc_info=trace)
        for watched in everybody:
            watched.lose()
        self._end_round(error)

    def _everybody(self) -> list[Watched]:
        return [watched for people in self._people.values() for watched in people]

    def _end_round(self, result: Mapping[str, Versions] | Exception) -> None:
        ended, self._round = self._round, None
        if ended is None or ended.done():
            return
        if isinstance(result, Exception):
            ended.set_exception(result)
        else:
            ended.set_result(result)
