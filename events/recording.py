"""The one way in for what people do: a batch of one person's interactions, recorded once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.catalogue.entities import existing_drinks
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.people.event_rules import fault_of, value_of
from graph.people.interactions import add_events
from graph.vocabulary import EventType

LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing that a person did with a drink; `at` is in milliseconds since 1970.

    `value` is a rating or a number of drinks bought, and means nothing for other types. `fault`
    says why it is invalid, if that is already known.
    """

    event_id: str
    drink_id: str
    type: EventType
    value: float | None
    at: int
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    fault: str | None = None


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
) -> Recorded:
    """Record what is new; an event sent again changes nothing, an invalid one is rejected."""
    drinks = await _existing(graph, interactions)
    now = clock().timestamp()
    first: dict[str, int] = {}
    again: dict[int, int] = {}
    rejected: dict[int, str] = {}
    for index, interaction in enumerate(interactions):
        reason = _fault(interaction, drinks, now)
        if reason:
            rejected[index] = reason
        elif interaction.event_id not in first:
            first[interaction.event_id] = index
        elif _is_same(interaction, interactions[first[interaction.event_id]]):
            again[index] = first[interaction.event_id]
        else:
            rejected[index] = _used(interaction)
    if not first:
        return Recorded(0, 0, rejected)
    added = await add_events(
        graph, [_row(user_id, interactions[index]) for index in first.values()]
    )
    for _, event_id in added.clashing:
        rejected[first[event_id]] = _used(interactions[first[event_id]])
    rejected |= {index: rejected[of] for index, of in again.items() if of in rejected}
    return Recorded(added.new, len(interactions) - added.new - len(rejected), rejected)


async def _existing(graph: Graph, interactions: Sequence[Interaction]) -> set[str]:
    ids = sorted(
        {interaction.drink_id for interaction in interactions if _is_text(interaction.drink_id)}
    )
    return await existing_drinks(graph, ids)


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


def _is_text(text: str) -> bool:
    """Return whether an id can be written: half a surrogate pair would fail the whole batch."""
    return 1 <= len(text) <= LONGEST_ID and text.isprintable()


def _is_same(interaction: Interaction, other: Interaction) -> bool:
    return (interaction.drink_id, interaction.type) == (other.drink_id, other.type)


def _used(interaction: Interaction) -> str:
    return f"eventId '{interaction.event_id}' was used for something else."


def _row(user_id: str, interaction: Interaction) -> dict[str, Any]:
    return {
        "userId": user_id,
        "drinkId": interaction.drink_id,
        "eventId": interaction.event_id,
        "type": interaction.type,
        "value": value_of(interaction.type, interaction.value),
        "at": interaction.at,
        "context": {f"context_{name}": text for name, text in interaction.context.items()},
    }
