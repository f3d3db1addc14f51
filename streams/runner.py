"""Running the features over a log: what is new is read once, and only its windows redone."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from events.log import Log, Record
from graph.clock import Clock, milliseconds, utc_now
from graph.engine.locks import FileLock
from streams.behaviour import behaviour_of
from streams.engine import Rows, WindowEngine
from streams.features import TRENDING, Feature, features
from streams.published import publish, read_windows

TOGETHER = 5_000
MOST_A_ROUND = 50_000
CATCHING_UP_SECONDS = 5.0
AT_LEAST_EVERY_SECONDS = 10.0
# computing takes at most this share of the time: a server on the same processor answers meanwhile
SHARE = 0.2
LOCK = "runner.lock"
SPILL = "spill"
T = TypeVar("T")


class WindowWatcher(Protocol):
    """Hears what becomes of events on their way to the features."""

    def left_out(self, late: int, ahead: int, surplus: int) -> None:
        """Count events in no window: too late, ahead of time, or too many to keep."""
        ...

    def trends_published(self, seconds: float) -> None:
        """Say how long the first of the new events waited for its trend to be published."""
        ...


@dataclass
class _Running:
    """One feature as it runs: its windows by their ends, and since when something is new."""

    feature: Feature
    windows: dict[int, Rows] = field(default_factory=dict[int, Rows])
    dirty: int | None = 0
    last_end: int = 0
    evaluated: float = 0.0
    took: float = 0.0
    published: float = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it is time to compute it again."""
        pause = max(self.feature.every, self.took / SHARE)
        return time.monotonic() - self.evaluated >= pause


class WindowRunner:
    """Computes the features of one log, in one process of a home, and publishes them there."""

    def __init__(
        self,
        source: Log,
        folder: Path,
        watcher: WindowWatcher,
        people: int,
        clock: Clock = utc_now,
    ) -> None:
        """Run over a log and publish into a folder; a trend needs so many people at least."""
        self._log = source
        self._folder = folder
        self._watcher = watcher
        self._people = people
        self._clock = clock
        self._lock = FileLock(folder / LOCK)
        self._holds = False
        self._thread = ThreadPoolExecutor(1, "windows")
        self._engine: WindowEngine | None = None
        self._running: list[_Running] = []
        self._log_name = ""
        self._next: dict[int, int] = {}
        self._since = 0
        self._waiting_since: int | None = None

    async def round(self) -> int:
        """Read what is new, compute what is due, and publish it; return how many events were read.

        Another process of this home may do so already: then nothing is done. Raises LogUnavailable.
        """
        self._holds = self._holds or self._lock.acquire()
        if not self._holds:
            return 0
        now = milliseconds(self._clock())
        if self._engine is None or self._log_name != self._log.name:
            await self._begin(now)
        records = await self._new_records()
        if records:
            await self._in_thread(lambda: self._add(records))
        if len(records) < MOST_A_ROUND or self._is_late():
            await self._in_thread(lambda: self._compute(now))
        return len(records)

    async def erase(self, people: Mapping[str, int]) -> None:
        """Forget people, by hash, up to a moment each (epoch ms), and redo what they were in."""
        if self._engine is not None:
            await self._in_thread(lambda: self._erase(people))

    def windows(self, name: str) -> Mapping[int, Rows]:
        """Return the windows of a feature in memory, by their ends."""
        for running in self._running:
            if running.feature.name == name:
                return running.windows
        return {}

    async def close(self) -> None:
        """Drop what is in memory, and let another process run."""
        if self._engine is not None:
            await self._in_thread(self._engine.close)
            self._engine = None
        self._thread.shutdown()
        shutil.rmtree(self._folder / SPILL, ignore_errors=True)
        self._lock.release()
        self._holds = False

    async def _begin(self, now: int) -> None:
        """Start with what the windows of now may need, and nothing older."""
        if self._engine is not None:
            await self._in_thread(self._engine.close)
        spill = self._folder / SPILL
        shutil.rmtree(spill, ignore_errors=True)
        spill.mkdir(mode=0o700)
        self._engine = await self._in_thread(lambda: WindowEngine(spill))
        self._running = [_Running(feature, self._published(feature)) for feature in features()]
        self._log_name = self._log.name
        self._since = now - max(running.feature.needed for running in self._running)
        self._next = {
            partition: await self._log.offset_at(partition, self._since)
            for partition in range(self._log.partitions)
        }

    def _published(self, feature: Feature) -> dict[int, Rows]:
        """Return the windows of earlier days, whose events are not read again."""
        found = {} if feature.is_personal else read_windows(self._folder, feature)
        return {end: [tuple(row) for row in rows] for end, rows in found.items()}

    async def _new_records(self) -> list[Record]:
        records: list[Record] = []
        for partition in self._next:
            while len(records) < MOST_A_ROUND:
                found = await self._log.read(partition, self._next[partition], TOGETHER)
                if not found:
                    break
                records += found
                self._next[partition] = found[-1].offset + 1
        return records

    def _is_late(self) -> bool:
        """Whether trends are old because there is so much to read."""
        evaluated = max(running.evaluated for running in self._running)
        return time.monotonic() - evaluated > CATCHING_UP_SECONDS

    def _add(self, records: list[Record]) -> None:
        first_received = min(record.received for record in records)
        if self._waiting_since is None:
            self._waiting_since = first_received
        behaviour = behaviour_of(records)
        surplus = self._open.add(behaviour.rows)
        self._watcher.left_out(behaviour.late, behaviour.ahead, surplus)
        if behaviour.rows:
            first = min(row["happened"] for row in behaviour.rows)
            for running in self._running:
                running.dirty = first if running.dirty is None else min(running.dirty, first)

    def _compute(self, now: int) -> None:
        for running in self._running:
            if running.is_due:
                began = running.evaluated = time.monotonic()
                if self._evaluate(running, now) or self._is_stale(running):
                    self._publish(running, now)
                running.took = time.monotonic() - began
        self._since = now - max(running.feature.needed for running in self._running)
        self._open.forget_before(self._since)

    def _evaluate(self, running: _Running, now: int) -> bool:
        """Compute the windows in which something is new; return whether there were any."""
        feature, end = running.feature, running.feature.current_end(now)
        new = [] if running.dirty is None else [running.dirty]
        new += [running.last_end] if end > running.last_end else []
        if not new:
            return False
        # of a window that began earlier, some events are not here any more
        first = max(min(new), feature.first_whole(self._since))
        running.windows.update(self._open.evaluate(feature, feature.ends(first, end)))
        oldest = now - running.feature.kept
        running.windows = {at: rows for at, rows in running.windows.items() if at > oldest}
        running.dirty, running.last_end = None, end
        return True

    def _is_stale(self, running: _Running) -> bool:
        """Whether others might think that nobody reads the log any more."""
        old = time.monotonic() - running.published > AT_LEAST_EVERY_SECONDS
        return old and running.feature.name == TRENDING

    def _publish(self, running: _Running, now: int) -> None:
        running.published = time.monotonic()
        publish(self._folder, running.feature, running.windows, now, self._people, now)
        if running.feature.name == TRENDING and self._waiting_since is not None:
            waited = milliseconds(self._clock()) - self._waiting_since
            self._watcher.trends_published(max(0, waited) / 1000)
            self._waiting_since = None

    def _erase(self, people: Mapping[str, int]) -> None:
        if self._open.erase(people):
            for running in self._running:
                running.dirty = 0

    @property
    def _open(self) -> WindowEngine:
        if self._engine is None:
            raise RuntimeError("the engine is open while the runner runs")
        return self._engine

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
