"""Changes of a shop's database into the graph: whether they end as the database is, and how soon.

.venv/bin/python -m benchmarks.changes random embedded --changes 100000     (or neo4j)
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from events.captured_people import CapturedPeople
from graph.address import Address
from graph.capture.applying import Applied, Applier
from graph.capture.changes import TransactionEnd
from graph.capture.mapping import read_capture
from graph.connection import Graph, connect
from graph.engine.embedded import EmbeddedEngine
from graph.schema import apply_schema
from tests.integration.graph.importing.support import Importer
from tests.servers.neo4j import Neo4jServer
from tests.support.shop_database import MAPPING, ShopDatabase, batches, delivered, graph_state


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("what", choices=("random",))
    arguments.add_argument("engine", nargs="?", choices=("embedded", "neo4j"), default="embedded")
    arguments.add_argument("--changes", type=int, default=100_000)
    arguments.add_argument("--together", type=int, default=1_000)
    arguments.add_argument("--seed", type=int, default=0)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.engine == "embedded":
            engine = EmbeddedEngine(Path(folder), heap="768m")
            asyncio.run(random_changes(engine.start(), chosen, Path(folder)))
            engine.stop()
        else:
            with Neo4jServer(Path(folder) / "neo4j") as server:
                address = Address(server.uri, server.user, server.password, server.database)
                asyncio.run(random_changes(address, chosen, Path(folder)))


async def random_changes(address: Address, chosen: argparse.Namespace, folder: Path) -> None:
    """Apply random changes, late, out of order and doubled; compare the graph with the database."""
    async with connect(address, deadline=60.0) as graph:
        await apply_schema(graph)
        await Importer(graph, folder).knowledge()
        shop, chance = ShopDatabase(chosen.seed, 1_000, 300), random.Random(chosen.seed)
        shop.fill()
        messages = [*shop.snapshot(), *shop.change(chosen.changes)]
        sent = delivered(messages, chance)
        applier = make_applier(graph)
        done, started = Applied(), time.perf_counter()
        for batch in batches(sent, chance, chosen.together * 2):
            done += await applier.apply(batch)
        await applier.apply([TransactionEnd("the end")])
        seconds = time.perf_counter() - started
        there = shop.state()
        found = await graph_state(graph, there)
        kinds = Counter(type(message).__name__ for message in sent)
        print(f"{dict(kinds)} in {seconds:.1f} s; {done}; graph = source: {found == there}")
        print_differences(found, there)


def print_differences(found: Mapping[str, Any], there: Mapping[str, Any], most: int = 10) -> None:
    """Print some of what the graph has otherwise than the database."""
    for kind in ("drinks", "ingredients"):
        here, rows = found[kind], there[kind]
        wrong = [id_ for id_ in rows if here.get(id_) != rows[id_]]
        for id_ in wrong[:most]:
            print(f"{len(wrong)} {kind}: {id_} is {here.get(id_)}, not {rows[id_]}")
    orders, expected = Counter(found["orders"]), Counter(there["orders"])
    print(f"orders too many {orders - expected}, missing {expected - orders}")


def make_applier(graph: Graph) -> Applier:
    mapping = read_capture(MAPPING, "shop.toml")
    people = CapturedPeople(graph, mapping, by="capture", key="key")
    return Applier(graph, mapping, people, by="capture", key="key")


if __name__ == "__main__":
    main()
