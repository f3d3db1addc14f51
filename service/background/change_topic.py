"""Changes of a shop's database from a topic of Kafka, applied in order, and how far they are."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from connectors.kafka.address import KafkaAddress
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
from service.metrics import ServiceMetrics

if TYPE_CHECKING:
    from connectors.kafka.changes import KafkaChanges
    from connectors.kafka.keyed import Keyed

POLL_SECONDS = 0.2


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
        """Apply changes for ever."""
        await apply_for_ever(self.mapping.stream, self.round, lambda: asyncio.sleep(POLL_SECONDS))

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
    """How far a topic has been read: the offset of the next message, and that of its end."""

    next: int
    end: int


async def read_up_to(graph: Graph, source: KafkaChanges) -> ReadUpTo:
    """Return how far a topic has been read. Raises a GraphError or LogUnavailable."""
    name = await source.ready()
    return ReadUpTo((await event_offsets(graph, [name]))[name], await source.end())


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
