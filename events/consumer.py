"""The consumer: from the log to the graph, each event once, whatever ends in between.

The offset of a partition is moved in the transaction that writes its events. What no retry would
write goes to the dead letters first; while the graph is away, the events wait in the log.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from events.consumed import offset_name
from events.dead_letters import DeadLetters
from events.log import Log, Record
from events.writing import Sound, poisoned, sort_records, write_sound
from graph.cancellation import uninterrupted
from graph.connection import Graph
from graph.errors import GraphDeadlineMissed, GraphRefused, TastegraphError
from graph.event_offsets import OffsetMoved, event_offsets
from graph.people.interactions import EventsClash, OffsetStep, PeopleErased

MOST_TOGETHER = 2_000
WRITE_SECONDS = 60.0
POLL_SECONDS = 0.2
# A transaction for each event would take the processor from those who send them.
GATHER_SECONDS = 0.1
WORTH_A_ROUND = 500
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0

log = logging.getLogger("tastegraph.events")


class StreamWatcher(Protocol):
    """Counts what the consumer does."""

    def consumed(self, new: int, repeated: int) -> None:
        """Count events that were written, and those that the graph had already."""
        ...

    def died(self, count: int) -> None:
        """Count events that became dead letters."""
        ...


@dataclass
class _Trouble:
    """Since when a partition cannot be consumed, and when to try again, in monotonic seconds."""

    pause: float
    again: float


class Consumer:
    """Consumes the partitions that the log assigns to this process, one writer each."""

    def __init__(
        self,
        graph: Graph,
        source: Log,
        letters: DeadLetters,
        watcher: StreamWatcher,
        changed: Callable[[frozenset[str]], None] = lambda people: None,
        writers: int = 1,
    ) -> None:
        self._graph = graph
        self._log = source
        self._letters = letters
        self._watcher = watcher
        self._changed = changed
        self._writers = asyncio.Semaphore(writers)
        self._offsets: dict[int, int] = {}
        self._troubles: dict[int, _Trouble] = {}
        self._together = MOST_TOGETHER

    async def run(self) -> None:
        """Consume for ever."""
        while True:
            if await uninterrupted(self.round()) < WORTH_A_ROUND:
                await self._log.wait(POLL_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)

    async def round(self) -> int:
        """Consume up to one batch of each partition; return how many events were read."""
        assigned = sorted(await self._log.assigned())
        self._offsets = {at: next_ for at, next_ in self._offsets.items() if at in assigned}
        async with asyncio.TaskGroup() as group:
            tries = [group.create_task(self._try(partition)) for partition in assigned]
        return sum(tried.result() for tried in tries)

    async def _try(self, partition: int) -> int:
        trouble = self._troubles.get(partition)
        if trouble and time.monotonic() < trouble.again:
            return 0
        try:
            async with self._writers:
                count = await self._step(partition)
        except Exception as error:
            self._retry_later(partition, error)
            return 0
        if self._troubles.pop(partition, None):
            log.warning("partition %d of the log of events is consumed again", partition)
        return count

    def _retry_later(self, partition: int, error: Exception) -> None:
        self._offsets.pop(partition, None)
        if isinstance(error, GraphDeadlineMissed):
            self._together = max(1, self._together // 2)
        trouble = self._troubles.get(partition)
        pause = min(LONGEST_PAUSE, trouble.pause * 2) if trouble else FIRST_PAUSE
        self._troubles[partition] = _Trouble(pause, time.monotonic() + pause)
        if trouble is None:
            message = "partition %d of the log of events waits: %s"
            unexpected = not isinstance(error, TastegraphError)
            log.warning(message, partition, error, exc_info=error if unexpected else None)

    async def _step(self, partition: int) -> int:
        if partition not in self._offsets:
            name = self._name(partition)
            self._offsets[partition] = (await event_offsets(self._graph, [name]))[name]
        start = self._offsets[partition]
        records = await self._log.read(partition, start, self._together)
        if records:
            await self._consume(partition, start, records, records[-1].offset + 1)
            self._together = min(MOST_TOGETHER, self._together + 1)
        return len(records)

    async def _consume(
        self, partition: int, start: int, records: Sequence[Record], end: int
    ) -> None:
        """Write what is sound of these records, in halves if the graph refuses them together."""
        found = await sort_records(self._graph, records)
        await self._bury(found.poison)
        try:
            await self._write(partition, found.sound, start, end)
        except OffsetMoved as moved:
            log.info("%s", moved)
            self._offsets.pop(partition, None)
        except PeopleErased:
            await self._consume(partition, start, records, end)
        except EventsClash as clash:
            await self._without(partition, start, records, end, poisoned(found.sound, clash))
        except GraphRefused as refused:
            if len(found.sound) == 1:
                buried = poisoned(found.sound, refused)
                await self._without(partition, start, records, end, buried)
            elif len(records) > 1:
                half = len(records) // 2
                middle = records[half].offset
                await self._consume(partition, start, records[:half], middle)
                if partition in self._offsets:
                    await self._consume(partition, middle, records[half:], end)
            else:
                raise

    async def _without(
        self,
        partition: int,
        start: int,
        records: Sequence[Record],
        end: int,
        poison: Sequence[tuple[Record, str]],
    ) -> None:
        """Bury some events, and write the others."""
        await self._bury(poison)
        buried = {record.offset for record, _ in poison}
        others = [record for record in records if record.offset not in buried]
        await self._consume(partition, start, others, end)

    async def _write(self, partition: int, sound: Sequence[Sound], start: int, end: int) -> None:
        step = OffsetStep(self._name(partition), start, end)
        written = await write_sound(self._graph, sound, WRITE_SECONDS, step)
        self._offsets[partition] = end
        self._watcher.consumed(written.new, written.repeated)
        self._changed(written.people)

    async def _bury(self, poison: Sequence[tuple[Record, str]]) -> None:
        if poison:
            self._watcher.died(await self._letters.put(poison))

    def _name(self, partition: int) -> str:
        return offset_name(self._log, partition)
