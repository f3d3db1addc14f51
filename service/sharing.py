"""What a serving process shares with others of its home: nothing, if it is alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from graph.catalogue.entities import Catalogue
from recommend.state.loaded import Loaded
from recommend.state.snapshot_store import SnapshotStore
from service.background.jobs import Work, repeat
from service.background.lead import Lead
from service.http.limits.connection_limits import Counts
from service.http.limits.rates import Buckets
from service.http.limits.shared import SharedLimits
from service.http.limits.turns import Turns
from service.metrics import ServiceMetrics
from service.settings import Settings

HEEDING_PAUSE = 0.5
DRIFTING_PAUSE = 60.0
RENEWING_SECONDS = 900.0
"""How old workers must be before others are asked for that share more memory."""
REFRESHING_PAUSE = 1.0
FOLLOWING_PAUSE = 1.0


@dataclass(frozen=True, eq=False)
class Sharing:
    """What one process has of what all share, and which of them it is.

    It `serves`, or `keeps` house for all, or both. `slot` is a number that no other process has at
    the same time, `replaces` whether it was started because another ended unasked, `metrics` the
    folder in which all count; `renew` asks for new processes in place of all.
    """

    workers: int = 1
    serves: bool = True
    keeps: bool = True
    slot: int = 0
    replaces: bool = False
    loaded: Loaded | None = None
    lead: Lead = field(default_factory=Lead)
    limits: SharedLimits | None = None
    metrics: Path | None = None
    renew: Callable[[], object] = lambda: None

    def buckets(self) -> Buckets | None:
        """Return the shared buckets of tokens."""
        return self.limits.buckets() if self.limits else None

    def counts(self) -> Counts | None:
        """Return the shared counts of connections."""
        return self.limits.counts(self.slot) if self.limits else None

    def turns(self, settings: Settings) -> Turns:
        """Return this process's part of the turns, one at least."""
        at_once, patience = settings.at_once
        return Turns(self.part_of(at_once), patience)

    def part_of(self, number: int) -> int:
        """Return this process's part of what all may have together; one at least, unless none."""
        return -(-number // self.workers)

    def call(self) -> None:
        """Have the other processes read the whole catalogue again."""
        if self.limits:
            self.limits.call()

    def work(self, metrics: ServiceMetrics, snapshots: SnapshotStore) -> list[Work]:
        """Return what runs because there are others."""
        if self.limits is None or self.loaded is None:
            return []
        heeding = Heeding(self.limits, snapshots)
        drift = Drift(self.loaded, snapshots, self.renew)

        async def refresh() -> None:
            metrics.refresh()

        work: list[Work] = [
            repeat(refresh, REFRESHING_PAUSE),
            repeat(heeding.catch_up, HEEDING_PAUSE),
        ]
        if self.keeps:
            # nobody asks this process, so nothing else tells it that its memory is old
            work.append(repeat(snapshots.renew, FOLLOWING_PAUSE))
            work.append(repeat(self.lead.only(drift.look), DRIFTING_PAUSE))
        return work


class Heeding:
    """Hears the calls of other processes."""

    def __init__(self, limits: SharedLimits, snapshots: SnapshotStore) -> None:
        self._limits, self._snapshots = limits, snapshots
        self._heard = limits.calls

    async def catch_up(self) -> None:
        """Read the catalogue again if anybody has called. Raises a GraphError."""
        calls = self._limits.calls
        if calls != self._heard:
            await self._snapshots.reload()
            self._heard = calls


class Drift:
    """Notices that each worker has a catalogue or a model of its own, and nothing shared any more.

    What changes while workers serve is in the memory of each of them; new ones share it again.
    """

    def __init__(
        self,
        loaded: Loaded,
        snapshots: SnapshotStore,
        renew: Callable[[], object],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._snapshots, self._renew, self._now = snapshots, renew, now
        self._shared = (loaded.snapshot.catalogue, loaded.artefact and loaded.artefact.version)
        self._last = self._shared
        self._began = now()

    async def look(self) -> None:
        """Ask for new workers, if what is in memory is not shared, and has stayed the same."""
        current = self._snapshots.current
        if current is None:
            return
        used = (current.catalogue, self._snapshots.model_version)
        changed, self._last = not _same(used, self._last), used
        if changed or _same(used, self._shared):
            return
        if self._now() - self._began >= RENEWING_SECONDS:
            self._renew()


Used = tuple[Catalogue, str | None]


def _same(one: Used, other: Used) -> bool:
    # catalogues are compared as objects: an equal one takes as much memory as another
    return one[0] is other[0] and one[1] == other[1]


ALONE = Sharing()
