"""What was triggered for people, as the graph has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.connection import Graph, Row
from graph.outbox.entries import OutboxEntry, telling, trigger_fired
from graph.query_files import load

TRIGGERED = load("audience/triggered")
FIRE_TRIGGER = load("audience/fire_trigger")
TRIGGER_ALERTS = load("audience/trigger_alerts")

MOST_TRIGGERED = 500


@dataclass(frozen=True, slots=True)
class Fired:
    """That a trigger was fired for a person, about a drink; times are in ms since 1970."""

    trigger_id: str
    id: str
    at: int
    until: int
    drink_id: str


@dataclass(frozen=True, slots=True)
class TimesFired:
    """How often a trigger fired, for how many people, and when last (ms since 1970)."""

    trigger_id: str
    times: int
    people: int
    last_at: int


async def load_alerts(graph: Graph, trigger_ids: Sequence[str], since: int) -> list[TimesFired]:
    """Return how often triggers fired since a moment (epoch ms), the latest first."""
    rows = await graph.run(TRIGGER_ALERTS, triggerIds=list(trigger_ids), since=since)
    return [
        TimesFired(row["triggerId"], row["times"], row["people"], row["lastAt"]) for row in rows
    ]


async def load_fired(graph: Graph, user_id: str, since: int) -> list[Fired]:
    """Return what was triggered for a person since a moment (epoch ms), newest first."""
    rows = await graph.run(TRIGGERED, userId=user_id, since=since, most=MOST_TRIGGERED)
    return [
        Fired(row["triggerId"], row["id"], row["at"], row["until"], row["drinkId"]) for row in rows
    ]


async def fire(graph: Graph, user_id: str, fired: Fired) -> bool:
    """Note what is triggered, and say so to sinks in the same transaction; return whether it was.

    Not a second time by the same event, nor of somebody who refused or is gone.
    """

    def told(results: Sequence[list[Row]]) -> Iterable[OutboxEntry]:
        return (trigger_fired(user_id, fired.trigger_id, fired.at) for _ in results[0])

    values = {
        "userId": user_id,
        "triggerId": fired.trigger_id,
        "id": fired.id,
        "at": fired.at,
        "until": fired.until,
        "drinkId": fired.drink_id,
    }
    results = await graph.run_together([(FIRE_TRIGGER, values), telling(told)])
    return bool(results[0])
