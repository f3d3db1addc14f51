"""What people did, as the flat rows that the .sql files of `features/` read.

`flink/behaviour.sql` makes the same rows of the same events; a test compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from events.log import Record
from events.validation import BehaviourEvent, logged_event
from graph.people.event_rules import Fault
from graph.vocabulary import EventType

LATEST_MS = 3_600_000
"""What is received later than this after it happened is counted as late, and in no window."""
AHEAD_MS = 60_000
"""What is further ahead of its receipt than this is of a clock that is wrong: in no window."""

WANTED = frozenset(map(str, (EventType.PURCHASE, EventType.SAVE, EventType.LIKE)))
GOOD_RATING = 3.5
HOURS = ((22, "night"), (17, "evening"), (12, "afternoon"), (6, "morning"))


Row = dict[str, Any]


@dataclass(frozen=True)
class Behaviour:
    """Rows, and how many events were left out because of when they happened."""

    rows: list[Row]
    late: int
    ahead: int


def behaviour_of(records: Sequence[Record]) -> Behaviour:
    """Return the rows of what somebody known did with drinks; times are in milliseconds since 1970.

    What keys of pages sent of nobody in particular is left out: strangers could move a trend with
    it. `late` and `ahead` count events that no window takes.
    """
    rows: list[Row] = []
    late = ahead = 0
    for record in records:
        event = logged_event(record.body, record.received)
        if isinstance(event, Fault) or event.user_id is None or event.drink_id is None:
            continue
        age = record.received - event.at
        late += age > LATEST_MS
        ahead += age < -AHEAD_MS
        if -AHEAD_MS <= age <= LATEST_MS:
            rows.append(_row(record, event))
    return Behaviour(rows, late, ahead)


def _row(record: Record, event: BehaviourEvent) -> Row:
    context = event.said.get("context", {})
    return {
        "person": record.person_hash,
        "event_id": event.event_id,
        "user_id": event.user_id,
        "drink_id": event.drink_id,
        "action": event.type,
        "wanted": _is_wanted(event),
        "happened": event.at,
        "received": record.received,
        "store": context.get("store"),
        "place_kind": context.get("place"),
        "daypart": context.get("daypart") or _daypart(event),
        "session_id": event.said.get("sessionId"),
    }


def _is_wanted(event: BehaviourEvent) -> bool:
    """Return whether it makes a drink popular: as `cypher/catalogue/popularity.cypher` says."""
    if event.type == EventType.RATING:
        return event.value is not None and event.value >= GOOD_RATING
    return event.type in WANTED


def _daypart(event: BehaviourEvent) -> str:
    """Return the daypart by the clock of the place where it was; of UTC if `at` was left out."""
    said: str | None = event.said.get("at")
    hour = int(said[11:13]) if said else event.at // 3_600_000 % 24
    return next((name for first, name in HOURS if hour >= first), "night")
