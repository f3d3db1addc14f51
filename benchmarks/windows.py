"""The windowed features: events a second, and how soon a trend shows.

    python -m benchmarks.windows duckdb [--events N] [--rate N] [--seconds N]
    python -m benchmarks.windows flink [--events N]

`duckdb` reads a log of N events from its start, then sends at a rate and measures from the call
that appends a batch until the trends that count it are published: of each round the wait of the
first event, the longest. `flink` needs the jars that `tests.servers.flink` and `.kafka`
fetch: it puts N events into a topic, starts the jobs, kills the task manager when half of the
results are there, and compares all windows with DuckDB's.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from events.embedded_log import EmbeddedLog
from events.log import NewRecord
from streams.features import features
from streams.flink.jobs import Topics, submit
from streams.runner import WindowRunner
from tests.servers.flink import FlinkCluster
from tests.servers.kafka import KafkaServer
from tests.support.flink_results import Results, by_duckdb, make_topics, produce
from tests.support.trend_events import HOUR, START, Sent, iso, trend_events

TOPIC = "windows.events"
TOGETHER = 5_000


class Waits:
    """What the runner says."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def left_out(self, late: int, ahead: int, surplus: int) -> None:
        """Nobody asks."""

    def trends_published(self, seconds: float) -> None:
        self.seconds.append(seconds)


def record(event: Sent, number: int, at: int | None = None) -> NewRecord:
    document = {**event.document, "eventId": f"{number}"}
    if at is not None:
        document["at"] = iso(at)
    body = Sent(event.received, document).body
    return NewRecord(event.person, str(number), str(document["drinkId"]), body)


async def by_log(count: int, rate: int, seconds: int) -> None:
    events = trend_events(count, people=5_000, drinks=500)
    end = datetime.fromtimestamp(events[-1].received / 1000, UTC)
    waits = Waits()
    with tempfile.TemporaryDirectory() as folder:
        then = iter(events)

        def clock() -> datetime:
            event = next(then, None)
            return datetime.fromtimestamp(event.received / 1000, UTC) if event else end

        with EmbeddedLog(Path(folder) / "events", clock) as log:
            for first in range(0, count, TOGETHER):
                some = events[first : first + TOGETHER]
                await log.append([record(one, first + n) for n, one in enumerate(some)])
            runner = WindowRunner(log, Path(folder) / "windows", waits, 5, lambda: end)
            began, busy, read = time.perf_counter(), time.process_time(), 0
            while got := await runner.round():
                read += got
            took = time.perf_counter() - began
            busy = time.process_time() - busy
            print(f"{read:,} events read and computed in {took:.1f} s: {read / took:,.0f} a second")
            print(f"{busy:.1f} s of one core: {read / busy:,.0f} events a second of it")
            await runner.close()
        await live(Path(folder) / "live", rate, seconds)


async def live(folder: Path, rate: int, seconds: int) -> None:
    waits, number = Waits(), 0
    with EmbeddedLog(folder / "events") as log:
        runner = WindowRunner(log, folder / "windows", waits, 5)

        async def compute() -> None:
            while True:
                await runner.round()
                await asyncio.sleep(0.5)

        computing = asyncio.create_task(compute())
        events = trend_events(rate * seconds, people=5_000, drinks=500)
        began = time.perf_counter()
        for first in range(0, rate * seconds, rate // 10):
            now = time.time_ns() // 1_000_000
            some = events[first : first + rate // 10]
            await log.append([record(one, number + n, now) for n, one in enumerate(some)])
            number += len(some)
            await asyncio.sleep(max(0, began + (first + rate // 10) / rate - time.perf_counter()))
        sent = number / (time.perf_counter() - began)
        await asyncio.sleep(5)
        computing.cancel()
        await runner.close()
    p50, p95, most = np.quantile(waits.seconds, (0.5, 0.95, 1.0))
    print(f"{sent:,.0f} events/s: waits of {p50:.2f} s (p50), {p95:.2f} s (p95), {most:.2f} s")


def by_flink(count: int) -> None:
    events = trend_events(count, people=20_000, drinks=2_000)
    expected = by_duckdb(events)
    with (
        tempfile.TemporaryDirectory() as folder,
        KafkaServer(Path(folder) / "kafka") as kafka,
        FlinkCluster(Path(folder) / "flink", "512m", managed="1500m", interval="10s") as flink,
    ):
        make_topics(kafka, TOPIC, features())
        produce(kafka.bootstrap, TOPIC, events)
        results = Results(kafka.bootstrap, TOPIC, features())
        began = time.perf_counter()
        at = {"bootstrap.servers": kafka.bootstrap}
        submit(flink.gateway, features(), Topics(TOPIC, START - 48 * HOUR, at))
        started = time.perf_counter()
        while sum(map(len, results.rows().values())) < sum(map(len, expected.values())) / 2:
            results.read(0.2)
        flink.kill_task_manager()
        found = results.wait_for(expected, 600)
        took = time.perf_counter() - started
        print(f"submitted in {started - began:.1f} s; {count:,} events in {took:.1f} s, one kill:")
        for name, rows in expected.items():
            print(f"  {name}: {len(rows):,} rows, equal: {found[name] == rows}")
        print(f"  {count / took:,.0f} events/s; {results.messages:,} messages of results")
        results.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("engine", choices=("duckdb", "flink"))
    asked.add_argument("--events", type=int, default=600_000)
    asked.add_argument("--rate", type=int, default=1_000)
    asked.add_argument("--seconds", type=int, default=30)
    options = asked.parse_args()
    if options.engine == "flink":
        by_flink(options.events)
    else:
        asyncio.run(by_log(options.events, options.rate, options.seconds))


if __name__ == "__main__":
    main()
