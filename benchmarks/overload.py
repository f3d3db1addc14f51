"""What comes of twice the load: requests at random moments, whether or not others are answered.

    python -m benchmarks.overload URL HOME [--seconds 6] [--rounds 3] [--rest]

Asks a running server (with TASTEGRAPH_RATE_LIMITS=0,0,0 and TASTEGRAPH_CONNECTIONS=4000,4000) whose
people are those of `benchmarks.world`: first as much as it can answer, by 32 connections, then at
nine tenths of that and at twice as much, round after round, since a shared machine changes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from benchmarks.recommendations import QUERY
from service.opening import local_key

CONNECTIONS = 32


@dataclass
class Load:
    """Requests to one server, and what became of them."""

    host: str
    port: int
    tokens: list[str]
    rest: bool
    draw: random.Random = field(default_factory=random.Random)
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    async def ask(self) -> None:
        """Send one request by a connection that is free, and note how it ended."""
        began = time.perf_counter()
        connection = self.idle.pop() if self.idle else await self._connected()
        reader, writer = connection
        writer.write(self._request())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            # the server ends connections that were idle for some seconds
            await self.ask()
            return
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        await reader.readexactly(length)
        took = time.perf_counter() - began
        (self.seconds if head[9:12] == b"200" else self.refused).append(took)
        self.idle.append(connection)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.host, self.port)

    def _request(self) -> bytes:
        token = f"Authorization: Bearer {self.draw.choice(self.tokens)}\r\n"
        if self.rest:
            path = "/v1/recommendations?first=10"
            return f"GET {path} HTTP/1.1\r\nHost: test\r\n{token}\r\n".encode()
        body = json.dumps({"query": QUERY}).encode()
        head = f"POST /graphql HTTP/1.1\r\nHost: test\r\n{token}Content-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


async def closed(load: Load, seconds: float) -> float:
    """Ask one after the other on each connection; return the answers a second."""
    until = time.perf_counter() + seconds

    async def one() -> None:
        while time.perf_counter() < until:
            await load.ask()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return len(load.seconds) / (time.perf_counter() - began)


async def open_(load: Load, rate: float, seconds: float) -> float:
    """Ask at random moments, `rate` times a second; return the answers a second."""
    tasks: list[asyncio.Task[None]] = []
    began = due = time.perf_counter()
    while due < began + seconds:
        due += load.draw.expovariate(rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(load.ask()))
    answered = len(load.seconds) / (time.perf_counter() - began)
    await asyncio.gather(*tasks)
    return answered


async def rounds(fresh: Callable[[], Load], seconds: float, count: int) -> None:
    """Print a line for each part of each round, then the middle of the shares."""
    shares: list[float] = []
    await closed(fresh(), seconds)
    for _ in range(count):
        most_load = fresh()
        most = await closed(most_load, seconds)
        _print(f"{CONNECTIONS} connections", most_load, most)
        for factor in (0.9, 2.0):
            load = fresh()
            answered = await open_(load, factor * most, seconds)
            _print(f"at {factor:g} of that", load, answered)
        shares.append(answered / most)
    print(f"answered at twice the load: {statistics.median(shares):.0%} of the most (median)")


def _print(name: str, load: Load, answered: float) -> None:
    p50, p99 = np.percentile(load.seconds, [50, 99]) * 1000
    said = f"{name}: {answered:.0f} answered a second, p50 {p50:.0f} ms, p99 {p99:.0f} ms"
    if load.refused:
        middle = statistics.median(load.refused) * 1000
        said += f"; {len(load.refused)} refused, in {middle:.0f} ms (median)"
    print(said, flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("url")
    arguments.add_argument("home", type=Path)
    arguments.add_argument("--people", type=int, default=500)
    arguments.add_argument("--seconds", type=float, default=6.0)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--rest", action="store_true")
    chosen = arguments.parse_args()
    address = urlsplit(chosen.url)
    key = local_key(chosen.home)
    tokens = [key.issue(f"user-{number}") for number in range(chosen.people)]

    def fresh() -> Load:
        return Load(address.hostname or "127.0.0.1", address.port or 8000, tokens, chosen.rest)

    asyncio.run(rounds(fresh, chosen.seconds, chosen.rounds))


if __name__ == "__main__":
    main()
