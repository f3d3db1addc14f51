"""Events into the log and from there into the graph: how many, how soon, and whatever is killed.

.venv/bin/python -m benchmarks.streams log                   (or with --kafka)
.venv/bin/python -m benchmarks.streams http embedded         (or neo4j, everywhere; or --kafka)
.venv/bin/python -m benchmarks.streams consume embedded --events 100000     (or with --poison 1)
.venv/bin/python -m benchmarks.streams replay embedded --events 1000000
.venv/bin/python -m benchmarks.streams killed embedded --kills 100
.venv/bin/python -m benchmarks.streams away embedded --seconds 60            (or with --kafka)
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import logging
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.recommendations import command, graph_server, serving
from connectors.kafka.address import KafkaAddress
from connectors.kafka.log import KafkaLog
from events.embedded_log import EmbeddedLog
from events.lag import lags
from events.log import Log
from events.replay import Replayed, replay
from graph.address import Address
from graph.connection import Graph, connect
from graph.engine.embedded import EmbeddedEngine
from service.opening import local_key, open_graph
from service.settings import read_settings
from tests.servers.kafka import KafkaServer
from tests.support.behaviour import behaviour_hash, event_ids
from tests.support.emptying import ask
from tests.support.proxy import proxied
from tests.support.streaming import Stream, record, streaming, view

DRINKS, PEOPLE = 1_000, 5_000
CIRCUMSTANCES = {"context": {"store": "harbour", "channel": "till"}, "source": "till-3"}
Environment = dict[str, str]


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("what", choices=("log", "http", "consume", "replay", "killed", "away"))
    arguments.add_argument("engine", nargs="?", choices=("embedded", "neo4j"), default="embedded")
    arguments.add_argument("--events", type=int, default=100_000)
    arguments.add_argument("--kills", type=int, default=100)
    arguments.add_argument("--seconds", type=float, default=60.0)
    arguments.add_argument("--poison", type=float, default=0.0, help="per cent of bad events")
    arguments.add_argument("--kafka", action="store_true", help="the log is a topic of Kafka")
    chosen = arguments.parse_args()
    work: Callable[[Environment, argparse.Namespace], Coroutine[Any, Any, None]] = {
        "log": log_alone,
        "http": over_http,
        "consume": consumed,
        "replay": replayed,
        "killed": killed,
        "away": away,
    }[chosen.what]
    with (
        tempfile.TemporaryDirectory() as name,
        graph_server(chosen.engine, Path(name)) as server,
        broker(chosen.kafka, Path(name)) as kafka,
    ):
        asyncio.run(work({**server, **kafka, "TASTEGRAPH_HOME": f"{name}/home"}, chosen))


@contextmanager
def broker(wanted: bool, folder: Path) -> Iterator[Environment]:
    """Yield the setting that names a broker, if there is to be one."""
    if not wanted:
        yield {}
        return
    with KafkaServer(folder / "kafka") as server:
        yield {"KAFKA_BOOTSTRAP_SERVERS": server.bootstrap}


async def add_menu(graph: Graph) -> None:
    """Add drinks of a version: those without are not in the catalogue that a server holds."""
    text = "UNWIND $ids AS id CREATE (:Drink {id: id, changedAt: 1}) RETURN 1 AS one"
    await ask(graph, text, ids=[f"drink-{number}" for number in range(DRINKS)])


def event(number: int, chance: random.Random) -> dict[str, Any]:
    """A view, or at times a purchase, by somebody of many."""
    drink, person = f"drink-{chance.randrange(DRINKS)}", f"person-{chance.randrange(PEOPLE)}"
    if number % 4 == 0:
        bought = {"type": "purchase", "quantity": 2, "price": {"amount": 3.9, "currency": "EUR"}}
        return view(f"e{number}", person, drinkId=drink, **bought, **CIRCUMSTANCES)
    return view(f"e{number}", person, drinkId=drink, **CIRCUMSTANCES)


def events(count: int, first: int = 0) -> Iterator[dict[str, Any]]:
    chance = random.Random(first)
    return (event(number, chance) for number in range(first, first + count))


def print_times(what: str, seconds: list[float]) -> None:
    p50, p99 = np.percentile(np.array(seconds) * 1000, [50, 99])
    print(f"{what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {len(seconds):,} requests", flush=True)


async def log_alone(environment: Environment, _: argparse.Namespace) -> None:
    """Append from sixteen at once, a batch each."""
    for size in (1, 100, 1_000):
        count = 4_000 if size == 1 else 200_000
        sent = [record(event) for event in events(count)]
        batches = iter([sent[at : at + size] for at in range(0, count, size)])
        with _log_of(environment, f"log-{size}") as log:
            await log.append([])
            took: list[float] = []

            async def sender(log: Log = log, took: list[float] = took) -> None:
                for batch in batches:  # noqa: B023 - consumed within this turn of the loop
                    began = time.perf_counter()
                    await log.append(batch)
                    took.append(time.perf_counter() - began)

            began = time.perf_counter()
            await asyncio.gather(*(sender() for _ in range(16)))
            rate = count / (time.perf_counter() - began)
            print_times(f"{size} a batch: {rate:,.0f} events/s", took)
            if isinstance(log, EmbeddedLog):
                print(f"  {log.path.stat().st_size / count:.0f} bytes an event", flush=True)


def _log_of(environment: Environment, name: str) -> EmbeddedLog | KafkaLog:
    if servers := environment.get("KAFKA_BOOTSTRAP_SERVERS"):
        return KafkaLog(KafkaAddress(servers, topic=name))
    return EmbeddedLog(Path(environment["TASTEGRAPH_HOME"]) / name)


@asynccontextmanager
async def graph_of(environment: Environment) -> AsyncIterator[Graph]:
    async with open_graph(read_settings(environment)) as (graph, _):
        yield graph


async def over_http(environment: Environment, chosen: argparse.Namespace) -> None:
    """As fast as it goes in batches, then a tenth of the aim: 3,000 events a second, Kafka 15,000.

    The server consumes meanwhile; Kafka is consumed afterwards.
    """
    tenth = 1_500.0 if chosen.kafka else 300.0
    home = Path(environment["TASTEGRAPH_HOME"])
    async with graph_of(environment) as graph:
        await add_menu(graph)
    token = local_key(home).issue("till", collector=True)
    with serving(environment) as (port, _):
        for size, count in ((100, 60_000), (1, 4_000)):
            bodies = _bodies(list(events(count, first=size * 1_000_000)), size)
            _OPEN.clear()
            began = time.perf_counter()
            with ThreadPoolExecutor(8) as pool:
                took = list(pool.map(lambda part: _post(port, token, part), bodies))
            rate = count / (time.perf_counter() - began)
            print_times(f"{size} a request, 8 connections: {rate:,.0f} events/s", took)
        await _caught_up(environment)
        for size in (1, 10):
            took = _paced(port, token, size, rate=tenth, seconds=30.0)
            print_times(f"{tenth:g} events/s, {size} a request", took)
        await _caught_up(environment)


def _bodies(sent: list[dict[str, Any]], size: int) -> list[bytes]:
    return [json.dumps(sent[at : at + size]).encode() for at in range(0, len(sent), size)]


_OPEN: dict[int, http.client.HTTPConnection] = {}


def _post(port: int, token: str, body: bytes) -> float:
    """Return the seconds until every event of a batch was acknowledged."""
    connection = _OPEN.setdefault(
        threading.get_ident(), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    )
    began = time.perf_counter()
    connection.request("POST", "/v1/events", body, {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    document = json.loads(answer.read())
    took = time.perf_counter() - began
    if answer.status != 200 or any(event["status"] != "accepted" for event in document["events"]):
        raise RuntimeError(f"{answer.status}: {document}")
    return took


def _paced(port: int, token: str, size: int, rate: float, seconds: float) -> list[float]:
    """Send at a steady rate on four connections, whatever the answers take."""
    count = int(rate * seconds)
    bodies = _bodies(list(events(count, first=900_000_000 + size * 1_000_000)), size)
    _OPEN.clear()  # the server closes what is idle
    began = time.perf_counter()

    def at_its_time(number: int) -> float:
        time.sleep(max(0.0, began + number * size / rate - time.perf_counter()))
        return _post(port, token, bodies[number])

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(at_its_time, range(len(bodies))))


async def _caught_up(environment: Environment) -> None:
    began = time.perf_counter()
    if "KAFKA_BOOTSTRAP_SERVERS" in environment:
        command(environment, "stream", "run", "--once")
        print(f"consumed in {time.perf_counter() - began:.1f} s", flush=True)
        return
    async with graph_of(environment) as graph:
        with EmbeddedLog(Path(environment["TASTEGRAPH_HOME"]) / "events") as log:
            while any([lag.behind for lag in await lags(graph, log)]):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    print(f"the graph has all {time.perf_counter() - began:.1f} s later", flush=True)


async def _filled(stream: Stream, count: int, poison: float = 0.0) -> None:
    await add_menu(stream.graph)
    chance = random.Random(1)
    for at in range(0, count, 5_000):
        sent = events(min(5_000, count - at), first=at)
        await stream.send(*(_spoiled(each, poison, chance) for each in sent))


def _spoiled(event_sent: dict[str, Any], poison: float, chance: random.Random) -> dict[str, Any]:
    """Return an event, or with so many per cent one of no drink, or of no type that there is."""
    if chance.random() * 100 >= poison:
        return event_sent
    return {**event_sent, **chance.choice(({"drinkId": "no-such-drink"}, {"type": "dance"}))}


async def consumed(environment: Environment, chosen: argparse.Namespace) -> None:
    """Write what is in the log to the graph, as fast as it goes."""
    folder = Path(environment["TASTEGRAPH_HOME"]) / "events"
    writers = 1 if chosen.engine == "embedded" else 4
    async with graph_of(environment) as graph, streaming(graph, folder, writers=writers) as stream:
        await _filled(stream, chosen.events, chosen.poison)
        began = time.perf_counter()
        await stream.consume()
        rate = chosen.events / (time.perf_counter() - began)
        print(f"{rate:,.0f} events/s; {stream.counts.new:,} written, {stream.counts.dead} dead")


async def replayed(environment: Environment, chosen: argparse.Namespace) -> None:
    """Replay all on the same graph: nothing changes."""
    folder = Path(environment["TASTEGRAPH_HOME"]) / "events"
    async with graph_of(environment) as graph, streaming(graph, folder) as stream:
        await _filled(stream, chosen.events)
        await stream.consume()
        before = await behaviour_hash(graph)
        done, began = Replayed(), time.perf_counter()
        async for so_far in replay(graph, stream.log, stream.letters, 0):
            done = so_far
        rate = chosen.events / (time.perf_counter() - began)
        same = "unchanged" if await behaviour_hash(graph) == before else "CHANGED"
        print(f"{rate:,.0f} events/s; {done}; the hash is {same}", flush=True)


async def killed(environment: Environment, chosen: argparse.Namespace) -> None:
    """Kill the consumer (-9) at random while events come in; count what is lost, and what twice."""
    home, chance = Path(environment["TASTEGRAPH_HOME"]), random.Random(9)
    consumer = [sys.executable, "-m", "service.cli.main", "stream", "run"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    acknowledged: list[str] = []
    async with graph_of(environment) as graph:
        await add_menu(graph)
        with EmbeddedLog(home / "events") as log:
            for number in range(chosen.kills):
                process = subprocess.Popen(consumer, env=environment, **silent)  # noqa: ASYNC220
                try:
                    await asyncio.sleep(chance.uniform(0.8, 1.8))
                    sent = list(events(1_000, first=number * 1_000))
                    await log.append([record(event_sent) for event_sent in sent])
                    acknowledged += [
                        f"{event_sent['userId']} {event_sent['eventId']}" for event_sent in sent
                    ]
                    await asyncio.sleep(chance.uniform(0.0, 0.5))
                finally:
                    process.kill()
                    process.wait()
        subprocess.run([*consumer, "--once"], env=environment, check=True)  # noqa: ASYNC221
        found = await event_ids(graph)
    lost, twice = len(set(acknowledged) - set(found)), len(found) - len(set(found))
    print(f"{chosen.kills} kills, {len(acknowledged):,} acknowledged: {lost} lost, {twice} twice")


async def away(environment: Environment, chosen: argparse.Namespace) -> None:
    """Cut the line to the graph while 500 events a second come in; then measure the catching up."""
    settings = read_settings(environment)
    engine = EmbeddedEngine(settings.home / "graph") if settings.neo4j is None else None
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    address = engine.start() if engine else settings.neo4j
    assert address
    try:
        async with (
            proxied(address) as (line, near),
            connect(near) as graph,
            streaming(graph, settings.events, kafka=settings.kafka) as stream,
        ):
            await _away(stream, line, address, chosen.seconds)
    finally:
        if engine:
            engine.stop()


async def _away(stream: Stream, line: Any, address: Address, seconds: float) -> None:
    await add_menu(stream.graph)
    own = psutil.Process()
    consuming = asyncio.create_task(stream.consumer.run())
    line.cut()
    before, count = own.memory_info().rss, int(seconds * 500)
    began = time.monotonic()
    for at in range(0, count, 50):
        await stream.send(*events(50, first=at))
        await asyncio.sleep(max(0.0, began + (at + 50) / 500 - time.monotonic()))
    after = own.memory_info().rss
    line.mend()
    began = time.monotonic()
    while any([lag.behind for lag in await lags(stream.graph, stream.log)]):  # noqa: ASYNC110
        await asyncio.sleep(1.0)  # to ask more often would hold the reading of a topic up
    took = time.monotonic() - began
    consuming.cancel()
    async with connect(address) as graph:
        rows = await ask(graph, "MATCH (:User)-[e]->(:Drink) RETURN count(e) AS n", "read")
    print(
        f"away {seconds:g} s, {count:,} events meanwhile: memory {before / 1e6:.0f} -> "
        f"{after / 1e6:.0f} MB; all {rows[0]['n']:,} in the graph {took:.1f} s after it was back"
    )


if __name__ == "__main__":
    main()
