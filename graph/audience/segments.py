"""Segments as the graph has them: who is in which, and the flavors that tell each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.connection import Graph, Row
from graph.query_files import load
from graph.rows import parts

CUSTOMERS = load("audience/customers")
PUT_SEGMENT = load("audience/put_segment")
MARK_SEGMENT = load("audience/mark_segment")
JOIN_SEGMENT = load("audience/join_segment")
LEAVE_SEGMENT = load("audience/leave_segment")
REMOVE_SEGMENTS = load("audience/remove_segments")
SEGMENTS = load("audience/segments")

READING_SECONDS = 600.0
WRITING_SECONDS = 60.0
PEOPLE_AT_ONCE = 5_000

SMALLEST_SEGMENT = 20
"""No segment has fewer people. Five are enough for a count that is given once; a segment is
described, acted on, and computed again: whoever compares two of its days must still find nobody."""


@dataclass(frozen=True, slots=True)
class Bought:
    """What a person bought of one drink; times are in milliseconds since 1970."""

    drink_id: str
    times: int
    first_at: int
    last_at: int
    spent: float
    dayparts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TellingFlavor:
    """A flavor that a segment buys `lift` times as often as everybody, in a share of purchases."""

    id: str
    name: str
    lift: float
    share: float


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """A segment as it stands in the graph."""

    id: str
    name: str
    kind: str
    people: int
    computed_at: int
    flavors: tuple[TellingFlavor, ...]


Customers = Mapping[str, Sequence[Bought]]


async def load_customers(graph: Graph, since: int) -> Customers:
    """Return what each person bought since a moment (epoch ms), by their id."""
    customers: dict[str, list[Bought]] = {}
    for row in await graph.run(CUSTOMERS, since=since, deadline=READING_SECONDS):
        bought = Bought(
            row["drinkId"],
            row["times"],
            row["firstAt"],
            row["lastAt"],
            row["spent"],
            tuple(_dayparts(row["dayparts"])),
        )
        customers.setdefault(row["userId"], []).append(bought)
    return customers


def _dayparts(said: Sequence[Row]) -> Iterator[str]:
    """Yield the daypart of each purchase that says one."""
    for each in said:
        if each["daypart"] is not None:
            yield from [each["daypart"]] * each["times"]


async def segments(graph: Graph, fewest: int = SMALLEST_SEGMENT) -> list[SegmentRecord]:
    """Return the segments, the largest first; none of fewer than `fewest` people."""
    return [
        SegmentRecord(
            row["segmentId"],
            row["name"],
            row["kind"],
            row["people"],
            row["computedAt"],
            tuple(
                TellingFlavor(**flavor)
                for flavor in sorted(row["flavors"], key=lambda each: (-each["lift"], each["id"]))
            ),
        )
        for row in await graph.run(SEGMENTS, fewest=fewest, deadline=WRITING_SECONDS)
    ]


async def put_segment(
    graph: Graph,
    record: SegmentRecord,
    members: Sequence[str],
) -> None:
    """Write a segment with its flavors and members; whoever is no member any more leaves it."""
    await graph.run_together(
        [
            (
                PUT_SEGMENT,
                {
                    "id": record.id,
                    "name": record.name,
                    "kind": record.kind,
                    "people": record.people,
                    "at": record.computed_at,
                },
            ),
            (MARK_SEGMENT, {"id": record.id, "rows": [_mark(each) for each in record.flavors]}),
        ],
        deadline=WRITING_SECONDS,
    )
    for some in parts(sorted(members), PEOPLE_AT_ONCE):
        values = {"id": record.id, "userIds": some, "at": record.computed_at}
        await graph.run(JOIN_SEGMENT, deadline=WRITING_SECONDS, **values)
    while True:
        values = {"id": record.id, "at": record.computed_at, "most": PEOPLE_AT_ONCE}
        [row] = await graph.run(LEAVE_SEGMENT, deadline=WRITING_SECONDS, **values)
        if row["left"] < PEOPLE_AT_ONCE:
            return


async def remove_segments_before(graph: Graph, at: int) -> list[str]:
    """Remove the segments that were computed before a moment (epoch ms); return their ids."""
    rows = await graph.run(REMOVE_SEGMENTS, at=at, deadline=WRITING_SECONDS)
    return [row["segmentId"] for row in rows]


def _mark(flavor: TellingFlavor) -> dict[str, object]:
    return {"flavorId": flavor.id, "lift": flavor.lift, "share": flavor.share}
