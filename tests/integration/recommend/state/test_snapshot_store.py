"""A snapshot is replaced, never changed, and what replaced it hides nothing that is newer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

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
