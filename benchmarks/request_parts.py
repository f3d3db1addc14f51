"""What one list costs the service, by part: processor time, sampled where the time goes.

    python -m benchmarks.request_parts HOME [--code FOLDER] [--rest] [--people N] [--requests N]

Runs `tastegraph serve` of this checkout, or of the one in FOLDER, on a home whose people are those
of `benchmarks.world`, and asks it by eight connections. A timer of the process's own processor time
(ITIMER_PROF, a tick of 4 ms) notes the stack, so a busy machine does not count; other threads and
the graph do not either. Each person's token is sent once before the count begins.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path

from benchmarks.overload import Load
from service.opening import local_key
from tests.servers.process import free_port

CONNECTIONS = 8
TICK_MS = 4.0
PARTS = (
    (
        "records of lists: written",
        ("impressions.py:flush", "impressions.py:_flush", "shown_lists.py:flush"),
    ),
    ("records of lists: noted", ("impressions.py:note", "pipeline.py:_impression")),
    ("the consumer of the log", ("events/consumer.py", "background/event_stream.py")),
    ("other work in the background", ("background/", "outgoing/", "snapshot_store.py:refresh_")),
    ("the token", ("http/auth.py", "kept_tokens.py")),
    ("the gate, with the driver", ("graph/verdicts/",)),
    ("the profile", ("profiles.py:load_profile", "snapshot_store.py:profile")),
    ("masks and ranking", ("pipeline.py:allowed", "pipeline.py:ranked", "ranking/candidates.py")),
    ("the rest of the pipeline", ("recommend/",)),
    ("GraphQL: its document and cost", ("gql/execution/documents.py", "gql/execution/cost.py")),
    ("GraphQL: executing", ("graphql/execution", "graphql/type", "gql/execution/planned.py")),
    ("GraphQL: Strawberry around it", ("strawberry/",)),
    ("our types and resolvers", ("gql/",)),
    ("HTTP", ("service/http", "starlette/", "uvicorn/")),
    ("the driver, for others", ("neo4j/",)),
)
"""The first that a stack has anything of is its part."""

SAMPLED = """
import collections, os, signal, sys
out = sys.argv.pop(1)
counts = collections.Counter()
def sample(_, frame):
    stack = []
    while frame is not None:
        code = frame.f_code
        stack.append(code.co_filename.split("site-packages/")[-1] + ":" + code.co_name)
        frame = frame.f_back
    counts[";".join(reversed(stack))] += 1
def begin(*_):
    counts.clear()
    signal.setitimer(signal.ITIMER_PROF, 0.004, 0.004)
def end(*_):
    signal.setitimer(signal.ITIMER_PROF, 0)
    text = "".join(f"{count} {stack}\\n" for stack, count in counts.items())
    with open(out + ".part", "w") as file:
        file.write(text)
    os.replace(out + ".part", out)
signal.signal(signal.SIGPROF, sample)
signal.signal(signal.SIGUSR1, begin)
signal.signal(signal.SIGUSR2, end)
sys.argv[:] = ["tastegraph", "serve"]
sys.path.insert(0, os.getcwd())
from service.cli.main import main
main()
"""


def measured(chosen: argparse.Namespace, out: Path) -> Counter[str]:
    """Return how often each stack was found."""
    port = free_port()
    environment = {
        **os.environ,
        "TASTEGRAPH_HOME": str(chosen.home.resolve()),
        "PORT": str(port),
        "TASTEGRAPH_RATE_LIMITS": "0,0,0",
    }
    server = subprocess.Popen(
        [sys.executable, "-c", SAMPLED, str(out)],
        cwd=chosen.code,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        key = local_key(chosen.home)
        tokens = [key.issue(f"user-{number}") for number in range(chosen.people)]
        load = Load("127.0.0.1", port, tokens, chosen.rest)
        asyncio.run(_asked(load, server, chosen.requests))
        server.send_signal(signal.SIGUSR2)
        while not out.exists():
            time.sleep(0.05)
    finally:
        server.terminate()
        server.wait()
    counts: Counter[str] = Counter()
    for line in out.read_text(encoding="utf-8").splitlines():
        count, _, stack = line.partition(" ")
        counts[_part(stack)] += int(count)
    return counts


async def _asked(load: Load, server: subprocess.Popen[bytes], requests: int) -> None:
    """Ask for each person once, then as many as are counted."""
    whole, load.tokens = load.tokens, []
    for token in whole:
        load.tokens = [token]
        await load.ask()
    load.tokens = whole
    server.send_signal(signal.SIGUSR1)

    async def one() -> None:
        for _ in range(requests // CONNECTIONS):
            await load.ask()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    if load.refused:
        raise SystemExit(f"{len(load.refused)} requests were refused")


def _part(stack: str) -> str:
    for name, marks in PARTS:
        if any(mark in stack for mark in marks):
            return name
    return "the event loop, and the rest"


def _wait(port: int) -> None:
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
            return
        except OSError:
            time.sleep(0.2)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("home", type=Path)
    arguments.add_argument("--code", type=Path, default=Path.cwd())
    arguments.add_argument("--rest", action="store_true")
    arguments.add_argument("--people", type=int, default=500)
    arguments.add_argument("--requests", type=int, default=2000)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = measured(chosen, Path(folder) / "samples")
    print("| part | ms a request |\n|---|---|")
    for name, _ in (*PARTS, ("the event loop, and the rest", ())):
        print(f"| {name} | {counts[name] * TICK_MS / chosen.requests:.3f} |")
    print(f"| in all | {counts.total() * TICK_MS / chosen.requests:.2f} |")


if __name__ == "__main__":
    main()
