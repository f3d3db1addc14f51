"""What a start costs, and what a server takes: a generated catalogue, one serving process.

.venv/bin/python -m benchmarks.start --drinks 100000
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.recommendations import brief_model, command, serving
from benchmarks.world import write_world

STARTS = ("the first, which reads all from the graph", "the next", "the one after")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--drinks", type=int, default=100_000)
    arguments.add_argument("--users", type=int, default=20_000)
    arguments.add_argument("--events", type=int, default=300_000)
    arguments.add_argument("--seconds", type=float, default=40.0, help="how long each server runs")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        environment = {**os.environ, "TASTEGRAPH_HOME": str(home / "data")}
        rows = write_world(home / "world", chosen.drinks, chosen.users, chosen.events)
        seconds = command(environment, "import", str(home / "world"), "--json")
        print(f"import: {rows} rows in {seconds:.1f} s, {rows / seconds:.0f} rows/s", flush=True)
        asyncio.run(brief_model(environment))
        for which in STARTS:
            print(which)
            with serving(environment) as (_, process):
                print(f"  ready:  {spent(process)}")
                time.sleep(chosen.seconds)
                print(f"  later:  {spent(process)}", flush=True)


def spent(process: psutil.Process) -> str:
    """Return the processor time and the memory of the service and of its engine."""
    engines = [
        child
        for child in process.children(recursive=True)
        if "graph.engine.process" in " ".join(child.cmdline())
    ]
    return "; ".join([_spent("service", process), *(_spent("graph", one) for one in engines)])


def _spent(name: str, process: psutil.Process) -> str:
    times, memory = process.cpu_times(), process.memory_full_info()
    return (
        f"{name} {times.user + times.system:.1f} s of processor time, "
        f"{memory.rss / 1e6:.0f} MB, {memory.uss / 1e6:.0f} MB of them its own"
    )


if __name__ == "__main__":
    main()
