"""What was erased leaves the files of the embedded engine too, and nothing else does."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from graph.connection import Graph, connect
from graph.engine.embedded import EmbeddedEngine
from graph.errors import GraphError
from graph.people.privacy import erase
from graph.schema import apply_schema
from tests.integration.graph.engine.test_embedded import (
    HEAP,
    engines,
    folder,
    lock_falls,
    wait_for_end,
)
from tests.support.emptying import ask, inline

__all__ = ["folder"]
ANN = "ann-whose-key-is-sought-4711"
EVENT = "an-event-of-hers-4711"
WRITERS = 4
_WRITE = inline("MERGE (one:User {id: $id}) RETURN one.id AS id")


async def test_what_was_erased_leaves_the_log_while_the_engine_runs(folder: Path) -> None:
    engine = EmbeddedEngine(folder, heap=HEAP, log_seconds=0.5)
    async with connect(engine.start(), deadline=20) as graph:
        await apply_schema(graph)
        await write_ann(graph)
        await until_there(folder, ANN, {".wal", ".umtidx"})
        assert files_with(folder, EVENT)
        assert (await erase(graph, ANN)).relationships == 1
        await until_gone(folder, ANN, but=".umtidx")
        await until_gone(folder, EVENT)
        assert files_with(folder, ANN), "the index keeps it until the next start"
        await until_noted(folder)
    engine.stop()
    async with connect(engine.start(), deadline=20) as graph:
        assert not files_with(folder, ANN)
        # ids are unique as before
        await ask(graph, "CREATE (one:User {id: 'ben'}) RETURN one.id AS id")
        await ask(graph, "MERGE (one:User {id: 'ben'}) RETURN one.id AS id")
        with pytest.raises(GraphError):
            await ask(graph, "CREATE (one:User {id: 'ben'}) RETURN one.id AS id")
        rows = await ask(graph, "MATCH (one:User {id: 'ben'}) RETURN count(*) AS found", "read")
        assert rows == [{"found": 1}]
    engine.stop()


async def write_ann(graph: Graph) -> None:
    await ask(
        graph,
        "CREATE (one:User {id: $id})-[:PURCHASED {eventId: $event}]->(drink:Drink {id: 'tea'}) "
        "RETURN one.id AS id",
        id=ANN,
        event=EVENT,
    )


def files_with(folder: Path, words: str) -> list[Path]:
    """The files of a data folder in which a text stands."""
    holding: list[Path] = []
    for path in folder.rglob("*"):
        try:
            if path.is_file() and words.encode() in path.read_bytes():
                holding.append(path)
        except FileNotFoundError:
            continue  # a log that the engine has just let go
    return holding


async def until_there(folder: Path, words: str, suffixes: set[str]) -> None:
    """Wait until a text was seen in files of all these kinds: the engine writes pages later."""
    until, seen = time.monotonic() + 30, set[str]()
    while not seen >= suffixes:
        assert time.monotonic() < until, seen
        seen |= {file.suffix for file in files_with(folder, words)}
        await asyncio.sleep(0.02)


async def until_gone(folder: Path, words: str, but: str = "none") -> None:
    until = time.monotonic() + 30
    while [file for file in files_with(folder, words) if file.suffix != but]:
        assert time.monotonic() < until, files_with(folder, words)
        await asyncio.sleep(0.2)


async def until_noted(folder: Path) -> None:
    until = time.monotonic() + 30
    while not (folder / "erased.json").exists():
        assert time.monotonic() < until
        await asyncio.sleep(0.1)


async def test_nothing_acknowledged_is_lost_while_files_of_the_log_are_replaced(
    folder: Path,
) -> None:
    engine = EmbeddedEngine(folder, heap=HEAP, log_seconds=0.01)
    acknowledged: set[str] = set()
    async with connect(engine.start(), deadline=20) as graph:
        await apply_schema(graph)
        ending = asyncio.Event()
        writers = [
            asyncio.create_task(write(graph, f"w{number}", acknowledged, ending))
            for number in range(WRITERS)
        ]
        began = log_number(folder)
        await asyncio.sleep(4)
        replaced = log_number(folder) - began
        [pid] = engines(folder)
        os.kill(pid, signal.SIGKILL)
        ending.set()
        await asyncio.gather(*writers)
    assert wait_for_end(folder) and lock_falls(engine)
    assert replaced >= 5 and len(acknowledged) >= 50
    async with connect(engine.start(), deadline=20) as graph:
        rows = await ask(graph, "MATCH (one:User) RETURN one.id AS id", "read")
        assert acknowledged <= {row["id"] for row in rows}
    engine.stop()


async def write(graph: Graph, name: str, acknowledged: set[str], ending: asyncio.Event) -> None:
    number = 0
    while not ending.is_set():
        number += 1
        try:
            await graph.run(_WRITE, deadline=2.0, id=f"{name}-{number}")
        except GraphError:
            continue
        acknowledged.add(f"{name}-{number}")


def log_number(folder: Path) -> int:
    """The highest number of a log file: each new one has the next."""
    logs = (folder / "files").rglob("txlog_*.wal")
    return max((int(log.stem.split("_")[1]) for log in logs), default=0)
