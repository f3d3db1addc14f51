"""Kafka as the settings name it: the log, its dead letters, and erasing people there."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from events.dead_letters import EmbeddedDeadLetters
from events.embedded_log import EmbeddedLog
from events.log import LogUnavailable
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.people.privacy import erasures
from service.settings import Settings
from streams.features import features
from streams.flink.jobs import results_topic

if TYPE_CHECKING:
    from connectors.kafka.dead_letters import KafkaDeadLetters
    from connectors.kafka.erasing import KafkaErasure
    from connectors.kafka.log import KafkaLog

CATCH_UP_PAUSE = 5.0
TEND_PAUSE = 3600.0
OVERLAP_SECONDS = 600.0
STATE_HOURS = 49
"""How long Flink's state has what somebody did, and may write a result of it once more."""

log = logging.getLogger("tastegraph.events")


@dataclass
class Broker:
    """What there is on Kafka; nothing is connected before it is needed."""

    log: KafkaLog
    letters: KafkaDeadLetters
    erasure: KafkaErasure
    clock: Clock = utc_now
    _since: int = 0
    _heard: Mapping[str, int] = field(default_factory=dict[str, int])

    async def of_people(self, people: Sequence[str]) -> dict[str, list[Any]]:
        """Return every event of some people as it was sent; a dead letter that is in the log, once.

        Raises LogUnavailable.
        """
        found = await self.log.of_people(people)
        for person, events in (await self.letters.of_people(people)).items():
            known = found.setdefault(person, [])
            known += [event for event in events if event not in known]
        return found

    async def catch_up(self, graph: Graph) -> None:
        """Erase from topics whom anybody has erased since the last time, or before the first.

        While Kafka is away they wait for the next time. Raises a GraphError.
        """
        since = milliseconds(self.clock() - timedelta(seconds=OVERLAP_SECONDS))
        erased = dict(await erasures(graph, self._since))
        new = {hash_: at for hash_, at in erased.items() if self._heard.get(hash_) != at}
        try:
            await self.erasure.erase(new)
        except LogUnavailable as error:
            log.warning("an erasure waits for Kafka: %s", error)
            return
        self._heard, self._since = erased, since

    async def tend(self, graph: Graph, kept: EmbeddedLog) -> None:
        """Move dead letters of the home to the topic, erase once more, let brokers compact.

        Flink may have written about somebody since they were erased. Raises a GraphError.
        """
        since = milliseconds(self.clock() - timedelta(hours=STATE_HOURS))
        erased = dict(await erasures(graph, since))
        try:
            await self._move(EmbeddedDeadLetters(kept), kept)
            await self.erasure.erase(erased)
            await self.erasure.settle()
        except LogUnavailable as error:
            log.warning("%s", error)

    async def _move(self, at_home: EmbeddedDeadLetters, kept: EmbeddedLog) -> None:
        if waiting := await at_home.waiting():
            with closing(self.letters.of(kept)) as there:
                await there.put([(letter.record, letter.reason) for letter in waiting])
            await at_home.remove([letter.id for letter in waiting])


@contextmanager
def open_broker(
    settings: Settings, clock: Clock = utc_now, *, make_topic: bool = True
) -> Generator[Broker]:
    """Yield what there is on the Kafka that the settings name; it may be away.

    Without `make_topic` a topic that is not there is not made.
    """
    # nothing is to load the client where there is no broker
    from connectors.kafka.dead_letters import KafkaDeadLetters
    from connectors.kafka.erasing import KafkaErasure
    from connectors.kafka.log import KafkaLog

    address = settings.kafka
    if address is None:
        raise RuntimeError("the settings name no Kafka")
    [sessions] = [each for each in features() if each.is_personal]
    with ExitStack() as stack:
        source = stack.enter_context(
            KafkaLog(
                address,
                clock,
                keep_days=settings.keep_events_days,
                partitions=settings.kafka_partitions,
                make_topic=make_topic,
            )
        )
        letters = stack.enter_context(
            closing(KafkaDeadLetters(address, source, clock, make_topic=make_topic))
        )
        erasure = KafkaErasure(
            address,
            letters,
            sessions=results_topic(address.topic, sessions),
            outgoing=settings.outgoing_topic,
            with_people=settings.outgoing_people,
            clock=clock,
        )
        yield Broker(source, letters, erasure, clock)
