"""Alerts of triggers: word to whoever runs the shop, of how many people and never of whom."""

from __future__ import annotations

from graph.audience.triggers import TimesFired, load_alerts
from graph.connection import Graph
from learning.triggers.definition import Trigger, Triggers


async def alerts_of(
    graph: Graph, triggers: Triggers, since: int
) -> list[tuple[Trigger, TimesFired]]:
    """Return what triggers alerted to since a moment (epoch ms), the latest first.

    Raises a GraphError.
    """
    alerting = {each.id: each for each in triggers.triggers if each.then.is_alert}
    found = await load_alerts(graph, list(alerting), since) if alerting else []
    return [(alerting[each.trigger_id], each) for each in found]
