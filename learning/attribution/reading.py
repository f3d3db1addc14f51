"""Reading lists and what came of them from the log, without people who are not to be remembered."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from events.consumed import consumed_records
from events.dead_letters import DeadLetters
from events.impressions import Impression, impression_of, is_impression
from events.log import Log, Record, hash_of
from events.validation import BehaviourEvent, logged_event
from graph.connection import Graph
from graph.people.privacy import may_be_kept, not_remembered
from learning.attribution.joining import BUYING, OPENING, OutcomeEvent

TOGETHER = 5_000
COUNTED = OPENING | BUYING


@dataclass(frozen=True)
class Found:
    """What a partition has up to an offset; `received` (epoch ms) is when the last of it came."""

    partition: int
    end: int
    received: int
    impressions: list[Impression]
    outcomes: list[OutcomeEvent]


async def impressions_and_outcomes(
    graph: Graph, log: Log, letters: DeadLetters, start: Mapping[int, int]
) -> AsyncGenerator[Found]:
    """Yield what the graph has read from these offsets on, in the order of each partition.

    Raises a GraphError or LogUnavailable.
    """
    async for consumed in consumed_records(graph, log, letters, start, TOGETHER):
        shown = [each for each in map(_impression, consumed.records) if each]
        people = sorted({each.user_id for each in shown})
        refused = await not_remembered(graph, people) if people else {}
        outcomes = [each for each in map(_outcome, consumed.records) if each]
        yield Found(
            consumed.partition,
            consumed.end,
            max((record.received for record in consumed.records), default=0),
            [each for each in shown if may_be_kept(each.user_id, each.at, refused)],
            outcomes,
        )


def _impression(record: Record) -> Impression | None:
    shown = impression_of(record.body)
    return shown if shown and hash_of(shown.user_id) == record.person_hash else None


def _outcome(record: Record) -> OutcomeEvent | None:
    if is_impression(record.body):
        return None
    event = logged_event(record.body, record.received)
    if not isinstance(event, BehaviourEvent) or event.type not in COUNTED:
        return None
    if event.user_id is None or event.drink_id is None:
        return None
    said = event.said.get("recommendationId")
    return OutcomeEvent(event.user_id, event.drink_id, event.type, event.at, said)
