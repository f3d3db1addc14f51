"""The relay killed (-9) again and again: every event comes, and comes again under the same id."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

from connectors.webhooks.secrets import WebhookSecrets
from connectors.webhooks.sink import KIND
from graph.connection import Address, Graph
from graph.outbox.entries import OutgoingType
from graph.outbox.sinks import put_sink
from graph.people.interactions import add_events
from tests.integration.events.test_killed import settings_of
from tests.integration.service.commands import COMMAND, environment
from tests.support.receiver import Received, receiving
from tests.support.streaming import add_drinks

KILLS, EVENTS, PEOPLE = 3, 600, 20


async def test_a_relay_killed_again_and_again_loses_nothing(
    graph: Graph, address: Address, tmp_path: Path
) -> None:
    chance = random.Random(7)
    home = tmp_path / "home"
    secret = WebhookSecrets(home / "keys" / "webhooks").make("wh_1")
    await add_drinks(graph, "chai")
    with receiving() as receiver:
        wanted = [OutgoingType.INTERACTION_RECORDED]
        await put_sink(graph, "wh_1", KIND, receiver.url, wanted, with_people=True)
        for first in range(0, EVENTS, PEOPLE):
            await add_events(graph, [_event(first + n, n) for n in range(PEOPLE)])
        env = environment(home, TASTEGRAPH_WEBHOOK_NETWORKS="127.0.0.0/8", **settings_of(address))
        for kill in range(KILLS + 1):
            before = len(receiver.requests)
            process = await asyncio.create_subprocess_exec(
                *COMMAND, "stream", "run", env=env, stderr=asyncio.subprocess.DEVNULL
            )
            async with asyncio.timeout(120):
                while len(receiver.requests) == before or (kill == KILLS and _missing(receiver)):
                    assert process.returncode is None
                    await asyncio.sleep(0.02)
            await asyncio.sleep(chance.uniform(0.0, 0.1))
            process.kill()
            await process.wait()
        receiver.verified(secret)
        documents = receiver.documents()
    id_of = {document["data"]["eventId"]: document["id"] for document in documents}
    assert set(id_of) == {f"e{number:03}" for number in range(EVENTS)}
    assert all(id_of[said["data"]["eventId"]] == said["id"] for said in documents)
    for person in range(PEOPLE):
        mine = [
            said["data"]["eventId"] for said in documents if said["data"]["userId"] == f"p{person}"
        ]
        firsts = list(Counter(mine))
        assert firsts == sorted(firsts)


def _event(number: int, person: int) -> dict[str, object]:
    said = {"userId": f"p{person}", "drinkId": "chai", "eventId": f"e{number:03}"}
    return {**said, "type": "view", "value": None, "at": 1_796_000_000_000, "context": {}}


def _missing(receiver: Received) -> bool:
    documents = receiver.documents()
    return len({document["id"] for document in documents}) < EVENTS
