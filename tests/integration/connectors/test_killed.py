"""Consumer and broker, then graph and server killed (-9) at once under load, on the way by Kafka.

`benchmarks/kafka_kills.py` does the same a hundred times.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from service.opening import local_key, open_graph
from service.settings import read_settings
from tests.servers.kafka import KafkaServer
from tests.support.behaviour import event_ids
from tests.support.brokers import own_topic
from tests.support.killing import VICTIMS, Sender, kill_some, on_the_way
from tests.support.streaming import add_drinks, view

BATCH = 20


def batches() -> Iterator[Sequence[dict[str, Any]]]:
    for first in itertools.count(0, BATCH):
        yield [view(f"e{n}", f"person-{n % 50}") for n in range(first, first + BATCH)]


async def test_whatever_is_killed_nothing_acknowledged_is_lost_or_there_twice(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    settings = read_settings({"TASTEGRAPH_HOME": str(home), "TASTEGRAPH_DEADLINE": "60"})
    async with open_graph(settings) as (graph, _):
        await add_drinks(graph, "chai")
    with on_the_way(home, kafka, own_topic(kafka)) as way:
        token = local_key(home).issue("till", collector=True)
        with Sender(way, token, batches()) as sender:
            chance = random.Random(3)
            for together in (VICTIMS[:2], VICTIMS[2:]):
                kill_some(way, sender, together, chance)
        way.stop()
        done = way.command("stream", "run", "--once")
        assert done.returncode == 0, done.stderr
    async with open_graph(settings) as (graph, _):
        written = await event_ids(graph)
    assert len(sender.acknowledged) > BATCH * len(VICTIMS)
    assert sender.refused, "nobody noticed the kills"
    assert set(sender.acknowledged) <= set(written)
    assert len(written) == len(set(written))
