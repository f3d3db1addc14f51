"""Old events as counts: what a person did with a drink in a month, in the same words, is one.

A count is a relationship of the same type and with the same properties as its newest event, and
says besides of how many `times` it stands, which `eventIds` those have, when the first was
(`firstAt`) and what was `paid` for all, in ten-thousandths. Its value is that of all together, its
price the mean. So who looks for whether, when last and how many finds it without knowing of counts,
and an id that is sent again is known.

It depends on the events alone, not on when or in how many steps they were counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.clock import moment_of
from graph.experiments.list_ids import origin_of
from graph.vocabulary import EventType

Row = Mapping[str, Any]
Said = Mapping[str, Any]

UNITS = 10_000
"""To how many parts of one amounts and prices are added up: sums of floats depend on the order."""

_NUMBERS = frozenset(
    "eventId at value price recommendationId eventIds times firstAt paid".split()  # noqa: SIM905
)
_BOUGHT = (EventType.PURCHASE, EventType.CART)


@dataclass(frozen=True)
class Counting:
    """Events of a person, by id with their drink, and the one row that is kept of them."""

    events: Mapping[str, str]
    kept: Row


def counted(rows: Iterable[Row]) -> Iterator[Counting]:
    """Yield what to keep of rows of one person (userId, drinkId, `said`), where there are several.

    The rows kept are such as `interactions` adds.
    """
    groups = defaultdict[tuple[object, ...], list[Row]](list)
    for row in rows:
        groups[_alike(row)].append(row)
    for together in groups.values():
        if len(together) > 1:
            yield Counting(
                {row["said"]["eventId"]: row["drinkId"] for row in together}, _kept(together)
            )


def _alike(row: Row) -> tuple[object, ...]:
    """Return all that must be equal for two events to be counted together: what is no number."""
    said: Said = row["said"]
    list_ = said.get("recommendationId")
    words = sorted((name, str(value)) for name, value in said.items() if name not in _NUMBERS)
    month = moment_of(said["at"]).isoformat()[:7]
    origin = origin_of(list_) if list_ else None
    return row["drinkId"], month, origin, said.get("price") is None, tuple(words)


def _kept(together: Sequence[Row]) -> Row:
    newest = max(together, key=lambda row: (row["said"]["at"], row["said"]["eventId"]))
    every: list[Said] = [row["said"] for row in together]
    said = dict(newest["said"])
    said["eventIds"] = sorted(id_ for each in every for id_ in ids_of(each))
    said["times"] = sum(each.get("times", 1) for each in every)
    said["firstAt"] = min(each.get("firstAt", each["at"]) for each in every)
    if said["type"] in _BOUGHT:
        amount = sum(_amount(each) for each in every)
        said["value"] = amount / UNITS
        if said.get("price") is not None:
            said["paid"] = sum(_paid(each) for each in every)
            said["price"] = said["paid"] / amount
    columns = {name: said.pop(name, None) for name in ("eventId", "type", "value", "at")}
    came = {name: said.pop(name, None) for name in ("mergedFrom", "joinedFrom")}
    place = {"userId": newest["userId"], "drinkId": newest["drinkId"]}
    return {**place, **columns, **came, "context": said}


def ids_of(said: Said) -> Sequence[str]:
    """Return the ids of an event, or of all that a count stands for."""
    return said.get("eventIds") or [said["eventId"]]


def _amount(said: Said) -> int:
    value = said.get("value")
    return UNITS if value is None else round(value * UNITS)


def _paid(said: Said) -> int:
    paid = said.get("paid")
    return paid if paid is not None else round(_amount(said) * said["price"])


def apart(row: Row) -> Iterator[Row]:
    """Yield a row of the warehouse, or one for each event of a count, as far as that is known.

    The first has the time of the first, all others that of the last; each its share of the value.
    """
    said: Said = row["said"]
    times = said.get("times", 1)
    for place, id_ in enumerate(ids_of(said)):
        at = row["at"] if place or times == 1 else said["firstAt"]
        value = row["value"] if times == 1 or row["value"] is None else row["value"] / times
        yield {**row, "eventId": id_, "at": at, "value": value}
