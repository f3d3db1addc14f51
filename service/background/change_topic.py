"""Changes of a shop's database from a topic of Kafka, applied in order, and how far they are."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from connectors.kafka.address import KafkaAddress
from events.log import LogUnavailable
from graph.capture.applying import Applier
from graph.capture.changes import Message
from graph.capture.mapping import CaptureMapping
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.event_offsets import OffsetMoved, event_offsets, move_event_offset
from service.background.change_rounds import (
    MOST_TOGETHER,
    ChangeNotTaken,
    apply_for_ever,
    checked,
    ready,
)
from service.background.jobs import repeat
from service.metrics import ServiceMetrics

if TYPE_CHECKING:
    from connectors.kafka.changes import KafkaChanges
    from connectors.kafka.keyed import Keyed

POLL_SECONDS = 0.2
MEASURE_PAUSE = 5.0

log = logging.getLogger("tastegraph.changes")


@dataclass(frozen=True)
class ChangeTopic:
    """A topic of changes, and what applies them: one process of all that follow it.

    The offset moves once what was read is in the graph. If the process ends in between, it is read
    again, and each row's position tells that it is known.
    """

    graph: Graph
    mapping: CaptureMapping
    source: KafkaChanges
    applier: Applier
    metrics: ServiceMetrics
    clock: Clock = utc_now

    async def run(self) -> None:
        """Apply changes for ever, and measure how far."""
        async with asyncio.TaskGroup() as group:
            group.create_task(repeat(self.measure, MEASURE_PAUSE, at_once=True))
            group.create_task(
                apply_for_ever(self.mapping.stream, self.round, lambda: asyncio.sleep(POLL_SECONDS))
            )

    async def measure(self) -> None:
        """Say how far the graph is behind the topic. Raises a GraphError."""
        try:
            place = await read_up_to(self.graph, self.source, self.clock)
        except LogUnavailable as error:
            self.metrics.changes_available.set(0)
            log.warning("%s", error)
            return
        self.metrics.changes_available.set(1)
        self.metrics.changes_behind.set(place.behind)
        self.metrics.changes_waiting.set(place.waiting_seconds)

    async def round(self) -> int:
        """Apply what can be applied now; return how many messages that were.

        Raises ChangeNotTaken if the next message is wrong: nothing behind it is applied, for it may
        have said that something is in a drink. Raises a GraphError or LogUnavailable.
        """
        if not await self.source.is_assigned():
            return 0
        name = await self.source.ready()
        start = (await event_offsets(self.graph, [name]))[name]
        found = await self.source.read(start, MOST_TOGETHER)
        messages, wrong = self._sound(found)
        self.metrics.changes_stopped.set(wrong is not None and not messages)
        waited = milliseconds(self.clock()) - found[-1].received if found else 0
        count = len(messages) if wrong else ready(messages, waited)
        if count:
            told = await self.applier.apply([each for each in messages[:count] if each])
            self.metrics.captured(asdict(told))
            await self._move(name, start, found[count - 1].offset + 1)
        elif wrong:
            raise wrong
        return count

    def _sound(self, found: Sequence[Keyed]) -> tuple[list[Message | None], ChangeNotTaken | None]:
        """Return what messages say, up to one that is wrong, and what is wrong in that."""
        messages: list[Message | None] = []
        for each in found:
            try:
                messages.append(checked(self.mapping, self.applier, each.value, each.key or None))
            except ChangeNotTaken as error:
                message = f"The message at offset {each.offset} is no change: {error.message}"
                advice = f"Mend the connector, then: tastegraph changes skip {each.offset}."
                return messages, ChangeNotTaken(message, advice)
        return messages, None

    async def _move(self, name: str, start: int, end: int) -> None:
        try:
            await move_event_offset(self.graph, name, start, end)
        except OffsetMoved:
            return  # another has taken over, and has applied the same


@dataclass(frozen=True)
class ReadUpTo:
    """How far a topic has been read: the offset of the next message, and that of its end.

    `waiting_seconds` is how long the next has waited, 0 if there is none.
    """

    next: int
    end: int
    waiting_seconds: float = 0.0

    @property
    def behind(self) -> int:
        """How many messages are still to be applied."""
        return max(0, self.end - self.next)


async def read_up_to(graph: Graph, source: KafkaChanges, clock: Clock = utc_now) -> ReadUpTo:
    """Return how far a topic has been read. Raises a GraphError or LogUnavailable."""
    name = await source.ready()
    place = ReadUpTo((await event_offsets(graph, [name]))[name], await source.end())
    found = await source.read(place.next, 1) if place.behind else ()
    if not found:
        return place
    return replace(
        place, waiting_seconds=max(0.0, milliseconds(clock()) - found[0].received) / 1000
    )


async def skip(graph: Graph, source: KafkaChanges, offset: int) -> None:
    """Go on behind a message, which must be the next: it is never read again.

    Raises OffsetMoved if it is not the next, a GraphError or LogUnavailable.
    """
    await move_event_offset(graph, await source.ready(), offset, offset + 1)


@contextmanager
def open_topic(address: KafkaAddress, topic: str) -> Generator[KafkaChanges]:
    """Yield the topic of changes on this Kafka; it may be away."""
    # nothing is to load the client where there is no broker
    from connectors.kafka.changes import KafkaChanges

    of_changes = replace(address, topic=topic, group=f"{address.group}.changes")
    with closing(KafkaChanges(of_changes)) as source:
        yield source
