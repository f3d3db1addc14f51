"""What the outbox adds to a transaction, by step: an interaction, and a change of one drink.

python -m benchmarks.outbox --events 500 [--neo4j bolt://localhost:7687 --password PASSWORD]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

from graph import connection
from graph.catalogue.changes import Signature, change_catalogue
from graph.connection import Address, Graph, connect
from graph.engine.embedded import EmbeddedEngine
from graph.outbox import wanted
from graph.outbox.entries import OutgoingType
from graph.outbox.sinks import put_sink, remove_sink
from graph.people.interactions import add_events
from graph.query import Query
from graph.schema import apply_schema

DRINKS, PEOPLE = 1_000, 500

Times = dict[str, list[float]]


@contextmanager
def timed(times: Times) -> Any:
    """Note how long each query takes, in milliseconds."""
    rows = connection._rows  # pyright: ignore[reportPrivateUsage] - what is measured

    async def measured(transaction: Any, query: Query, values: Any) -> Any:
        began = perf_counter()
        try:
            return await rows(transaction, query, values)
        finally:
            times[query.name].append((perf_counter() - began) * 1000)

    with patch.object(connection, "_rows", measured):
        yield


async def measure(title: str, count: int, work: Callable[[int], Awaitable[object]]) -> None:
    """Print the median of some work, and of each of its queries."""
    times: Times = defaultdict(list)
    whole: list[float] = []
    with timed(times):
        for number in range(count):
            began = perf_counter()
            await work(number)
            whole.append((perf_counter() - began) * 1000)
    print(f"{title}: {median(whole):.2f} ms, p90 {sorted(whole)[int(count * 0.9)]:.2f} ms")
    for name, taken in times.items():
        print(f"    {name}: {median(taken):.2f} ms, {len(taken) / count:.1f} times")


async def run(graph: Graph, events: int) -> None:
    """Measure without anybody who is told, and with somebody."""
    await apply_schema(graph)
    await put_drinks(graph)
    chosen = random.Random(1)

    async def interaction(number: int) -> None:
        said = {"userId": f"user-{chosen.randrange(PEOPLE)}", "eventId": f"e{chosen.random()}"}
        drink = f"drink-{chosen.randrange(DRINKS)}"
        rest: dict[str, Any] = {
            "type": "purchase",
            "value": None,
            "at": 1_796_000_000_000 + number,
            "context": {},
        }
        await add_events(graph, [{**said, "drinkId": drink, **rest}])

    async def change(number: int) -> None:
        await change_catalogue(graph, [], Signature("bench", "EDIT", None), drinks=["drink-1"])

    async def as_before(number: int) -> None:
        with patch.object(wanted, "FRESH_SECONDS", -1.0):  # as if it had to ask at the end
            await interaction(number)

    await measure("warming", events, interaction)
    for turn in range(2):
        print(f"turn {turn}")
        for _ in range(4):  # by turns: others use the machine too
            await measure("an interaction, nobody is told", events // 4, interaction)
            await measure("the same, asking at the end", events // 4, as_before)
        await measure("a change of a drink, nobody is told", events // 5, change)
        await put_sink(graph, "bench", "none", "", list(OutgoingType))
        await measure("an interaction, somebody is told", events, interaction)
        await measure("a change of a drink, somebody is told", events // 5, change)
        await remove_sink(graph, "bench")


async def put_drinks(graph: Graph) -> None:
    """Make drinks without recipes."""
    await graph.statement(
        f"UNWIND range(0, {DRINKS - 1}) AS n CREATE (:Drink {{id: 'drink-' + toString(n), "
        "name: toString(n), recipeComplete: true, changedAt: 1})"
    )


async def main(events: int, neo4j: str | None, password: str) -> None:
    """Measure on a new embedded engine, or on an empty Neo4j."""
    if neo4j:
        async with connect(Address(neo4j, "neo4j", password, "neo4j"), deadline=60.0) as graph:
            await run(graph, events)
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine(Path(folder) / "graph", heap="512m")
        address = await asyncio.to_thread(engine.start)
        try:
            async with connect(address, deadline=60.0) as graph:
                await run(graph, events)
        finally:
            await asyncio.to_thread(engine.stop)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--neo4j")
    parser.add_argument("--password", default="")
    asked = parser.parse_args()
    asyncio.run(main(asked.events, asked.neo4j, asked.password))
