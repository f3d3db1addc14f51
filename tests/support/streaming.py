"""A log with its consumer over a graph, and events to put into it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.consumer import Consumer
from events.dead_letters import EmbeddedDeadLetters
from events.embedded_log import EmbeddedLog
from events.log import NewRecord, Outcome
from graph.connection import Graph
from tests.support.emptying import ask


@dataclass
class Counts:
    """What the consumer said that it did."""

    new: int = 0
    repeated: int = 0
    dead: int = 0
    people: set[str] = field(default_factory=set[str])

    def consumed(self, new: int, repeated: int) -> None:
        self.new += new
        self.repeated += repeated

    def died(self, count: int) -> None:
        self.dead += count


class Unlocked(EmbeddedLog):
    """A log that any number of processes may consume at once: what the lock prevents."""

    async def assigned(self) -> frozenset[int]:
        return frozenset(range(self.partitions))


@dataclass(frozen=True)
class Stream:
    """A log with its consumer."""

    graph: Graph
    log: EmbeddedLog
    letters: EmbeddedDeadLetters
    consumer: Consumer
    counts: Counts

    async def send(self, *documents: dict[str, Any]) -> Sequence[Outcome]:
        """Put events into the log as they are, sound or not."""
        return await self.log.append([record(document) for document in documents])

    async def consume(self) -> None:
        """Write all that there is."""
        while await self.consumer.round():
            pass


def record(document: dict[str, Any]) -> NewRecord:
    return NewRecord(
        str(document.get("userId", "nobody")),
        str(document["eventId"]),
        f"{document.get('drinkId')}\n{document['type']}",
        json.dumps(document).encode(),
    )


@asynccontextmanager
async def streaming(
    graph: Graph, folder: Path, kind: type[EmbeddedLog] = EmbeddedLog, writers: int = 1
) -> AsyncIterator[Stream]:
    counts = Counts()
    with kind(folder) as log:
        letters = EmbeddedDeadLetters(log)
        consumer = Consumer(graph, log, letters, counts, counts.people.update, writers)
        yield Stream(graph, log, letters, consumer, counts)


async def add_drinks(graph: Graph, *ids: str) -> None:
    await ask(graph, "UNWIND $ids AS id CREATE (:Drink {id: id}) RETURN 1 AS one", ids=list(ids))


def view(event_id: str, user_id: str = "ann", **more: Any) -> dict[str, Any]:
    return {"eventId": event_id, "userId": user_id, "drinkId": "chai", "type": "view", **more}
