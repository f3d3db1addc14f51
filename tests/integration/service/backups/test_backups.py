"""Backups of a home: made while it is written to, whole or refused, and never with the erased."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.connection import Graph, connect
from graph.engine.embedded import RESTORING, EmbeddedEngine
from graph.engine.locks import FileLock
from graph.errors import BackupRefused, EngineFailed
from graph.people.privacy import erase, erasure_id, erasures
from graph.schema import apply_schema
from service.backups.backup import create, verify
from service.backups.restore import restore
from service.opening import local_key
from tests.integration.service.commands import in_process
from tests.support.emptying import ask

HEAP = "256m"
MODEL = "20261101T080000Z-00000001"
PAIR = (
    "UNWIND $ids AS id CREATE (person:User {id: id}) CREATE (flavor:Flavor {id: id}) "
    "RETURN count(*) AS made"
)
PEOPLE = "UNWIND $ids AS id CREATE (one:User {id: id}) RETURN count(*) AS made"
PAIRS = (
    "MATCH (person:User) WHERE person.id STARTS WITH 'pair-' WITH count(person) AS people "
    "MATCH (flavor:Flavor) RETURN people, count(flavor) AS flavors"
)


async def write_until(graph: Graph, done: asyncio.Event) -> int:
    """Write pairs of a person and a flavor, 50 a transaction, until told to stop."""
    pairs = 0
    while not done.is_set():
        await ask(graph, PAIR, ids=[f"pair-{pairs + number}" for number in range(50)])
        pairs += 50
    return pairs


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a home, whose Anna was erased after its backup was made; nothing runs."""
    folder = tmp_path_factory.mktemp("backups")
    asyncio.run(_make(folder))
    yield folder


async def _make(folder: Path) -> None:
    home = folder / "home"
    local_key(home)
    (home / "models" / MODEL).mkdir(parents=True)
    (home / "models" / MODEL / "config.json").write_text("{}")
    engine, done = EmbeddedEngine(home / "graph", heap=HEAP), asyncio.Event()
    try:
        async with connect(engine.start(), deadline=30) as graph:
            await apply_schema(graph)
            await ask(
                graph, "UNWIND ['anna', 'bert'] AS id CREATE (one:User {id: id}) RETURN 1 AS x"
            )
            writing = asyncio.create_task(write_until(graph, done))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(create, home, folder / "backup", datetime.now(UTC))
            done.set()
            assert await writing > 0
            await erase(graph, "anna")
        order = (home, "backup", "restore", str(folder / "backup"), "--replace")
        in_use = await asyncio.to_thread(in_process, *order)
        assert in_use.returncode == 1 and "is in use" in in_use.stderr
    finally:
        engine.stop()


@pytest.fixture
def home(world: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(world / "home", tmp_path / "home"))


async def look(home: Path, text: str) -> list[dict[str, object]]:
    engine = EmbeddedEngine(home / "graph", heap=HEAP)
    try:
        async with connect(engine.start(), deadline=30) as graph:
            return await ask(graph, text, "read")
    finally:
        engine.stop()


async def test_what_is_restored_is_of_one_moment_and_without_who_was_erased_since(
    world: Path, home: Path
) -> None:
    done = await restore(world / "backup", home, datetime.now(UTC), replace=True, heap=HEAP)
    assert done.erased_again == 1
    assert done.replaced and (done.replaced / "files").is_dir()
    assert not any(name.startswith(".restoring-") for name in os.listdir(home))
    engine = EmbeddedEngine(home / "graph", heap=HEAP)
    async with connect(engine.start(), deadline=30) as graph:
        [pairs] = await ask(graph, PAIRS, "read")
        people = await ask(
            graph, "MATCH (one:User) WHERE one.id IN ['anna', 'bert'] RETURN one.id AS id", "read"
        )
        recorded = await erasures(graph, 0)
    engine.stop()
    assert pairs["people"] == pairs["flavors"] > 0
    assert pairs["people"] % 50 == 0
    assert people == [{"id": "bert"}]
    assert erasure_id("anna") in {pair for pair, _ in recorded}


