"""Recommendations over HTTP: first 10, generated catalogue, one serving process or several.

.venv/bin/python -m benchmarks.recommendations embedded
.venv/bin/python -m benchmarks.recommendations neo4j      (needs Java 17 and Maven)
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil

from benchmarks.world import write_world
from embeddings.data.export import export_graph
from embeddings.registry import lifecycle
from embeddings.registry.store import ModelStore
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from service.opening import local_key, open_graph
from service.settings import read_settings
from tests.servers.neo4j import Neo4jServer
from tests.servers.process import free_port

QUERY = (
    "{ recommendations(first: 10) { ... on Recommendations { modelVersion catalogueVersion"
    " items { rank score drink { id name kind } safety { status"
    " verdicts { allergenId verdict } } } } ... on Failure { message } } }"
)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("engine", choices=("embedded", "neo4j"))
    arguments.add_argument("--drinks", type=int, default=100_000)
    arguments.add_argument("--users", type=int, default=20_000)
    arguments.add_argument("--events", type=int, default=500_000)
    arguments.add_argument("--asking", type=int, help="how many of the people ask; all")
    arguments.add_argument(
        "--kept", nargs="*", default=[""], help="TASTEGRAPH_KEPT_ANSWERS, in turn"
    )
    arguments.add_argument("--workers", type=int, nargs="*", default=[1], help="in turn")
    arguments.add_argument("--connections", type=int, nargs="*", default=[1, 8])
    arguments.add_argument("--seconds", type=float, default=20.0)
    arguments.add_argument("--rest", action="store_true", help="ask /v1/recommendations")
    arguments.add_argument("--home", type=Path, help="a world to make and keep, or one kept before")
    arguments.add_argument("--retrain", action="store_true", help="by the command, not briefly")
    chosen = arguments.parse_args()
    with home_of(chosen.home) as home, graph_server(chosen.engine, home) as environment:
        environment |= {"TASTEGRAPH_HOME": str(home / "data")}
        if not (home / "data").exists():
            prepare(home, environment, chosen)
        key, asking = local_key(home / "data"), chosen.asking or chosen.users
        tokens = [key.issue(f"user-{user}") for user in range(asking)]
        for kept, workers in itertools.product(chosen.kept, chosen.workers):
            setting = {"TASTEGRAPH_KEPT_ANSWERS": kept} if kept else {}
            with serving(environment | setting, workers) as (port, process):
                said = f"kept answers: {kept or 'as it comes'}, workers: {workers}"
                print(f"{said}, {memory(process)}", flush=True)
                for connections in chosen.connections:
                    load = Load(port, tokens, connections, chosen.seconds, chosen.rest)
                    measure(process, load)
                print(f"memory: {memory(process)}", flush=True)


@contextmanager
def home_of(kept: Path | None) -> Iterator[Path]:
    """Yield the folder that is to be kept, or one that is gone afterwards."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def prepare(home: Path, environment: dict[str, str], chosen: argparse.Namespace) -> None:
    """Generate a world, import it and train a model."""
    rows = write_world(home / "world", chosen.drinks, chosen.users, chosen.events)
    seconds = command(environment, "import", str(home / "world"), "--json")
    print(f"import: {rows} rows in {seconds:.1f} s, {rows / seconds:.0f} rows/s", flush=True)
    if chosen.retrain:
        print(f"retrain: {command(environment, 'retrain'):.0f} s", flush=True)
    else:
        asyncio.run(brief_model(environment))


@contextmanager
def graph_server(engine: str, home: Path) -> Iterator[dict[str, str]]:
    if engine == "embedded":
        yield dict(os.environ)
        return
    with Neo4jServer(home / "neo4j") as server:
        yield {
            **os.environ,
            "NEO4J_URI": server.uri,
            "NEO4J_USER": server.user,
            "NEO4J_PASSWORD": server.password,
            "NEO4J_DATABASE": server.database,
        }


def command(environment: dict[str, str], *words: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "service.cli.main", *words],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=None if os.environ.get("VERBOSE") else subprocess.DEVNULL,
    )
    return time.perf_counter() - began


async def brief_model(environment: dict[str, str]) -> None:
    """Train for one epoch and make the model active: speed does not depend on its quality."""
    settings = read_settings(environment)
    async with open_graph(settings) as (graph, _):
        artefact = fit(await export_graph(graph), TrainingConfig(hidden=64)).artefact()
        ModelStore(settings.models).write(artefact)
        await lifecycle.register(graph, artefact, "trained briefly, to measure speed")
        await lifecycle.activate(graph, artefact)


