"""The embedded engine as a process: shared, restarted, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.connection import connect
from graph.engine.embedded import EmbeddedEngine
from graph.engine.locks import FileLock, is_held
from graph.errors import EngineFailed
from tests.support.emptying import ask

HEAP = "256m"
USER = """
import sys, time
from pathlib import Path
from graph.engine.embedded import EmbeddedEngine
engine = EmbeddedEngine(Path(sys.argv[1]), heap="256m")
print(engine.start().uri, flush=True)
sys.stdin.read()
engine.stop()
"""


class User:
    """Another process that uses the engine of a folder."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def uri(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def end(self) -> int:
        self.process.communicate()
        return self.process.returncode


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "graph"
    for pid in engines(tmp_path):
        os.kill(pid, signal.SIGKILL)


def engines(folder: Path) -> list[int]:
    """The engine processes of a folder."""
    said = subprocess.run(["pgrep", "-f", f"graph.engine.process {folder}"], capture_output=True)
    return [int(pid) for pid in said.stdout.split()]


def wait_for_end(folder: Path, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while engines(folder) and time.monotonic() < until:
        time.sleep(0.1)
    return not engines(folder)


def lock_falls(engine: EmbeddedEngine, seconds: float = 5) -> bool:
    """The lock of a killed engine falls a moment after its process has left the list."""
    until = time.monotonic() + seconds
    while engine.is_running() and time.monotonic() < until:
        time.sleep(0.05)
    return not engine.is_running()


def test_many_starts_at_once_share_one_engine_that_ends_with_the_last(folder: Path) -> None:
    users = [User(folder) for _ in range(4)]
    assert len({user.uri() for user in users}) == 1
    assert len(engines(folder)) == 1
    for user in users[:3]:
        assert user.end() == 0
    assert len(engines(folder)) == 1
    assert users[3].end() == 0
    assert engines(folder) == []


def test_the_engine_ends_by_itself_after_kill_9_of_its_last_user(folder: Path) -> None:
    user = User(folder)
    user.uri()
    user.process.kill()
    user.end()
    assert wait_for_end(folder)


async def test_after_kill_9_of_the_engine_the_next_start_has_the_data_on_the_same_port(
    folder: Path,
) -> None:
    engine = EmbeddedEngine(folder, heap=HEAP)
    first = engine.start()
    async with connect(first, deadline=20) as graph:
        await ask(graph, "CREATE (one:Flavor {id: 'kept'}) RETURN one.id AS id")
    [pid] = engines(folder)
    os.kill(pid, signal.SIGKILL)
    assert wait_for_end(folder)
    assert lock_falls(engine)
    assert (folder / "address.json").exists()
    second = engine.start()
    assert second == first
    async with connect(second, deadline=20) as graph:
        assert await ask(graph, "MATCH (one:Flavor) RETURN one.id AS id", "read") == [
            {"id": "kept"}
        ]
    engine.stop()
    assert engines(folder) == []


def test_who_joins_an_engine_that_is_told_to_stop_gets_the_next_one(folder: Path) -> None:
    engine = EmbeddedEngine(folder, heap=HEAP)
    engine.start()
    [pid] = engines(folder)
    os.kill(pid, signal.SIGTERM)
    while (folder / "address.json").exists():
        time.sleep(0.01)
    joined = EmbeddedEngine(folder, heap=HEAP, patience=40)
    joined.start()
    assert engines(folder) not in ([], [pid])
    joined.stop()
    engine.stop()
    assert engines(folder) == []


def test_a_folder_that_cannot_be_made_is_named_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineFailed, match=r"file/graph.* TASTEGRAPH_HOME"):
        EmbeddedEngine(tmp_path / "file" / "graph").start()


def test_an_engine_that_cannot_start_says_where_its_output_is(folder: Path) -> None:
    with pytest.raises(EngineFailed, match=r"ended while starting.*engine\.log"):
        EmbeddedEngine(folder, heap="1").start()
    assert not is_held(folder / "running")


def test_a_lock_is_shared_by_readers_and_given_back(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, two, alone = FileLock(path), FileLock(path), FileLock(path)
    assert first.acquire(shared=True) and two.acquire(shared=True)
    assert not is_held(path) and not alone.acquire()
    first.release()
    assert not alone.acquire()
    two.release()
    assert alone.acquire() and is_held(path)
    alone.release()
    assert not is_held(path)
