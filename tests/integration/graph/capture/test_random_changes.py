"""Whatever order changes come in, and however often: the graph is what the shop's database is."""

from __future__ import annotations

import random

from graph.connection import Graph
from tests.integration.graph.capture.support import END, applier
from tests.support.shop_database import ShopDatabase, batches, delivered, graph_state


async def test_the_graph_is_what_the_source_is(known: Graph) -> None:
    shop, chance = ShopDatabase(7, drinks=12, ingredients=8), random.Random(7)
    shop.fill()
    first = shop.snapshot()
    for batch in batches(delivered(first, chance, late=1), chance, 60):
        await applier(known).apply(batch)
    changes = delivered(list(shop.change(400)), chance)
    for batch in batches(changes, chance, 200):
        await applier(known).apply(batch)
    await applier(known).apply([END])
    there = shop.state()
    assert await graph_state(known, there) == there