async def test_an_empty_home_is_filled_only_if_unknown_erasures_are_accepted(
    world: Path, tmp_path: Path
) -> None:
    home = tmp_path / "new"
    with pytest.raises(BackupRefused, match="--erasures-unknown"):
        await restore(world / "backup", home, datetime.now(UTC))
    assert not (home / "graph").exists() and not (home / "models").exists()
    await restore(world / "backup", home, datetime.now(UTC), erasures_unknown=True, heap=HEAP)
    assert (home / "models" / MODEL / "config.json").read_text() == "{}"
    assert not (home / "keys").exists()
    assert (await look(home, PAIRS))[0]["people"]


async def test_an_old_backup_is_refused_for_records_of_erasures_are_gone(
    world: Path, home: Path
) -> None:
    with pytest.raises(BackupRefused, match=r"older than 30 days.*--erasures-unknown"):
        later = datetime.now(UTC) + timedelta(days=30, minutes=1)
        await restore(world / "backup", home, later, replace=True)


def test_a_home_with_a_graph_is_left_as_it_is(world: Path, home: Path) -> None:
    before = sorted(path.name for path in home.iterdir() if path.name != RESTORING)
    said = in_process(home, "backup", "restore", str(world / "backup"))
    assert said.returncode == 1 and "--replace" in said.stderr
    assert sorted(path.name for path in home.iterdir() if path.name != RESTORING) == before


def test_nothing_starts_in_a_home_while_a_backup_is_put_into_it(tmp_path: Path) -> None:
    with FileLock(tmp_path / RESTORING) as lock:
        assert lock.acquire()
        with pytest.raises(EngineFailed, match="is being restored"):
            EmbeddedEngine(tmp_path / "graph").start()
    assert not EmbeddedEngine(tmp_path / "graph").is_used()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def _say_another_format(folder: Path) -> None:
    said = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**said, "format": 2}))


def _change_a_model(folder: Path) -> None:
    (folder / "models" / MODEL / "config.json").write_text("[]")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "graph.zip has changed since it was written": lambda folder: _cut(folder / "graph.zip"),
    "graph.zip is missing": lambda folder: (folder / "graph.zip").unlink(),
    "config.json has changed since it was written": _change_a_model,
    "more.txt is not a file of this backup": lambda folder: (folder / "more.txt").touch(),
    "manifest.json is not the manifest": lambda folder: _cut(folder / "manifest.json"),
    "has the format 2": _say_another_format,
}


@pytest.mark.parametrize("said", DAMAGES)
async def test_damage_is_named_and_not_restored(world: Path, tmp_path: Path, said: str) -> None:
    folder = Path(shutil.copytree(world / "backup", tmp_path / "copy"))
    verify(folder)
    DAMAGES[said](folder)
    with pytest.raises(BackupRefused, match=said):
        await restore(folder, tmp_path / "new", datetime.now(UTC), erasures_unknown=True)
    assert not (tmp_path / "new" / "graph").exists()


def test_a_backup_is_for_its_owner_only_and_verified_by_the_command(world: Path) -> None:
    assert stat.S_IMODE((world / "backup").stat().st_mode) == 0o700
    said = in_process(world / "home", "backup", "verify", str(world / "backup"), "--json")
    told = json.loads(said.stdout)
    assert told["models"] == [MODEL] and told["has_key"] is False


def test_the_key_is_taken_along_only_if_wanted_and_nothing_is_left(home: Path) -> None:
    began = time.time()
    said = in_process(home, "backup", "create", str(home.parent / "b"), "--with-key", "--json")
    assert json.loads(said.stdout)["has_key"] is True, said.stderr
    assert (home.parent / "b" / "token.key").read_text() == (
        home / "keys" / "token.key"
    ).read_text()
    assert verify(home.parent / "b").made_at.timestamp() >= began - 1
    assert not list((home / "graph" / "files").rglob("*.zip"))
    again = in_process(home, "backup", "create", str(home.parent / "b"))
    assert again.returncode == 1 and "already exists" in again.stderr


@pytest.mark.parametrize("verb", ["create", "restore"])
def test_of_a_neo4j_its_own_tool_is_named(tmp_path: Path, verb: str) -> None:
    away = {"NEO4J_URI": "bolt://127.0.0.1:1", "NEO4J_PASSWORD": "x"}
    said = in_process(tmp_path / "home", "backup", verb, str(tmp_path / "b"), **away)
    assert said.returncode == 1 and "neo4j-admin" in said.stderr
