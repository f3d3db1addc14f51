"""Webhooks as a sink: several subjects at a time, the events of each in order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from connectors.webhooks.addresses import WebhookRefused
from connectors.webhooks.request import WebhookClient
from connectors.webhooks.secrets import WebhookSecrets
from events.outgoing.document import document
from events.outgoing.sink import SinkAway, by_subject
from graph.outbox.queue import OutgoingEvent
from graph.outbox.sinks import SinkRecord

KIND = "webhook"
AT_ONCE = 8


class WebhookSink:
    """Posts events to webhooks whose secrets are in this home."""

    def __init__(self, client: WebhookClient, secrets: WebhookSecrets) -> None:
        self._client = client
        self._secrets = secrets
        self._taken: dict[str, set[str]] = {}

    def knows(self, record: SinkRecord) -> bool:
        """Return whether the secret is in this home."""
        return record.id in self._secrets

    async def deliver(self, record: SinkRecord, events: Sequence[OutgoingEvent]) -> None:
        """Post events; what was taken before another failed is not sent again by this process.

        Raises SinkAway.
        """
        taken = self._taken.setdefault(record.id, set())
        turns = asyncio.Semaphore(AT_ONCE)
        left = [event for event in events if event.id not in taken]
        failures: list[SinkAway] = []
        async with asyncio.TaskGroup() as group:
            for queue in by_subject(left):
                group.create_task(self._post(record, queue, turns, taken, failures))
        if failures:
            raise failures[0]
        self._taken.pop(record.id, None)

    async def _post(
        self,
        record: SinkRecord,
        events: Sequence[OutgoingEvent],
        turns: asyncio.Semaphore,
        taken: set[str],
        failures: list[SinkAway],
    ) -> None:
        """Post the events of a subject, until any fails."""
        async with turns:
            try:
                secrets = self._secrets.signing(record.id)
                for event in events:
                    if failures:
                        return
                    said = document(event, with_people=record.with_people)
                    await self._client.post(record.url, secrets, said)
                    taken.add(event.id)
            except SinkAway as away:
                failures.append(away)
            except WebhookRefused as refused:
                failures.append(SinkAway(refused.message))
