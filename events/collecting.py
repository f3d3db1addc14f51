"""What every door hands over: documents in, one answer each; accepted means durable in the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from events.log import Log, NewRecord, Outcome
from events.validation import BehaviourEvent, validated
from graph.clock import Clock, milliseconds, utc_now
from graph.people.event_rules import Fault

UNKNOWN_MAY = frozenset({"impression", "view", "click", "cart", "search"})
"""What may be said of a visitor whom nobody knows: it stays in the log."""

KnownDrinks = Callable[[Sequence[str]], Awaitable[set[str]]]


@dataclass(frozen=True)
class Sender:
    """Who sends events: a person about themselves, a till about anybody, or a page about nobody.

    With neither it is a page that has its key alone.
    """

    user_id: str | None = None
    for_anybody: bool = False


@dataclass(frozen=True)
class Answer:
    """What became of one event: accepted, repeated, or rejected with the field and the reason."""

    event_id: str | None
    status: str
    field: str | None = None
    reason: str | None = None


class CollectionWatcher(Protocol):
    """Counts what comes in."""

    def collected(self, counts: Mapping[str, int]) -> None:
        """Count events by what became of them."""
        ...


class Collector:
    """Validates events, and appends those that are sound to the log."""

    def __init__(
        self,
        log: Log,
        known_drinks: KnownDrinks,
        visitor_of: Callable[[str], str],
        watcher: CollectionWatcher,
        clock: Clock = utc_now,
    ) -> None:
        self._log = log
        self._known_drinks = known_drinks
        self._visitor_of = visitor_of
        self._watcher = watcher
        self._clock = clock

    async def collect(self, documents: Sequence[object], sender: Sender) -> list[Answer]:
        """Return an answer for each document, in order. Raises LogUnavailable."""
        received = milliseconds(self._clock())
        events = [_checked(document, sender, received) for document in documents]
        events = await self._about_known_drinks(events)
        sound = [event for event in events if isinstance(event, BehaviourEvent)]
        outcomes = iter(await self._log.append([self._record(event) for event in sound]))
        answers = [
            _answer(event, next(outcomes))
            if isinstance(event, BehaviourEvent)
            else Answer(_id_of(document), "rejected", event.field, event.reason)
            for document, event in zip(documents, events, strict=True)
        ]
        counts: dict[str, int] = {}
        for answer in answers:
            counts[answer.status] = counts.get(answer.status, 0) + 1
        self._watcher.collected(counts)
        return answers

    async def _about_known_drinks(
        self, events: Sequence[BehaviourEvent | Fault]
    ) -> list[BehaviourEvent | Fault]:
        named = {
            event.drink_id
            for event in events
            if isinstance(event, BehaviourEvent) and event.drink_id is not None
        }
        known = await self._known_drinks(sorted(named)) if named else set[str]()
        return [
            Fault("drinkId", "is no drink of the catalogue")
            if isinstance(event, BehaviourEvent) and event.drink_id in named - known
            else event
            for event in events
        ]

    def _record(self, event: BehaviourEvent) -> NewRecord:
        person = event.user_id or self._visitor_of(str(event.said["sessionId"]))
        return NewRecord(person, event.event_id, event.meaning, orjson.dumps(event.sent))


def _checked(document: object, sender: Sender, received: int) -> BehaviourEvent | Fault:
    if not isinstance(document, Mapping):
        return Fault("event", "is not an object")
    sent: dict[str, Any] = dict(document)  # pyright: ignore[reportUnknownArgumentType]
    if sender.user_id is not None and not sender.for_anybody:
        if sent.setdefault("userId", sender.user_id) != sender.user_id:
            return Fault("userId", "is not who the token is for")
    elif not sender.for_anybody and "userId" in sent:
        return Fault("userId", "needs a token: a key alone speaks of nobody")
    event = validated(sent, received)
    return event if isinstance(event, Fault) else _attributable(event)


def _attributable(event: BehaviourEvent) -> BehaviourEvent | Fault:
    if event.user_id is None and event.type not in UNKNOWN_MAY:
        return Fault("type", "needs to say who did it")
    return event


def _answer(event: BehaviourEvent, outcome: Outcome) -> Answer:
    if outcome is Outcome.CLASHING:
        return Answer(event.event_id, "rejected", "eventId", "was used for something else")
    return Answer(event.event_id, outcome.value)


def _id_of(document: object) -> str | None:
    """Return the id that a document has, if it can be said again."""
    if not isinstance(document, Mapping):
        return None
    said: object = document.get("eventId")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return said[:200] if isinstance(said, str) and said.isprintable() else None
