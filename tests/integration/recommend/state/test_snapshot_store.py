"""A snapshot is replaced, never changed, and what replaced it hides nothing that is newer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from graph.catalogue.changes import ADVANCE_VERSION
from graph.catalogue.kept import CatalogueFiles
from graph.catalogue.popularity import RECENT
from graph.clock import milliseconds
from graph.connection import Graph
from recommend.state.snapshot_store import SnapshotStore
from tests.support.emptying import ask

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(("ago", "lately"), [(timedelta(days=1), 1), (RECENT * 2, 0)])
async def test_popularity_counted_anew_hides_no_newer_catalogue(
    graph: Graph, ago: timedelta, lately: int
) -> None:
    await ask(graph, "CREATE (:User {id: 'ann'}) CREATE (:Drink {id: 'tea', changedAt: 1})")
    store = SnapshotStore(graph, lambda: NOW)
    seen = await store.snapshot()
    await ask(
        graph,
        "MATCH (u:User {id: 'ann'}) MATCH (d:Drink {id: 'tea'}) "
        "CREATE (u)-[:PURCHASED {eventId: 'e', type: 'purchase', at: $at}]->(d)",
        at=milliseconds(NOW - ago),
    )
    await store.refresh_popularity()
    counted = await store.snapshot()
    assert seen.scorer.popularity.tolist() == [0.0]
    assert counted.scorer.popularity[0] > 0.0
    assert np.expm1(counted.scorer.lately) == pytest.approx([lately])
    assert counted.view is seen.view
    await ask(graph, "CREATE (:Drink {id: 'soda', changedAt: 99})")
    await ask(graph, "MATCH (c:Catalogue) SET c.version = 99 RETURN 1 AS one")
    newest = await store.refresh(seen)
    assert set(newest.catalogue.row_of) == {"tea", "soda"}
    assert newest.scorer.popularity[newest.catalogue.row_of["tea"]] > 0.0
    assert await store.refresh(newest) is newest


MILK_OF_TEA = (
    "MERGE (m:Allergen {id: 'milk'}) WITH m "
    "MATCH (d:Drink {id: 'tea'}) CREATE (d)-[:HAS_ALLERGEN]->(m)"
)


async def _change(graph: Graph, text: str) -> None:
    """Write as a writer of ours does: under a new version, which is set on what changed."""
    version = (await graph.run(ADVANCE_VERSION, structural=False))[0]["version"]
    await ask(graph, text)
    await ask(graph, "MATCH (d:Drink {id: 'tea'}) SET d.changedAt = $version", version=version)


async def _kept(graph: Graph, folder: Path) -> SnapshotStore:
    """Keep a catalogue of one drink on disk, as a server does that has then ended."""
    await ask(graph, "CREATE (:Drink {id: 'tea', name: 'Tea', changedAt: 0})")
    await _change(graph, "MATCH (d:Drink {id: 'tea'}) SET d.recipeComplete = true")
    store = SnapshotStore(graph, files=CatalogueFiles(folder))
    await store.snapshot()
    await store.keep()
    return SnapshotStore(graph, files=CatalogueFiles(folder))


async def test_a_start_reads_only_what_changed_since_the_drinks_were_kept(
    graph: Graph, tmp_path: Path
) -> None:
    store = await _kept(graph, tmp_path)
    await ask(graph, "MATCH (d:Drink {id: 'tea'}) SET d.name = 'not read, its version is the same'")
    await ask(graph, "CREATE (:Drink {id: 'soda', name: 'Soda', changedAt: 99})")
    found = (await store.snapshot()).catalogue
    assert found.from_disk
    assert [drink.name for drink in found.drinks] == ["Tea", "Soda"]
    await _change(graph, MILK_OF_TEA)
    anew = (await SnapshotStore(graph, files=CatalogueFiles(tmp_path)).snapshot()).catalogue
    assert anew.from_disk
    assert anew.drinks[anew.row_of["tea"]].contains == ("milk",)


async def test_drinks_of_another_graph_or_of_another_future_are_not_used(
    graph: Graph, tmp_path: Path
) -> None:
    """As after an older backup was restored, and others then made as many changes."""
    store = await _kept(graph, tmp_path)
    await ask(graph, "MATCH (c:Catalogue) SET c.version = c.version - 1, c.marks = c.marks[1..]")
    await ask(graph, MILK_OF_TEA)
    await graph.run(ADVANCE_VERSION, structural=False)
    found = (await store.snapshot()).catalogue
    assert not found.from_disk
    assert found.drinks[0].contains == ("milk",)


async def test_a_running_server_notices_another_future_too(graph: Graph, tmp_path: Path) -> None:
    store = await _kept(graph, tmp_path)
    seen = await store.snapshot()
    await ask(graph, "MATCH (c:Catalogue) SET c.version = c.version - 1, c.marks = c.marks[1..]")
    await ask(graph, MILK_OF_TEA)
    for _ in range(2):
        await graph.run(ADVANCE_VERSION, structural=False)
    assert (await store.refresh(seen)).catalogue.drinks[0].contains == ("milk",)


async def test_a_change_of_groups_makes_a_start_read_everything(
    graph: Graph, tmp_path: Path
) -> None:
    store = await _kept(graph, tmp_path)
    await graph.run(ADVANCE_VERSION, structural=True)
    assert not (await store.snapshot()).catalogue.from_disk


async def test_what_was_written_past_the_versions_while_nothing_ran_is_found(
    graph: Graph, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = await _kept(graph, tmp_path)
    await ask(graph, MILK_OF_TEA)
    assert (await store.snapshot()).catalogue.drinks[0].contains == ()
    await store.check()
    assert (await store.snapshot()).catalogue.drinks[0].contains == ("milk",)
    assert "past the versions" in caplog.text
    await store.keep()
    again = await SnapshotStore(graph, files=CatalogueFiles(tmp_path)).snapshot()
    assert again.catalogue.from_disk
    assert again.catalogue.drinks[0].contains == ("milk",)


async def test_a_start_that_finds_all_as_it_was_kept_reads_it_once_more_only(
    graph: Graph, tmp_path: Path
) -> None:
    store = await _kept(graph, tmp_path)
    seen = await store.snapshot()
    await store.check()
    assert await store.snapshot() is seen
