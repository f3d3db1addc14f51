"""Telling others what happens: webhooks, and the topic of Kafka that the settings name."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectors.webhooks.request import WebhookClient
from connectors.webhooks.secrets import WebhookSecrets
from connectors.webhooks.sink import KIND as WEBHOOK
from connectors.webhooks.sink import WebhookSink
from events.outgoing.relay import IDLE_SECONDS, Relay, RelayWatcher
from events.outgoing.sink import Sink
from graph.clock import Clock
from graph.connection import Graph
from graph.errors import GraphError
from graph.outbox.entries import OutgoingType
from graph.outbox.sinks import put_sink, remove_sink
from graph.secret_files import kept_secret
from learning.triggers.sink import KIND as TRIGGERS
from learning.triggers.sink import WANTED
from service.settings import Settings

if TYPE_CHECKING:
    from connectors.kafka.sink import KafkaSink

KAFKA = "kafka"

log = logging.getLogger("tastegraph.outgoing")


@dataclass(frozen=True)
class Telling:
    """The relay of this process; the topic that the settings name is one of its sinks."""

    graph: Graph
    relay: Relay
    settings: Settings
    clock: Clock

    async def run(self) -> None:
        """Tell for ever."""
        while not await self._registered():  # noqa: ASYNC110 - nobody says when the graph is back
            await asyncio.sleep(IDLE_SECONDS)
        await self.relay.run()

    async def _registered(self) -> bool:
        """Make the topic and the triggers sinks; return False while the graph is away."""
        topic, people = self.settings.outgoing_topic, self.settings.outgoing_people
        try:
            if topic is not None:
                sink = (f"{KAFKA}-{topic}", KAFKA, topic, list(OutgoingType))
                await put_sink(self.graph, *sink, with_people=people, clock=self.clock)
            if self.settings.triggers:
                await put_sink(
                    self.graph, TRIGGERS, TRIGGERS, "", WANTED, with_people=True, clock=self.clock
                )
            else:
                await remove_sink(self.graph, TRIGGERS)
        except GraphError as error:
            log.warning("the relay waits: %s", error)
            return False
        return True


@asynccontextmanager
async def open_telling(
    settings: Settings, graph: Graph, watcher: RelayWatcher, clock: Clock
) -> AsyncGenerator[Telling]:
    """Yield the relay to every sink that this process can reach."""
    client = WebhookClient(settings.webhook_networks, clock)
    webhooks = WebhookSink(client, WebhookSecrets(settings.webhook_secrets, clock))
    topic = _topic(settings)
    known: dict[str, Sink] = {WEBHOOK: webhooks, **({KAFKA: topic} if topic else {})}
    relay = Relay(graph, known, settings.events, watcher, clock)
    try:
        yield Telling(graph, relay, settings, clock)
    finally:
        if topic:
            await asyncio.to_thread(topic.close)
        await client.close()


def _topic(settings: Settings) -> KafkaSink | None:
    if settings.kafka is None or settings.outgoing_topic is None:
        return None
    # nothing is to load the client where there is no broker
    from connectors.kafka.sink import KafkaSink

    key = kept_secret(settings.home / "keys" / "outgoing.key", lambda: secrets.token_hex(32))
    return KafkaSink(
        replace(settings.kafka, topic=settings.outgoing_topic),
        key.encode(),
        keep_days=settings.keep_events_days,
        partitions=settings.kafka_partitions,
    )
