"""Kill -9 of consumer, broker, graph and server under load: what is lost, and what is there twice.

.venv/bin/python -m benchmarks.kafka_kills --kills 100
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.streams import add_menu, events
from connectors.kafka.address import KafkaAddress
from service.opening import local_key, open_graph
from service.settings import read_settings
from tests.servers.kafka import KafkaServer
from tests.support.behaviour import event_ids
from tests.support.killing import VICTIMS, Sender, Way, kill_some, on_the_way

BATCH = 20


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=100)
    arguments.add_argument("--minutes", type=float, default=60.0, help="no more kills after that")
    chosen = arguments.parse_args()
    kills: int = chosen.kills
    chance = random.Random(17)
    victims = [victim for _, victim in zip(range(kills), itertools.cycle(VICTIMS), strict=False)]
    chance.shuffle(victims)
    with tempfile.TemporaryDirectory() as name, KafkaServer(Path(name) / "kafka") as broker:
        home = Path(name) / "home"
        asyncio.run(_prepare(home))
        with on_the_way(home, broker, KafkaAddress(broker.bootstrap)) as way:
            _under_load(way, victims, chance, 60 * chosen.minutes)


def _under_load(
    way: Way, victims: Sequence[str], chance: random.Random, most_seconds: float
) -> None:
    token = local_key(way.home).issue("till", collector=True)
    began, killed = time.monotonic(), Counter[str]()
    with Sender(way, token, _batches()) as sender:
        for victim in victims:
            if time.monotonic() - began > most_seconds:
                break
            kill_some(way, sender, [victim], chance)
            killed[victim] += 1
            if killed.total() % 10 == 0:
                told = f"{killed.total()} kills, {len(sender.acknowledged):,} acknowledged"
                print(f"{told} in {time.monotonic() - began:.0f} s", flush=True)
    seconds = time.monotonic() - began
    way.stop()
    done = way.command("stream", "run", "--once")
    written = asyncio.run(_written(way.home))
    lost = len(set(sender.acknowledged) - set(written))
    twice = len(written) - len(set(written))
    print(
        f"{dict(killed)} in {seconds:.0f} s, {sender.refused:,} requests not acknowledged: "
        f"{len(sender.acknowledged):,} acknowledged, {lost} lost, {twice} twice; "
        f"the last consumer ended with {done.returncode}"
    )


def _batches() -> Iterator[Sequence[dict[str, Any]]]:
    every = events(10_000_000)
    while batch := list(itertools.islice(every, BATCH)):
        yield batch


async def _prepare(home: Path) -> None:
    async with open_graph(
        read_settings({"TASTEGRAPH_HOME": str(home), "TASTEGRAPH_DEADLINE": "60"})
    ) as (graph, _):
        await add_menu(graph)


async def _written(home: Path) -> list[str]:
    async with open_graph(
        read_settings({"TASTEGRAPH_HOME": str(home), "TASTEGRAPH_DEADLINE": "60"})
    ) as (graph, _):
        return await event_ids(graph)


if __name__ == "__main__":
    main()
