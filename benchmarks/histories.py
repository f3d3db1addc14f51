"""Histories without end: a person with 100,000 events, and a drink that 100,000 people had.

On the bundled catalogue, for each engine: how fast the first and the last of the events are
written, then what is asked about that person, and how long it takes to hand out and to erase all of
it. Needs the Neo4j of the tests (`scripts/test` fetches it); without it only the embedded engine is
measured.

Run: python -m benchmarks.histories [events]
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import engines
from graph.address import Address
from graph.connection import Graph, connect
from graph.importing import Silent
from graph.people.data_export import personal_document
from graph.people.interactions import add_events
from graph.people.privacy import erase, personal_record
from graph.people.profiles import load_profile
from graph.schema import apply_schema
from recommend.explain.reasons import find_reasons
from recommend.ranking.recommender import Recommender
from recommend.state.snapshot_store import SnapshotStore
from service import bundled
from service.metrics import ServiceMetrics
from tests.servers.neo4j import neo4j_available

EVENTS = 100_000
ROWS_PER_BATCH = 10_000  # as an import writes them
TIMES = 9
PERSON, DRINK = "walk-in", "flat-white"
BEGAN = 1_600_000_000_000  # milliseconds since 1970
DEADLINE = 600.0

Event = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Print a Markdown table for each engine."""
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    events = int(arguments[0]) if arguments else EVENTS
    names = ["embedded", *([] if neo4j_available() else ["neo4j"])]
    for name in names:
        with tempfile.TemporaryDirectory() as folder, getattr(engines, name)(Path(folder)) as where:
            print(f"\n## {name}, {events:,} events and people\n\n| what | measured |\n|---|---|")
            asyncio.run(measure(where, Path(folder), events))


async def measure(address: Address, folder: Path, events: int) -> None:
    """Fill a graph, and print a row for each thing that is measured."""
    async with connect(address, deadline=60.0) as graph:
        await apply_schema(graph)
        await bundled.prepare(graph, folder / "rejects.csv", Silent(), empty=False)
        drinks = sorted((await SnapshotStore(graph).snapshot()).catalogue.row_of)
        await measure_import(graph, "one person's events", events_of_one(drinks, events))
        await measure_import(graph, "one event of each person", events_of_many(events))
        await measure_requests(graph)
        await measure_whole(graph)


def events_of_one(drinks: Sequence[str], events: int) -> Iterator[Event]:
    """Yield what one person did, over all drinks."""
    kinds = [("purchase", 1.0), ("purchase", 1.0), ("view", None), ("rating", 4.0), ("save", None)]
    for number in range(events):
        kind, value = kinds[number % len(kinds)]
        yield _event(PERSON, drinks[number * 7 % len(drinks)], number, kind, value)


def events_of_many(people: int) -> Iterator[Event]:
    """Yield one purchase of one drink for each of many people."""
    for number in range(people):
        yield _event(f"person-{number}", DRINK, number, "purchase", 1.0)


def _event(user: str, drink: str, number: int, kind: str, value: float | None) -> Event:
    return {
        "userId": user,
        "drinkId": drink,
        "eventId": f"{user}-{number}",
        "type": kind,
        "value": value,
        "at": BEGAN + number * 1000,
        "context": dict[str, str](),
    }


async def measure_import(graph: Graph, what: str, events: Iterator[Event]) -> None:
    """Print how fast the first and the last tenth of the events were written."""
    seconds: list[float] = []
    rows = list(events)
    for first in range(0, len(rows), ROWS_PER_BATCH):
        began = time.perf_counter()
        await add_events(graph, rows[first : first + ROWS_PER_BATCH], deadline=DEADLINE)
        seconds.append(time.perf_counter() - began)
    rates = [min(ROWS_PER_BATCH, len(rows)) / elapsed for elapsed in (seconds[0], seconds[-1])]
    print(f"| import of {what}, first / last batch | {rates[0]:,.0f} / {rates[1]:,.0f} rows/s |")


async def measure_requests(graph: Graph) -> None:
    """Print how long a page waits for what is about the person."""
    snapshots = SnapshotStore(graph)
    recommender = Recommender(graph, snapshots, ServiceMetrics())
    numbers = itertools.count(10_000_000)

    async def reasons() -> object:
        recommended = await recommender.recommend(PERSON, 10)
        began = time.perf_counter()
        await find_reasons(graph, recommended.basis, [item.drink.id for item in recommended.items])
        taken.append(time.perf_counter() - began)
        return recommended

    async def one_more() -> object:
        return await add_events(graph, [_event(PERSON, DRINK, next(numbers), "view", None)])

    await _print(
        "the profile with the history page, read again", lambda: load_profile(graph, PERSON)
    )
    await _print("ten recommendations", lambda: recommender.recommend(PERSON, 10))
    taken: list[float] = []
    for _ in range(TIMES):
        await reasons()
    print(f"| their reasons | {_said(taken)} |")
    await _print("recording one event", one_more)


async def _print(what: str, work: Callable[[], Awaitable[object]]) -> None:
    seconds: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - began)
    print(f"| {what} | {_said(seconds)} |", flush=True)


def _said(seconds: Sequence[float]) -> str:
    return f"median {median(seconds) * 1000:,.0f} ms, longest {max(seconds) * 1000:,.0f} ms"


async def measure_whole(graph: Graph) -> None:
    """Print how long it takes to hand out, and to erase, all of the person."""
    began = time.perf_counter()
    document = personal_document(await personal_record(graph, PERSON))
    print(f"| export of {len(document['interactions']):,} events | {_since(began)} |", flush=True)
    began = time.perf_counter()
    gone = await erase(graph, PERSON)
    print(f"| erasing {gone.relationships:,} relationships | {_since(began)} |", flush=True)
    began = time.perf_counter()
    await erase(graph, "person-7")
    print(f"| erasing one who had the drink that all had | {_since(began)} |", flush=True)


def _since(began: float) -> str:
    return f"{time.perf_counter() - began:,.2f} s"


if __name__ == "__main__":
    main(sys.argv[1:])
