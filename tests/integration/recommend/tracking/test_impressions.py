"""What each person was recommended is remembered: once, in time, and within bounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from graph.connection import Address, Graph, connect
from graph.errors import GraphError
from recommend.tracking import impressions as offers_made
from recommend.tracking.impressions import AGAIN_AFTER, ImpressionLog
from service.metrics import ServiceMetrics
from tests.support.alert_world import write_alert_world
from tests.support.emptying import ask
from tests.support.impressions import offer
from tests.support.proxy import proxied

DAY = 24 * 3600.0
START = 1_793_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


async def written(graph: Graph) -> dict[tuple[str, str], float]:
    """The pairs that the graph has, with seconds since 1970."""
    rows = await ask(
        graph,
        "MATCH (user:User)-[offer:RECOMMENDED]->(drink:Drink) "
        "RETURN user.id AS user, drink.id AS drink, offer.at AS at",
        "read",
    )
    assert len({(row["user"], row["drink"]) for row in rows}) == len(rows)
    return {(row["user"], row["drink"]): row["at"] / 1000 for row in rows}


def lost(metrics: ServiceMetrics) -> float:
    text = metrics.text().decode()
    name = "tastegraph_recommendations_lost_total "
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(name))


async def test_a_pair_is_written_again_after_six_hours_only(graph: Graph) -> None:
    await write_alert_world(graph)
    clock = Clock()
    impressions = ImpressionLog(graph, ServiceMetrics(), 30, clock)
    impressions.note(offer("ann", ["chai", "black"]))
    impressions.note(offer("ann", ["chai"]))
    assert impressions.waiting("ann") == {"chai": START * 1000, "black": START * 1000}
    assert impressions.waiting("ben") == {}
    await impressions.flush()
    assert impressions.waiting("ann") == {}
    first = {("ann", "chai"): START, ("ann", "black"): START}
    assert await written(graph) == first
    clock.now += AGAIN_AFTER - 1
    impressions.note(offer("ann", ["chai"]))
    assert impressions.waiting("ann") == {}
    clock.now += 1
    impressions.note(offer("ann", ["chai"]))
    await impressions.flush()
    assert await written(graph) == first | {("ann", "chai"): clock.now}


async def test_an_older_time_never_takes_the_place_of_a_newer_one(graph: Graph) -> None:
    await write_alert_world(graph)
    clock = Clock()
    late, early = (ImpressionLog(graph, ServiceMetrics(), 30, clock) for _ in range(2))
    early.note(offer("ann", ["chai"]))
    clock.now += 60
    late.note(offer("ann", ["chai"]))
    await late.flush()
    await early.flush()
    assert await written(graph) == {("ann", "chai"): clock.now}


async def test_a_drink_that_is_gone_is_passed_over(graph: Graph) -> None:
    await write_alert_world(graph)
    impressions = ImpressionLog(graph, ServiceMetrics(), 30, Clock())
    impressions.note(offer("ann", ["gone", "chai"]))
    await impressions.flush()
    assert set(await written(graph)) == {("ann", "chai")}
    assert impressions.waiting("ann") == {}


async def test_more_than_one_batch_is_written(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers_made, "ROWS_AT_ONCE", 3)
    await write_alert_world(graph)
    clock = Clock()
    impressions = ImpressionLog(graph, ServiceMetrics(), 30, clock)
    pairs = {(f"p{place}", drink) for place in range(4) for drink in ("chai", "black")}
    for user, drink in sorted(pairs):
        impressions.note(offer(user, [drink]))
    await impressions.flush()
    assert set(await written(graph)) == pairs


async def test_what_is_old_is_forgotten(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers_made, "FORGOTTEN_AT_ONCE", 2)
    await write_alert_world(graph)
    clock = Clock()
    impressions = ImpressionLog(graph, ServiceMetrics(), 30, clock)
    impressions.note(offer("ann", ["chai", "black", "lassi"]))
    await impressions.flush()
    clock.now += 1
    impressions.note(offer("ben", ["chai"]))
    await impressions.flush()
    clock.now = START + 30 * DAY
    await impressions.forget_old()
    assert len(await written(graph)) == 4
    clock.now += 1
    await impressions.forget_old()
    assert set(await written(graph)) == {("ben", "chai")}


async def test_with_no_days_nothing_is_remembered_and_all_is_forgotten(graph: Graph) -> None:
    await write_alert_world(graph)
    clock = Clock()
    before = ImpressionLog(graph, ServiceMetrics(), 30, clock)
    before.note(offer("ann", ["chai"]))
    await before.flush()
    clock.now += 1
    impressions = ImpressionLog(graph, ServiceMetrics(), 0, clock)
    impressions.note(offer("ann", ["black"]))
    assert impressions.waiting("ann") == {}
    await impressions.flush()
    await impressions.forget_old()
    assert await written(graph) == {}


async def test_while_the_graph_is_away_it_all_waits_within_bounds(
    graph: Graph, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers_made, "MOST_WAITING", 5)
    await write_alert_world(graph)
    metrics = ServiceMetrics()
    async with proxied(address) as (proxy, near), connect(near, deadline=2.0) as far:
        clock = Clock()
        impressions = ImpressionLog(far, metrics, 30, clock)
        proxy.cut()
        impressions.note(offer("ann", ["chai", "black", "lassi"]))
        with pytest.raises(GraphError):
            await impressions.flush()
        assert set(impressions.waiting("ann")) == {"chai", "black", "lassi"}
        impressions.note(offer("ben", ["chai", "black", "lassi"]))
        assert lost(metrics) == 1
        proxy.mend()
        await impressions.flush()
    pairs = {(user, drink) for user in ("ann", "ben") for drink in ("chai", "black", "lassi")}
    assert set(await written(graph)) == pairs - {("ann", "chai")}


async def test_memory_is_bounded(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written longest ago is written again sooner, and nothing else happens."""
    monkeypatch.setattr(offers_made, "MOST_WRITTEN", 2)
    await write_alert_world(graph)
    clock = Clock()
    impressions = ImpressionLog(graph, ServiceMetrics(), 30, clock)
    for drink in ("chai", "black", "lassi"):
        impressions.note(offer("ann", [drink]))
        await impressions.flush()
    impressions.note(offer("ann", ["black", "lassi"]))
    assert impressions.waiting("ann") == {}
    impressions.note(offer("ann", ["chai"]))
    assert set(impressions.waiting("ann")) == {"chai"}
