"""Models promoted, refused and rolled back under load: two server processes, generated catalogue.

.venv/bin/python -m benchmarks.switching embedded
.venv/bin/python -m benchmarks.switching neo4j        (needs Java 17 and Maven)
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.recommendations import command, graph_server, serving
from benchmarks.world import write_world
from embeddings.evaluation.promotion import PromotionDecision
from embeddings.registry.store import ModelStore
from learning.operations import Experiments
from learning.results.canary import CONTROL, NEWER, canary_of
from service.opening import local_key, open_graph
from service.settings import read_settings
from tests.support.experiments import write_outcomes
from tests.support.load import Answer, Load
from tests.support.models import ACCEPTED, REFUSED, put_model

QUIET_SECONDS = 10.0
# around a switch: what was asked from the command's begin until this long after its end
AFTER_SECONDS = 2.0


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("engine", choices=("embedded", "neo4j"))
    arguments.add_argument("--drinks", type=int, default=10_000)
    arguments.add_argument("--users", type=int, default=2_000)
    arguments.add_argument("--events", type=int, default=50_000)
    arguments.add_argument("--connections", type=int, default=2, help="of each server")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        with graph_server(chosen.engine, home) as environment:
            environment |= {"TASTEGRAPH_HOME": str(home / "data")}
            write_world(home / "world", chosen.drinks, chosen.users, chosen.events)
            command(environment, "import", str(home / "world"), "--json")
            first, second, poor = (
                asyncio.run(trained(environment, seed, decision))
                for seed, decision in ((56, ACCEPTED), (57, ACCEPTED), (58, REFUSED))
            )
            key = local_key(home / "data")
            tokens = {f"user-{user}": key.issue(f"user-{user}") for user in range(50)}
            run(environment, ["promote", first])
            with (
                serving(environment) as (first_server, _),
                serving(environment) as (other, _),
                load(sorted((first_server, other)), tokens, chosen.connections) as asking,
            ):
                measure(environment, asking, first, second, poor)


@contextmanager
def load(ports: Sequence[int], tokens: dict[str, str], connections: int) -> Iterator[Load]:
    servers = [f"http://127.0.0.1:{port}" for port in ports]
    with Load(servers, tokens, connections, first=10) as asking:
        yield asking


async def trained(environment: dict[str, str], seed: int, decision: PromotionDecision) -> str:
    """Train a model 64 wide or so, without the choice of settings: its quality does not matter."""
    settings = read_settings(environment)
    async with open_graph(settings) as (graph, _):
        return (await put_model(graph, ModelStore(settings.models), seed, decision)).version


def measure(environment: dict[str, str], asking: Load, first: str, second: str, poor: str) -> None:
    asking.wait_for_version(first)
    began = time.monotonic()
    time.sleep(QUIET_SECONDS)
    say("nothing changes", asking.since(began), "")
    for name, words, version in (
        ("promote", ["promote", second], second),
        ("roll back", ["rollback"], first),
        ("promote a refused one", ["promote", poor], None),
        ("shadow a candidate, 100 %", ["shadow", poor, "--share", "1"], None),
        ("promote despite the gate", ["promote", poor, "--despite", "a benchmark"], poor),
        ("roll back again", ["rollback"], first),
    ):
        began = time.monotonic()
        process = run(environment, words, wait=False)
        switched = asking.wait_for_version(version) - began if version else None
        status = process.wait()
        took = time.monotonic() - began
        time.sleep(QUIET_SECONDS if "shadow" in name else AFTER_SECONDS)
        since = asking.since(began)
        answers = [answer for answer in since if answer.version == version]
        soonest = min((answer.at - began for answer in answers), default=None)
        say(
            name, since, f"{in_seconds(soonest)} | {in_seconds(switched)} | {took:.1f} s | {status}"
        )

    measure_canary(environment, asking, second)


def measure_canary(environment: dict[str, str], asking: Load, newer: str) -> None:
    """A canary on everybody, of which simulated people of the past say that it does harm."""
    began = time.monotonic()
    canary = asyncio.run(tried_on_all(environment, newer))
    begun = asking.wait_for_version(newer) - began
    time.sleep(AFTER_SECONDS)
    say("a canary begins", asking.since(began), f"{in_seconds(begun)} | - | - | -")
    began = time.monotonic()
    asyncio.run(write_harm(environment, canary))
    written = time.monotonic()
    while any(answer.version == newer for answer in asking.since(time.monotonic() - AFTER_SECONDS)):
        time.sleep(0.1)
    last = max(answer.at for answer in asking.answers if answer.version == newer)
    say("a guardrail stops it", asking.since(began), f"- | {in_seconds(last - written)} | - | -")
    began = time.monotonic()
    learned = subprocess.run(
        [sys.executable, "-m", "service.cli.main", "learn", "--once"],
        env=environment,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    took = time.monotonic() - began
    say("learn rolls it back", asking.since(began), f"- | - | {took:.1f} s | {learned.returncode}")


async def tried_on_all(environment: dict[str, str], version: str) -> str:
    settings = read_settings(environment)
    async with open_graph(settings) as (graph, _):
        trials = Experiments(graph, ModelStore(settings.models).load)
        canary = await trials.draft(canary_of(version), "benchmark")
        await trials.start(canary.id, 1.0, "benchmark")
        return canary.id


async def write_harm(environment: dict[str, str], canary: str) -> None:
    async with open_graph(read_settings(environment)) as (graph, _):
        chances = {CONTROL: {"VIEWED": 0.5}, NEWER: {"VIEWED": 0.1}}
        await write_outcomes(graph, canary, chances, 2_000, 2)


def in_seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f} s"


def say(name: str, answers: Sequence[Answer], rest: str) -> None:
    p50, p99 = np.percentile([answer.seconds * 1000 for answer in answers], [50, 99])
    failed = sum(bool(answer.failure) for answer in answers)
    print(
        f"| {name} | {rest or '- | - | - | -'} | {len(answers):,} | {failed} "
        f"| {p50:.1f} ms | {p99:.1f} ms |",
        flush=True,
    )


def run(
    environment: dict[str, str], words: Sequence[str], *, wait: bool = True
) -> subprocess.Popen[bytes]:
    """Run a command on models, in a process of its own as an operator would."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli.main", "models", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if wait and process.wait():
        raise RuntimeError(f"models {' '.join(words)} ended with {process.returncode}")
    return process


if __name__ == "__main__":
    main()
