"""Sinks of tests, and what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.outgoing.document import document
from events.outgoing.relay import Relay
from events.outgoing.sink import SinkAway
from graph.connection import Graph
from graph.outbox.entries import OutgoingType
from graph.outbox.queue import OutgoingEvent
from graph.outbox.sinks import SinkRecord, put_sink

KIND = "test"


@dataclass
class Listed:
    """Takes what it is told, unless it was told to fail: then after it has taken some."""

    told: dict[str, list[OutgoingEvent]] = field(default_factory=dict[str, list[OutgoingEvent]])
    failing: dict[str, int] = field(default_factory=dict[str, int])
    gone: set[str] = field(default_factory=set[str])

    async def deliver(self, record: SinkRecord, events: Sequence[OutgoingEvent]) -> None:
        taken = self.told.setdefault(record.id, [])
        if record.id in self.failing:
            taken += events[: self.failing[record.id]]
            raise SinkAway("answered 500", gone=record.id in self.gone)
        taken += events

    def knows(self, record: SinkRecord) -> bool:
        return True

    def documents(self, sink: str = "one", *, with_people: bool = True) -> list[dict[str, Any]]:
        return [document(event, with_people=with_people) for event in self.told.get(sink, [])]


class Counts:
    """What the relay said that it did."""

    taken = failed = failing = behind = 0

    def sent(self, count: int) -> None:
        self.taken += count

    def sending_failed(self) -> None:
        self.failed += 1

    def sinks_are(self, failing: int, behind: int) -> None:
        self.failing, self.behind = failing, behind


def relay_to(graph: Graph, folder: Path, sink: Listed, counts: Counts | None = None) -> Relay:
    return Relay(graph, {KIND: sink}, folder, counts or Counts(), first_pause=0.0)


async def add_sink(graph: Graph, name: str = "one", *types: OutgoingType) -> None:
    await put_sink(graph, name, KIND, "", types or list(OutgoingType))


async def relayed(relay: Relay, rounds: int = 4) -> None:
    """Everything that waits, told to everybody who takes it."""
    for _ in range(rounds):
        await relay.round()
        await relay.drained()
