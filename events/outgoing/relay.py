"""The relay: from the outbox into one order, and from there to every sink, each at its own pace.

One process of a home relays at a time; what it has told is noted in the graph, sink by sink, after
it was taken. If it ends in between, the next one tells the same again, under the same ids.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from events.outgoing.sink import Sink, SinkAway
from graph.cancellation import uninterrupted
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.engine.locks import FileLock
from graph.errors import GraphError
from graph.outbox.queue import drop_delivered, outgoing_events, publish, queue_end
from graph.outbox.sinks import SinkRecord, advance_sink, note_failure, sinks

POLL_SECONDS = 0.2
IDLE_SECONDS = 2.0
DROP_SECONDS = 5.0
AT_ONCE = 100
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0
PATIENCE_SECONDS = 24 * 3600.0
MOST_BEHIND = 1_000_000

log = logging.getLogger("tastegraph.outgoing")


class RelayWatcher(Protocol):
    """Counts what the relay does."""

    def sent(self, count: int) -> None:
        """Count events that a sink took."""
        ...

    def sending_failed(self) -> None:
        """Count an attempt that failed."""
        ...

    def sinks_are(self, failing: int, behind: int) -> None:
        """Say how many sinks fail or are disabled, and how far the last of the others is behind."""
        ...


@dataclass
class _Trouble:
    """How often a sink has failed in a row, and when to try again, in monotonic seconds."""

    attempts: int
    again: float


class Relay:
    """Relays to the sinks of each kind that this process knows."""

    def __init__(
        self,
        graph: Graph,
        kinds: Mapping[str, Sink],
        folder: Path,
        watcher: RelayWatcher,
        clock: Clock = utc_now,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._graph = graph
        self._kinds = dict(kinds)
        self._watcher = watcher
        self._clock = clock
        self._first_pause = first_pause
        self._relaying = FileLock(folder / "relay.lock")
        self._holds = False
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._troubles: dict[str, _Trouble] = {}
        self._had: dict[str, int] = {}
        self._drop_at = 0.0

    def add_kind(self, kind: str, sink: Sink) -> None:
        """Relay to sinks of another kind too."""
        self._kinds[kind] = sink

    async def run(self) -> None:
        """Relay for ever."""
        try:
            while True:
                pause = IDLE_SECONDS
                try:
                    pause = await uninterrupted(self.round())
                except GraphError as error:
                    log.warning("the relay waits: %s", error)
                except Exception:
                    log.exception("the relay failed; trying again")
                await asyncio.sleep(pause)
        finally:
            await self.close()

    async def close(self) -> None:
        """End what is being told, and let another process relay."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
        self._relaying.release()
        self._holds = False

    async def round(self) -> float:
        """Publish what waits, and see that every sink is told; return the seconds to the next."""
        self._holds = self._holds or self._relaying.acquire()
        if not self._holds:
            return IDLE_SECONDS
        published = await publish(self._graph)
        records, end = await sinks(self._graph), await queue_end(self._graph)
        await self._leave_behind(records, end)
        for record in records:
            self._start(record, end)
        await self._drop(records, end)
        if not records:
            return IDLE_SECONDS
        return 0.0 if published else POLL_SECONDS

    async def drained(self) -> None:
        """Return when nobody is being told anything: for tests, and for one last time."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _start(self, record: SinkRecord, end: int) -> None:
        sink, trouble = self._kinds.get(record.kind), self._troubles.get(record.id)
        if sink is None or not sink.knows(record) or not record.is_on:
            return
        # a sink that advanced since it was read is further than the record says
        record = replace(record, position=max(record.position, self._had.get(record.id, -1)))
        if record.id in self._tasks or record.position >= end - 1:
            return
        if trouble and time.monotonic() < trouble.again:
            return
        task = asyncio.create_task(self._tell(sink, record, end))
        self._tasks[record.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(record.id, None))

    async def _tell(self, sink: Sink, record: SinkRecord, end: int) -> None:
        """Tell a sink what comes next, one batch."""
        try:
            events = await outgoing_events(self._graph, record.position, AT_ONCE)
            wanted = [event for event in events if event.type in record.types]
            if wanted:
                await sink.deliver(record, wanted)
            # none: all there were, up to the end, have been erased
            had = events[-1].position if events else end - 1
            await advance_sink(self._graph, record.id, had)
            self._had[record.id] = had
        except SinkAway as away:
            await self._fail(record, away)
        except GraphError as error:
            log.warning("sink %s waits: %s", record.id, error)
        except Exception as error:
            log.exception("sink %s failed", record.id)
            await self._fail(record, SinkAway(type(error).__name__))
        else:
            self._troubles.pop(record.id, None)
            self._watcher.sent(len(wanted))

    async def _fail(self, record: SinkRecord, away: SinkAway) -> None:
        self._watcher.sending_failed()
        known = self._troubles.get(record.id)
        attempts = known.attempts + 1 if known else 1
        pause = min(LONGEST_PAUSE, self._first_pause * 2 ** min(attempts - 1, 20))
        pause = max(away.retry_after, pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
        self._troubles[record.id] = _Trouble(attempts, time.monotonic() + pause)
        now = milliseconds(self._clock())
        since = record.failing_since or now
        if away.gone or now - since > PATIENCE_SECONDS * 1000:
            await self._disable(record, str(away))
            return
        log.warning("sink %s is told again in %.0f s: %s", record.id, pause, away)
        await note_failure(self._graph, record.id, now, str(away))

    async def _disable(self, record: SinkRecord, why: str) -> None:
        log.error("sink %s is disabled: %s", record.id, why)
        now = milliseconds(self._clock())
        await note_failure(self._graph, record.id, now, why, disabled=True)

    async def _leave_behind(self, records: Sequence[SinkRecord], end: int) -> None:
        for record in records:
            if record.is_on and end - record.position > MOST_BEHIND:
                await self._disable(record, f"more than {MOST_BEHIND:,} events behind")

    async def _drop(self, records: Sequence[SinkRecord], end: int) -> None:
        """Remove what all have had, now and then."""
        if time.monotonic() < self._drop_at:
            return
        self._drop_at = time.monotonic() + DROP_SECONDS
        on = [record for record in records if record.is_on]
        until = min((record.position for record in on), default=end - 1)
        await drop_delivered(self._graph, until)
        failing = sum(not record.is_on or record.failing_since is not None for record in records)
        behind = max((end - 1 - record.position for record in on), default=0)
        self._watcher.sinks_are(failing, behind)