@contextmanager
def serving(environment: dict[str, str], workers: int = 1) -> Iterator[tuple[int, psutil.Process]]:
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli.main", "serve", "--workers", str(workers)],
        env={**environment, "PORT": str(port), "TASTEGRAPH_RATE_LIMITS": "0,0,0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1)
                break
            except OSError:
                time.sleep(0.2)
        print(f"ready after {time.perf_counter() - began:.1f} s", flush=True)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def memory(process: psutil.Process) -> str:
    """Return what each process takes in all, and what of it is shared with no other."""
    sizes = [f"serving {_sizes(each)}" for each in served_by(process)]
    sizes += [f"graph {_sizes(engine)}" for engine in engines_of(process)]
    return ", ".join(sizes)


def _sizes(process: psutil.Process) -> str:
    memory = process.memory_full_info()
    return f"{memory.rss / 1e6:.0f} MB ({memory.uss / 1e6:.0f} its own)"


def served_by(process: psutil.Process) -> list[psutil.Process]:
    """Return the process that was started, and all that serve with it."""
    children = process.children(recursive=True)
    return [process, *(child for child in children if "service.cli" in " ".join(child.cmdline()))]


def engines_of(serving: psutil.Process) -> list[psutil.Process]:
    """Return the process of the embedded engine; none beside a Neo4j."""
    children = serving.children(recursive=True)
    return [child for child in children if "graph.engine.process" in " ".join(child.cmdline())]


@dataclass(frozen=True)
class Load:
    """Who asks, by how many connections at once, for how long, and by which door."""

    port: int
    tokens: list[str]
    connections: int
    seconds: float
    rest: bool = False

    def request(self, token: str) -> bytes:
        """Return the bytes of a request for one person's list."""
        rest = "GET /v1/recommendations?first=10"
        line = f"{rest if self.rest else 'POST /graphql'} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head = f"{line}Authorization: Bearer {token}\r\n"
        if self.rest:
            return f"{head}\r\n".encode()
        body = json.dumps({"query": QUERY})
        about = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"{head}{about}\r\n{body}".encode()


def measure(process: psutil.Process, load: Load) -> None:
    """Print percentiles over a time; the load comes from a process of its own."""
    busy, engines, graphs = 0.0, engines_of(process), 0.0
    for each in (replace(load, seconds=5.0), load):
        busy, graphs = serving_seconds(process), sum(map(processor_seconds, engines))
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            times, elapsed, short = pool.apply(run_load, (each,))
    busy = (serving_seconds(process) - busy) * 1000 / len(times)
    graphs = (sum(map(processor_seconds, engines)) - graphs) * 1000 / len(times)
    p50, p95, p99 = np.percentile(np.array(times) * 1000, [50, 95, 99])
    print(
        f"{load.connections} connections: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, "
        f"{len(times) / elapsed:.0f} requests/s, {len(times)} requests, {short} not of 10 drinks, "
        f"{busy:.2f} ms of the service's processor time a request, {graphs:.2f} ms of the "
        "embedded engine's",
        flush=True,
    )


def serving_seconds(process: psutil.Process) -> float:
    return sum(map(processor_seconds, served_by(process)))


def processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def run_load(load: Load) -> tuple[list[float], float, int]:
    async def all_connections() -> tuple[list[float], int]:
        until = time.perf_counter() + load.seconds
        results = await asyncio.gather(
            *(connection(load, until, seed) for seed in range(load.connections))
        )
        return [seconds for times, _ in results for seconds in times], sum(
            short for _, short in results
        )

    began = time.perf_counter()
    times, short = asyncio.run(all_connections())
    return times, time.perf_counter() - began, short


async def connection(load: Load, until: float, seed: int) -> tuple[list[float], int]:
    draw = random.Random(seed + time.time_ns())
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    times: list[float] = []
    short = 0
    while time.perf_counter() < until:
        request = load.request(draw.choice(load.tokens))
        began = time.perf_counter()
        writer.write(request)
        answer = await _answer(reader)
        times.append(time.perf_counter() - began)
        short += answer.count(b'"rank"') != 10
    writer.close()
    return times, short


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    ]
    return await reader.readexactly(lengths[0])


if __name__ == "__main__":
    main()
