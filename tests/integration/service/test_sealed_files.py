"""What people declare is in no file that anybody is given, and in none of the engine's."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import stat
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.connection import connect
from graph.engine.embedded import running_address
from graph.errors import ProfileSealed
from graph.people.declarations import declare_allergies
from graph.people.profiles import load_profile
from graph.safety_rule import Allergy
from service.opening import open_graph
from service.settings.reading import read_settings
from tests.integration.service.commands import environment, in_process, running_engine
from tests.integration.service.worlds import write_world
from tests.support.emptying import ask

PEOPLE = 300
MARK = f"canary{secrets.token_hex(8)}"
CANARIES = [f"{MARK}x{number}" for number in range(PEOPLE)]
RARE = "celery:severe|mustard:mild:traces|lupin:moderate"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with sealed people, whose words nobody understands are canaries."""
    with running_engine(tmp_path_factory.mktemp("sealed") / "home") as home:
        folder = write_world(home.parent / "world")
        rows = [f'marked-{n},"{RARE}|{CANARIES[n]}",own-milk\n' for n in range(PEOPLE)]
        (folder / "users.csv").write_text("id,allergies,avoids\n" + "".join(rows))
        (folder / "interactions.csv").write_text(
            "event_id,user_id,drink_id,type,at\n"
            + "".join(f"e{n},marked-{n},own-02,purchase,2026-03-01\n" for n in range(PEOPLE))
        )
        tell(home, "import", str(folder), f"--rejects={home.parent / 'rejects.csv'}")
        yield home


def tell(home: Path, *arguments: str, **settings: str) -> Any:
    """What a command says as JSON."""
    done = in_process(home, *arguments, "--json", TASTEGRAPH_SEALED="on", **settings)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def found(folder: Path) -> set[str]:
    """The files below a folder that have a canary, unpacked where they are archives."""
    files: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            files[str(path)] = path.read_bytes()
            if path.suffix in (".zip", ".npz"):
                with zipfile.ZipFile(path) as archive:
                    files |= {f"{path}/{name}": archive.read(name) for name in archive.namelist()}
    assert files
    marks = [MARK.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return {name for name, held in files.items() if any(mark in held for mark in marks)}


def test_no_canary_is_in_any_file_that_there_is_or_that_is_made(home: Path) -> None:
    assert found(home) == set()
    made = home.parent / "made"
    made.mkdir()
    tell(home, "export", "csv", f"--out={made / 'csv'}", "--with-people", "--with-allergies")
    tell(home, "warehouse", "sync", f"--to={made / 'warehouse'}", "--people")
    tell(home, "backup", "create", str(made / "backup"))
    assert found(made) == set()
    assert found(home) == set()
    (made / "control").write_text(f"found: {CANARIES[7]}")
    assert found(made) == {str(made / "control")}
    assert stat.S_IMODE((home / "keys" / "master.key").stat().st_mode) == 0o600


def chosen(home: Path, **settings: str) -> Any:
    return read_settings(environment(home, TASTEGRAPH_SEALED="on", **settings))


async def test_the_graph_has_no_link_to_what_they_declared(home: Path) -> None:
    async with open_graph(chosen(home)) as (graph, _):
        [row] = await ask(
            graph,
            "MATCH (user:User) WHERE user.id STARTS WITH 'marked' "
            "OPTIONAL MATCH (user)-[link:ALLERGIC_TO|AVOIDS|FOLLOWS]->() "
            "RETURN count(DISTINCT user) AS people, count(link) AS links, "
            "count(DISTINCT user.sealed[0]) AS texts",
        )
        assert row == {"people": PEOPLE, "links": 0, "texts": PEOPLE}
        profile = await load_profile(graph, "marked-7")
        assert [each.allergen for each in profile.allergies] == ["celery", "lupin", "mustard"]
        assert profile.unresolved == (f"allergies: {CANARIES[7]}",)


async def test_the_master_key_is_replaced_while_requests_go_on(home: Path) -> None:
    """Another process, here another opening of the same home, asks and declares all the while."""
    done = threading.Event()

    async def work() -> int:
        turns = 0
        async with open_graph(chosen(home)) as (graph, _):
            while not done.is_set() or turns < 3:
                person = f"busy-{turns}"
                await declare_allergies(graph, person, [Allergy("milk")], "2026-01-01", None)
                assert (await load_profile(graph, person)).allergies == (Allergy("milk"),)
                assert (await load_profile(graph, "marked-9")).unresolved
                turns += 1
        return turns

    working = asyncio.create_task(work())
    try:
        for _ in range(2):
            said = await asyncio.to_thread(rotated, home)
            assert said["keys"] >= PEOPLE
    finally:
        done.set()
    assert await working >= 3
    assert len(json.loads((home / "keys" / "master.key").read_text())["keys"]) == 1


def rotated(home: Path) -> Any:
    """Rotate as the command does; the command itself changes the environment of this process."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "service.cli.main", "privacy", "rotate-master-key", "--json"],
        env=environment(home, TASTEGRAPH_SEALED="on"),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_what_was_in_the_clear_is_sealed_by_the_command_and_goes_on_where_it_was(
    home: Path,
) -> None:
    asyncio.run(_plain(home))
    assert tell(home, "privacy", "seal") == {"sealed": 2}
    assert tell(home, "privacy", "seal") == {"sealed": 0}
    off = in_process(home, "privacy", "seal", TASTEGRAPH_SEALED="off")
    assert off.returncode == 1 and "profiles are sealed here" in off.stderr


async def _plain(home: Path) -> None:
    address = running_address(home / "graph")
    assert address
    async with connect(address, deadline=30.0) as graph:
        for person in ("plain-1", "plain-2"):
            await declare_allergies(graph, person, [Allergy("milk")], "2026-01-01", None)


def test_erasing_destroys_the_key_and_says_so(home: Path) -> None:
    copy = asyncio.run(_sealed(home, "marked-3"))
    receipt = tell(home, "privacy", "erase", "marked-3", "--yes")
    assert "keys of people" in {store["store"] for store in receipt["stores"]}
    asyncio.run(_cannot_open(home, "marked-3", copy))


async def _sealed(home: Path, person: str) -> list[str]:
    async with open_graph(chosen(home)) as (graph, _):
        [row] = await ask(graph, "MATCH (user:User {id: $id}) RETURN user.sealed AS it", id=person)
        return row["it"]


async def _cannot_open(home: Path, person: str, copy: list[str]) -> None:
    async with open_graph(chosen(home)) as (graph, _):
        assert graph.sealing
        with pytest.raises(ProfileSealed, match="not in the store of keys"):
            graph.sealing.open(person, copy)


def test_without_its_master_key_nothing_opens_and_it_says_what_to_do(home: Path) -> None:
    kept = home / "keys" / "master.key"
    os.rename(kept, kept.with_suffix(".away"))
    try:
        said = in_process(home, "privacy", "export", "marked-4", TASTEGRAPH_SEALED="auto")
    finally:
        os.rename(kept.with_suffix(".away"), kept)
    assert said.returncode == 1 and "master.key" in said.stderr
    assert CANARIES[4] not in said.stdout
