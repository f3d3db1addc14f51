"""The consumer killed (-9) again and again, between append and commit and during a commit.

`benchmarks/streams.py` does the same a hundred times.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
from pathlib import Path

from graph.connection import Address, Graph
from tests.integration.service.commands import COMMAND, environment, tastegraph
from tests.support.behaviour import event_count, event_ids
from tests.support.emptying import ask
from tests.support.streaming import add_drinks, streaming, view

KILLS = 3
EVENTS = 20_000


def settings_of(address: Address) -> dict[str, str]:
    """The settings by which a command finds the graph of this test."""
    return {
        "NEO4J_URI": address.uri,
        "NEO4J_USER": address.user,
        "NEO4J_PASSWORD": address.password,
        "NEO4J_DATABASE": address.database,
    }


def consumer_of(home: Path, address: Address) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, "stream", "run"],
        env=environment(home, **settings_of(address)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def test_a_consumer_killed_again_and_again_loses_nothing_and_writes_nothing_twice(
    graph: Graph, address: Address, tmp_path: Path
) -> None:
    chance = random.Random(5)
    await add_drinks(graph, "chai")
    sent = [view(f"e{n}", f"person-{n % 50}") for n in range(EVENTS)]
    async with streaming(graph, tmp_path / "home" / "events") as stream:
        for at in range(0, EVENTS, 500):
            await stream.send(*sent[at : at + 500])
    amid = 0
    for _ in range(KILLS):
        before = await event_count(graph)
        process = await asyncio.to_thread(consumer_of, tmp_path / "home", address)
        try:
            async with asyncio.timeout(120):
                while await event_count(graph) == before:
                    assert process.poll() is None
                    await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0.0, 0.1))
        finally:
            process.kill()
            process.wait()
        written = await event_count(graph)
        amid += before < written < EVENTS
        if written == EVENTS:
            break
    assert amid, "every kill came too late to mean anything"
    done = await asyncio.to_thread(
        tastegraph, tmp_path / "home", "stream", "run", "--once", **settings_of(address)
    )
    assert done.returncode == 0, done.stderr
    ids = await event_ids(graph)
    assert len(ids) == len(set(ids)) == EVENTS
    [row] = await ask(graph, "MATCH (u:User) RETURN sum(u.version) AS versions", "read")
    assert row["versions"] == EVENTS
