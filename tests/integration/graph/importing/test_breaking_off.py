"""An import that ends in the middle leaves whole batches only, and is completed by another."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import graph.importing.folder
import graph.importing.interactions
from graph.connection import Address, Graph
from graph.importing import Silent
from graph.importing.progress import ImportProgress
from tests.integration.graph.importing.support import Importer, dump, links, write_tables
from tests.support.emptying import ask, empty
from tests.support.pages import ROOT

PROGRAM = """
import asyncio, logging, sys
from pathlib import Path
import graph.importing.folder as folder
import graph.importing.interactions as interactions
from graph.connection import Address, connect
from graph.importing import Silent, import_folder

logging.getLogger("neo4j").setLevel(logging.ERROR)
folder.DRINKS_PER_BATCH = 20
interactions.ROWS_PER_BATCH = 20

async def main(path, *address):
    async with connect(Address(*address), deadline=30.0) as graph:
        rejects = Path(path) / "rejects" / "rejects.csv"
        await import_folder(graph, Path(path), rejects=rejects, progress=Silent())

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph.importing.folder, "DRINKS_PER_BATCH", 20)
    monkeypatch.setattr(graph.importing.interactions, "ROWS_PER_BATCH", 20)


def catalogue(drinks: int = 400, events: int = 400) -> dict[str, str]:
    """400 drinks of two known ingredients and one of their own, each with evidence."""
    generator = random.Random(11)
    rows = "".join(f"d{number},Drink {number},sour,true\n" for number in range(drinks))
    parts = "".join(
        f"d{number},gin,1,ml\nd{number},cream,1,ml\nd{number},own {number % 7},1,ml\n"
        for number in range(drinks)
    )
    evidence = "".join(f"drink,d{number},egg,contains,bar,2026-01-01\n" for number in range(drinks))
    people = "".join(f"u{number},milk\n" for number in range(50))
    seen = "".join(
        f"u{generator.randrange(60)},d{generator.randrange(drinks)},view\n" for _ in range(events)
    )
    return {
        "drinks": f"id,name,style,recipe_complete\n{rows}",
        "recipes": f"drink_id,ingredient,amount,unit\n{parts}",
        "allergen_evidence": f"subject_type,subject,allergen,status,source,observed_at\n{evidence}",
        "users": f"id,allergies\n{people}",
        "interactions": f"user_id,drink_id,type\n{seen}",
    }


class Cancelling(Silent):
    """Cancels its import when so many rows of a part have been written."""

    def __init__(self, part: str, rows: int) -> None:
        self.part, self.rows, self.now = part, rows, ""

    def start(self, table: str, rows: int) -> None:
        self.now = table

    def advance(self, rows: int) -> None:
        self.rows -= rows if self.now == self.part else 0
        task = asyncio.current_task()
        if self.rows <= 0 and self.now == self.part and task:
            task.cancel()


async def assert_only_whole_batches(graph: Graph) -> None:
    """Every drink that is there has its three parts and its evidence."""
    rows = await ask(
        graph,
        "MATCH (drink:Drink) RETURN drink.id AS id, "
        "COUNT { (drink)-[:CONTAINS]->(:Ingredient) } AS parts, "
        "COUNT { (drink)-[:HAS_ALLERGEN]->(:Allergen) } AS evidence",
        "read",
    )
    assert {(row["parts"], row["evidence"]) for row in rows} <= {(3, 1)}
    assert len(rows) % 20 == 0


async def clean(graph: Graph, load: Importer) -> tuple[set[str], list[str]]:
    await load.knowledge()
    await load(**catalogue())
    expected = await dump(graph, counters=False)
    await empty(graph)
    await load.knowledge()
    return expected


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("rows", [20, 180, 400])
async def test_a_cancelled_import_is_completed_by_the_next(
    graph: Graph, load: Importer, rows: int
) -> None:
    expected = await clean(graph, load)
    progress: ImportProgress = Cancelling("drinks", rows)
    task = asyncio.create_task(load(progress=progress, **catalogue()))
    with pytest.raises(asyncio.CancelledError):
        await task
    await assert_only_whole_batches(graph)
    assert len(await links(graph, "VIEWED")) == 0
    await load(**catalogue())
    assert await dump(graph, counters=False) == expected


@pytest.mark.usefixtures("small_batches")
async def test_an_import_cancelled_inside_a_transaction_is_completed_by_the_next(
    graph: Graph, load: Importer
) -> None:
    expected = await clean(graph, load)
    for seconds in (0.05, 0.15, 0.3, 0.5):
        task = asyncio.create_task(load(**catalogue()))
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.wait([task])
        await assert_only_whole_batches(graph)
    await load(**catalogue())
    assert await dump(graph, counters=False) == expected


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("wanted", [60, 400])
async def test_a_killed_import_is_completed_by_the_next(
    graph: Graph, load: Importer, address: Address, tmp_path: Path, wanted: int
) -> None:
    expected = await clean(graph, load)
    folder = write_tables(tmp_path / "killed", **catalogue())
    command = [sys.executable, "-c", PROGRAM, str(folder), address.uri, address.user]
    process = subprocess.Popen(  # noqa: ASYNC220 - only its start blocks
        [*command, address.password, address.database],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        while process.poll() is None:
            rows = await ask(graph, "MATCH (drink:Drink) RETURN count(drink) AS drinks", "read")
            if rows[0]["drinks"] >= wanted:
                break
            await asyncio.sleep(0.01)
        assert process.poll() is None, "the import was over before it could be killed"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    await assert_only_whole_batches(graph)
    await load(**catalogue())
    assert await dump(graph, counters=False) == expected
