"""Events for the windowed features, the same for a seed: some late, some twice, some of nobody."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson

from events.log import Record, hash_of

START = 1_796_000_000_000
HOUR = 3_600_000
_TYPES = (
    *["view"] * 10,
    *["click"] * 3,
    *["purchase"] * 4,
    *["cart", "save", "like", "rating", "rating", "dislike"],
)
_RATINGS = ({"value": 4}, {"value": 3}, {"value": 3.5}, {"value": 7, "least": 0, "most": 10})
_OFFSETS = (0, 60, -300, 330)


@dataclass(frozen=True)
class Sent:
    """An event as it was sent, and when it was received (epoch ms)."""

    received: int
    document: dict[str, Any]

    @property
    def body(self) -> bytes:
        """Its JSON."""
        return orjson.dumps(self.document)

    @property
    def person(self) -> str:
        """Who did it, or nobody."""
        return self.document.get("userId", "nobody")

    def record(self, offset: int = 0) -> Record:
        """It as a record of a log."""
        return Record(0, offset, self.received, hash_of(self.person), self.body)


def trend_events(
    count: int, *, seed: int = 1, hours: float = 3, people: int = 400, drinks: int = 40
) -> list[Sent]:
    """Events in the order of their receipt: 5 % up to two hours late, 1 % twice, 2 % of nobody."""
    chance = random.Random(seed)
    sent: list[Sent] = []
    for number in range(count):
        received = START + int(number * hours * HOUR / count)
        event = Sent(received, _document(chance, number, received, people, drinks))
        sent.append(event)
        if chance.random() < 0.01:
            sent.append(Sent(received + chance.randrange(60_000), event.document))
    return sorted(sent, key=lambda event: event.received)


def _document(
    chance: random.Random, number: int, received: int, people: int, drinks: int
) -> dict[str, Any]:
    happened = received - chance.randrange(2_000)
    if chance.random() < 0.05:
        happened -= chance.randrange(2 * HOUR)
    user = f"u{chance.randrange(people)}"
    kind = chance.choice(_TYPES)
    drink = min(int(chance.paretovariate(0.7)) - 1, drinks - 1)
    document: dict[str, Any] = {"eventId": f"e{number}", "drinkId": f"d{drink}", "type": kind}
    if chance.random() < 0.98:
        document["userId"] = user
        document["at"] = _said(chance, happened)
    else:
        document |= {"type": "view", "sessionId": "somebody"}
    if kind == "rating" and "userId" in document:
        document["rating"] = chance.choice(_RATINGS)
    if context := _context(chance):
        document["context"] = context
    if chance.random() < 0.8:
        document["sessionId"] = f"{user}-{received // 1_800_000}"
    return document


def _said(chance: random.Random, moment: int) -> str:
    offset = chance.choice(_OFFSETS)
    zone = timezone(timedelta(minutes=offset))
    text = datetime.fromtimestamp(moment / 1000, zone).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z") if chance.random() < 0.5 else text


def _context(chance: random.Random) -> dict[str, str]:
    context: dict[str, str] = {}
    if chance.random() < 0.7:
        context["store"] = chance.choice(("harbour", "station", "park"))
    if chance.random() < 0.3:
        context["place"] = chance.choice(("home", "bar"))
    if chance.random() < 0.2:
        context["daypart"] = chance.choice(("morning", "night"))
    return context


def iso(moment: int) -> str:
    """A moment (epoch ms) as an event says it."""
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")
