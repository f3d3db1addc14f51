"""Alerts of triggers: word to whoever runs the shop, of how many people and never of whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.audience.triggers import load_alerts
from graph.connection import Graph
from learning.triggers.definition import Triggers


@dataclass(frozen=True, slots=True)
class Alert:
    """How often a trigger said so since a moment, for how many people, and when last (epoch ms)."""

    trigger_id: str
    message: str
    times: int
    people: int
    last_at: int


async def alerts_of(graph: Graph, triggers: Triggers, since: int) -> Sequence[Alert]:
    """Return what triggers alerted to since a moment (epoch ms), the latest first.

    Raises a GraphError.
    """
    said = {each.id: each.then.message for each in triggers.triggers if each.then.is_alert}
    if not said:
        return []
    found = await load_alerts(graph, list(said), since)
    return [
        Alert(each.trigger_id, said[each.trigger_id] or "", each.times, each.people, each.last_at)
        for each in found
    ]
