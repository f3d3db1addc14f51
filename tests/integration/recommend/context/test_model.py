"""Purchases in the graph become effects, and an order of drinks: on both engines."""

from __future__ import annotations

from graph.connection import Graph
from graph.people.recommended import purchases_in_context
from recommend.context.model import ContextModel, load_context_model
from recommend.context.model_store import ContextModelStore
from recommend.state.snapshot_store import SnapshotStore
from tests.support.emptying import ask

DAY = 86_400_000


async def test_a_kind_that_one_buys_more_in_the_heat_is_lifted_then(graph: Graph) -> None:
    bought = {("soda", "hot"): 6, ("tea", "hot"): 2, ("soda", "cold"): 2, ("tea", "cold"): 6}
    rows = [
        {"user": f"guest-{person}", "kind": kind, "weather": weather, "day": 10 * place + person}
        for person in range(20)
        for place, ((kind, weather), times) in enumerate(bought.items())
        for _ in range(times)
    ]
    await ask(
        graph,
        "UNWIND ['soda', 'tea'] AS kind CREATE (:Drink {id: kind, kind: kind, changedAt: 1})",
    )
    await ask(graph, "UNWIND range(0, 19) AS n CREATE (:User {id: 'guest-' + toString(n)})")
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row.user}) MATCH (d:Drink {id: row.kind}) "
        "CREATE (u)-[:PURCHASED {eventId: row.event, type: 'purchase', at: row.at, "
        "context_weather: row.weather}]->(d)",
        rows=[
            {**row, "event": f"event-{number}", "at": row["day"] * DAY}
            for number, row in enumerate(rows)
        ],
    )
    await ask(
        graph,
        "MATCH (u:User {id: 'guest-0'}) MATCH (d:Drink {id: 'tea'}) "
        "CREATE (u)-[:PURCHASED {eventId: 'silent', type: 'purchase'}]->(d)",
    )
    store = ContextModelStore(graph, SnapshotStore(graph))
    assert store.current == ContextModel()
    await store.refresh()
    context_model = store.current
    (weather,) = context_model.learned
    assert (weather.name, weather.used, weather.events) == ("weather", True, len(rows))
    assert set(context_model.effects) == {("weather", "hot"), ("weather", "cold")}
    hot, cold = context_model.effects["weather", "hot"], context_model.effects["weather", "cold"]
    assert hot["kind", "soda"] > 0.1 > -0.1 > hot["kind", "tea"]
    assert cold["kind", "tea"] > 0.1 > -0.1 > cold["kind", "soda"]


async def test_the_newest_come_first_and_no_more_than_asked_for(graph: Graph) -> None:
    await ask(graph, "CREATE (:User {id: 'guest'}) CREATE (:Drink {id: 'tea', changedAt: 1})")
    await ask(
        graph,
        "UNWIND range(1, 5) AS n MATCH (u:User {id: 'guest'}) MATCH (d:Drink {id: 'tea'}) "
        "CREATE (u)-[:PURCHASED {eventId: toString(n), at: n, context_place: 'bar'}]->(d)",
    )
    rows = await purchases_in_context(graph, 2)
    assert [(row["eventId"], row["place"], row["daypart"]) for row in rows] == [
        ("5", "bar", None),
        ("4", "bar", None),
    ]


async def test_no_events_lift_nothing(graph: Graph) -> None:
    assert await load_context_model(graph, ()) == ContextModel()
