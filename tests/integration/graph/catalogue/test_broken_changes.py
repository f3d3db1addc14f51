"""A change that is broken off is there with its record, or not at all."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graph.catalogue.history import safety_history
from graph.connection import Address, Graph
from tests.integration.graph.importing.support import OPERATOR, Importer
from tests.support.emptying import ask
from tests.support.pages import ROOT

# Recalls from many sources, one after the other, until it is killed.
PROGRAM = """
import asyncio, itertools, sys
from graph.connection import Address, connect
from graph.errors import GraphUnavailable
from graph.editing.recalls import Recall, recall

async def main(name, *address):
    async with connect(Address(*address), deadline=30.0) as graph:
        for number in itertools.count():
            source = f"{name} {number}"
            what = Recall("ingredient", "gin", "almond", "contains", source, "2026-11-20")
            try:
                await recall(graph, what, by=name, apply=True)
            except GraphUnavailable:
                continue  # the other one was always faster: nothing was written
            print(source, flush=True)
            await asyncio.sleep(0.02)  # or one could always be faster than the other

asyncio.run(main(*sys.argv[1:]))
"""


def start(name: str, address: Address) -> subprocess.Popen[str]:
    place = [address.uri, address.user, address.password, address.database]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, name, *place],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


async def written(graph: Graph) -> list[str]:
    rows = await ask(
        graph,
        "MATCH (:Ingredient {id: 'gin'})-[e:HAS_ALLERGEN]->(:Allergen {id: 'almond'}) "
        "RETURN e.source AS source ORDER BY source",
        "read",
    )
    return [row["source"] for row in rows]


@pytest.mark.parametrize("seed", [1, 2])
async def test_operators_killed_at_work_leave_whole_changes(
    graph: Graph, address: Address, tmp_path: Path, seed: int
) -> None:
    load = Importer(graph, tmp_path)
    await load.knowledge()
    await load(**OPERATOR)
    both = [start(name, address) for name in ("anna", "ben")]
    try:
        async with asyncio.timeout(60):
            while len({statement.split()[0] for statement in await written(graph)}) < 2:
                assert all(process.poll() is None for process in both)
                await asyncio.sleep(0.05)
        await asyncio.sleep(random.Random(seed).random() * 0.2)
    finally:
        for process in both:
            process.send_signal(signal.SIGKILL)
        said = [line.strip() for process in both for line in process.communicate()[0].splitlines()]
    await asyncio.sleep(1.0)  # what was on the wire when they died
    sources = await written(graph)
    assert set(said) <= set(sources)
    changes = [
        change for change in await safety_history(graph, "gimlet") if change.kind == "RECALL"
    ]
    assert sorted(change.source or "" for change in changes) == sources
    assert all(
        change.note is None and change.by == (change.source or "").split()[0] for change in changes
    )
    facts = [{f"HAS_ALLERGEN almond | {change.source} | 2026-11-20"} for change in changes]
    assert [set(change.added) for change in changes] == facts
    assert len({change.version for change in changes}) == len(changes)
    for newer, older in itertools.pairwise(changes):
        assert newer.before == older.after
