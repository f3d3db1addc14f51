"""What one person did, as the API hands it over: into the log, and at once into the graph.

The log comes first, so that a replay has it; its consumer then finds it known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from events.log import Log, NewRecord, Outcome
from events.validation import BehaviourEvent, validated
from graph.catalogue.entities import existing_drinks
from graph.clock import Clock, milliseconds, moment_of, utc_now
from graph.connection import Graph
from graph.people.event_rules import fault_of
from graph.people.interactions import add_events
from graph.vocabulary import EventType

LONGEST_ID = 200
SOURCE = "api"
_CONTEXT = "context."


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing that a person did with a drink; `at` is in milliseconds since 1970.

    `value` is a rating or a number of drinks bought, and means nothing for other types. `said` are
    further fields of the event's schema. `fault` says why it is invalid, if that is already known.
    """

    event_id: str
    drink_id: str
    type: EventType
    value: float | None
    at: int
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    fault: str | None = None
    said: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Recorded:
    """The outcome of a batch; `rejected` maps positions in it to reasons."""

    recorded: int
    repeated: int
    rejected: Mapping[int, str]


async def record(
    graph: Graph,
    user_id: str,
    interactions: Sequence[Interaction],
    clock: Clock = utc_now,
    log: Log | None = None,
) -> Recorded:
    """Record what is new; an event sent again changes nothing, an invalid one is rejected.

    Raises a GraphError, or LogUnavailable.
    """
    drinks = await _existing(graph, interactions)
    received = milliseconds(clock())
    events: dict[str, tuple[int, BehaviourEvent]] = {}
    again: dict[int, int] = {}
    rejected: dict[int, str] = {}
    for index, interaction in enumerate(interactions):
        event = _checked(user_id, interaction, drinks, received)
        if isinstance(event, str):
            rejected[index] = event
        elif event.event_id not in events:
            events[event.event_id] = index, event
        elif event.meaning == events[event.event_id][1].meaning:
            again[index] = events[event.event_id][0]
        else:
            rejected[index] = _used(interaction)
    if log:
        await _append(log, user_id, events, rejected, interactions)
    if not events:
        return Recorded(0, 0, rejected)
    added = await add_events(graph, [event.row() for _, event in events.values()])
    for _, event_id in added.clashing:
        index, _ = events[event_id]
        rejected[index] = _used(interactions[index])
    rejected |= {index: rejected[of] for index, of in again.items() if of in rejected}
    return Recorded(added.new, len(interactions) - added.new - len(rejected), rejected)


async def _append(
    log: Log,
    user_id: str,
    events: dict[str, tuple[int, BehaviourEvent]],
    rejected: dict[int, str],
    interactions: Sequence[Interaction],
) -> None:
    """Append the events, and reject those whose ids the log has for something else."""
    records = [
        NewRecord(user_id, event.event_id, event.meaning, orjson.dumps(event.sent))
        for _, event in events.values()
    ]
    outcomes = await log.append(records)
    for new, outcome in zip(records, outcomes, strict=True):
        if outcome is Outcome.CLASHING:
            index, _ = events.pop(new.event_id)
            rejected[index] = _used(interactions[index])


async def _existing(graph: Graph, interactions: Sequence[Interaction]) -> set[str]:
    ids = sorted(
        {interaction.drink_id for interaction in interactions if _is_text(interaction.drink_id)}
    )
    return await existing_drinks(graph, ids)


def _checked(
    user_id: str, interaction: Interaction, drinks: set[str], received: int
) -> BehaviourEvent | str:
    """Return the event, or why it is none."""
    if reason := _fault(interaction, drinks, received / 1000):
        return reason
    event = validated(_document(user_id, interaction), received)
    if isinstance(event, BehaviourEvent):
        return event
    return f"{event.field.removeprefix(_CONTEXT)} {event.reason}."


def _fault(interaction: Interaction, drinks: set[str], now: float) -> str | None:
    if interaction.fault:
        return interaction.fault
    if not _is_text(interaction.event_id):
        return f"eventId must have 1 to {LONGEST_ID} characters that can be shown."
    if interaction.drink_id not in drinks:
        shown = (
            interaction.drink_id
            if _is_text(interaction.drink_id)
            else ascii(interaction.drink_id[:LONGEST_ID])
        )
        return f"There is no drink '{shown}'."
    fault = fault_of(interaction.type, interaction.value, interaction.at, now)
    return f"{fault.field} {fault.reason}." if fault else None


def _document(user_id: str, interaction: Interaction) -> dict[str, Any]:
    """Return it as an event of the newest version."""
    document: dict[str, Any] = {
        "eventId": interaction.event_id,
        "userId": user_id,
        "drinkId": interaction.drink_id,
        "type": str(interaction.type),
        "at": moment_of(interaction.at).isoformat(timespec="milliseconds"),
        "source": SOURCE,
        **interaction.said,
    }
    if interaction.type == EventType.RATING:
        document["rating"] = {"value": interaction.value}
    elif interaction.type in (EventType.PURCHASE, EventType.CART) and interaction.value is not None:
        document["quantity"] = interaction.value
    if interaction.context:
        document["context"] = dict(interaction.context)
    return document


def _is_text(text: str) -> bool:
    """Return whether an id can be written: half a surrogate pair would fail the whole batch."""
    return 1 <= len(text) <= LONGEST_ID and text.isprintable()


def _used(interaction: Interaction) -> str:
    return f"eventId '{interaction.event_id}' was used for something else."
