from __future__ import annotations

import math

import pytest

from graph.connection import Graph
from recommend.occasions import load_occasions
from tests.support.emptying import ask


async def test_a_kind_is_lifted_when_it_is_bought_more_than_at_other_times(graph: Graph) -> None:
    bought = {("coffee", "morning"): 3, ("beer", "morning"): 1}
    bought |= {("coffee", "evening"): 1, ("beer", "evening"): 3, (None, "evening"): 7}
    rows = [
        {"kind": kind, "daypart": daypart, "event": f"{kind}-{daypart}-{number}"}
        for (kind, daypart), count in bought.items()
        for number in range(count)
    ]
    await ask(graph, "CREATE (:User {id: 'guest'})")
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: 'guest'}) "
        "CREATE (u)-[:PURCHASED {eventId: row.event, type: 'purchase', "
        "context_daypart: row.daypart}]->(:Drink {id: row.event, kind: row.kind, changedAt: 1})",
        rows=rows,
    )
    lifts = (await load_occasions(graph)).lifts
    # 3 of 4 events, and 50 more by which few events say little: (3 + 25) of 54 against a half
    more, less = math.log(28 / 54 / 0.5), math.log(26 / 54 / 0.5)
    assert set(lifts) == {("daypart", "morning"), ("daypart", "evening")}
    assert lifts["daypart", "morning"] == pytest.approx({"coffee": more, "beer": less})
    assert lifts["daypart", "evening"] == pytest.approx({"coffee": less, "beer": more})


async def test_no_events_lift_nothing(graph: Graph) -> None:
    assert (await load_occasions(graph)).lifts == {}
