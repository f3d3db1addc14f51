"""What was acknowledged is on the disk, not only in the memory of the machine."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from graph.connection import Graph, connect
from graph.engine.embedded import EmbeddedEngine
from tests.integration.graph.engine.test_embedded import (
    HEAP,
    engines,
    folder,
    lock_falls,
    wait_for_end,
)
from tests.servers.strace import strace_missing
from tests.support.emptying import ask
from tests.support.engine_sql import ask_engine
from tests.support.flushing import flushed_bytes, traced

__all__ = ["folder"]
COMMITS = 20


def test_the_running_engine_flushes_its_log_whole_whatever_the_database_kept(folder: Path) -> None:
    engine = EmbeddedEngine(folder, heap=HEAP)
    try:
        engine.start()
        assert _flush(folder) == 2
        ask_engine(folder, "ALTER DATABASE `arcadedb.txWalFlush` 0")
        engine.stop()
        engine.start()
        assert _flush(folder) == 2
    finally:
        engine.stop()


def _flush(folder: Path) -> int:
    [database] = ask_engine(folder, "select from schema:database")
    [flush] = [
        setting for setting in database["settings"] if setting["key"] == "arcadedb.txWalFlush"
    ]
    return flush["value"]


async def _commit_and_kill(graph: Graph, pid: int, folder: Path) -> None:
    for number in range(COMMITS):
        await ask(graph, f"CREATE (one:Flavor {{id: 'kept-{number}'}}) RETURN one.id AS id")
    os.kill(pid, signal.SIGKILL)
    assert wait_for_end(folder)


@pytest.mark.skipif(strace_missing() is not None, reason=str(strace_missing()))
async def test_a_machine_that_loses_its_page_cache_loses_nothing_that_was_acknowledged(
    folder: Path, tmp_path: Path
) -> None:
    engine, disk = EmbeddedEngine(folder, heap=HEAP), tmp_path / "disk"
    database = folder / "files" / "databases" / "drinks"
    async with connect(engine.start(), deadline=20) as graph:
        await ask(graph, "CREATE (one:Flavor {id: 'before'}) RETURN one.id AS id")
    engine.stop()
    shutil.copytree(database, disk)  # closed, so all of it is on the disk
    address = engine.start()
    [pid] = engines(folder)
    async with connect(address, deadline=20) as graph:
        try:
            with traced(pid, tmp_path / "calls"):
                await _commit_and_kill(graph, pid, folder)
        except subprocess.TimeoutExpired:
            engine.stop()
            pytest.skip("strace did not end with the process that it followed")
    assert lock_falls(engine)
    flushed = flushed_bytes(tmp_path / "calls")
    for new in database.iterdir():
        # the file system's journal has the names of files that were made before another's fsync
        if not (disk / new.name).exists():
            (disk / new.name).write_bytes(new.read_bytes()[: flushed.get(str(new), 0)])
    shutil.rmtree(database)
    shutil.copytree(disk, database)
    async with connect(engine.start(), deadline=20) as graph:
        rows = await ask(graph, "MATCH (one:Flavor) RETURN count(*) AS found", "read")
    engine.stop()
    assert rows == [{"found": COMMITS + 1}]
