"""A log with its consumer over a graph, and events to put into it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from contextlib import closing as closing_of
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.kafka.address import KafkaAddress
from connectors.kafka.dead_letters import KafkaDeadLetters
from connectors.kafka.log import KafkaLog
from events.consumer import Consumer
from events.dead_letters import DeadLetters, EmbeddedDeadLetters
from events.embedded_log import EmbeddedLog
from events.lag import lags
from events.log import NewRecord, Outcome
from graph.clock import Clock, utc_now
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
    log: EmbeddedLog | KafkaLog
    kept: EmbeddedLog
    letters: DeadLetters
    consumer: Consumer
    counts: Counts

    async def send(self, *documents: dict[str, Any]) -> Sequence[Outcome]:
        """Put events into the log as they are, sound or not."""
        return await self.log.append([record(document) for document in documents])

    async def consume(self) -> None:
        """Write all that there is."""
        while await self.consumer.round() or await self._is_behind():
            pass

    async def _is_behind(self) -> bool:
        """Whether a broker has what it has not handed over yet: it takes its time."""
        if self.log is self.kept:
            return False
        return any(lag.behind for lag in await lags(self.graph, self.log))


def record(document: dict[str, Any]) -> NewRecord:
    return NewRecord(
        str(document.get("userId", "nobody")),
        str(document["eventId"]),
        f"{document.get('drinkId')}\n{document['type']}",
        json.dumps(document).encode(),
    )


@asynccontextmanager
async def streaming(
    graph: Graph,
    folder: Path,
    kind: type[EmbeddedLog] = EmbeddedLog,
    writers: int = 1,
    kafka: KafkaAddress | None = None,
    clock: Clock = utc_now,
) -> AsyncIterator[Stream]:
    """Yield a log in a folder, or on Kafka with its dead letters in a topic.

    `clock` says when what is put into the folder was received.
    """
    counts = Counts()
    with ExitStack() as closing:
        kept = closing.enter_context(kind(folder, clock))
        log = closing.enter_context(KafkaLog(kafka)) if kafka else kept
        await log.ready()
        letters: DeadLetters = EmbeddedDeadLetters(kept, log)
        if kafka:
            letters = closing.enter_context(closing_of(KafkaDeadLetters(kafka, log)))
        consumer = Consumer(graph, log, letters, counts, counts.people.update, writers)
        yield Stream(graph, log, kept, letters, consumer, counts)


async def add_drinks(graph: Graph, *ids: str) -> None:
    await ask(graph, "UNWIND $ids AS id CREATE (:Drink {id: id}) RETURN 1 AS one", ids=list(ids))


def view(event_id: str, user_id: str = "ann", **more: Any) -> dict[str, Any]:
    return {"eventId": event_id, "userId": user_id, "drinkId": "chai", "type": "view", **more}
