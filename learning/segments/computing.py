"""Segments computed and kept: people from the graph, groups, names, back into the graph."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from graph.audience.segments import (
    SMALLEST_SEGMENT,
    Customers,
    SegmentRecord,
    TellingFlavor,
    load_customers,
    put_segment,
    remove_segments_before,
)
from graph.catalogue.entities import Catalogue, load_catalogue
from graph.connection import Graph
from learning.audience import DAY
from learning.segments.communities import people_by_community
from learning.segments.definition import Segments
from learning.segments.explaining import telling_flavors
from learning.segments.rfm import NAMES, groups_by_rfm
from learning.segments.rules import members_by_rule

NAMED_BY = 2
"""A community is called by so many flavors."""


@dataclass(frozen=True)
class Segment:
    """A segment with its members."""

    record: SegmentRecord
    members: frozenset[str]


@dataclass(frozen=True)
class Computed:
    """The segments, and the ids of those that would have had too few people."""

    segments: tuple[Segment, ...]
    too_small: tuple[str, ...]


async def compute_segments(graph: Graph, wanted: Segments, now: int) -> Computed:
    """Return the segments of everybody at a moment (epoch ms); nothing is written."""
    catalogue = await load_catalogue(graph)
    customers = await load_customers(graph, now - wanted.days * DAY)
    return await asyncio.to_thread(computed, wanted, customers, catalogue, now)


async def keep_segments(graph: Graph, computed: Computed, now: int) -> list[str]:
    """Write the segments in place of all others; return the ids of those that are gone."""
    for segment in computed.segments:
        await put_segment(graph, segment.record, sorted(segment.members))
    return await remove_segments_before(graph, now)


def computed(wanted: Segments, customers: Customers, catalogue: Catalogue, now: int) -> Computed:
    """Return the segments of these customers; none of fewer than SMALLEST_SEGMENT people."""
    found: list[Segment] = []
    small: list[str] = []

    def keep(id_: str, name: str, kind: str, members: frozenset[str]) -> None:
        if len(members) < SMALLEST_SEGMENT:
            small.append(id_)
            return
        flavors = telling_flavors(members, customers, catalogue)
        record = SegmentRecord(id_, name, kind, len(members), now, flavors)
        found.append(Segment(record, members))

    for rule in wanted.segments:
        keep(rule.id, rule.name, "rule", members_by_rule(rule, customers, catalogue, now))
    if wanted.rfm:
        for group, members in sorted(groups_by_rfm(customers).items()):
            keep(group, NAMES[group], "rfm", members)
    if wanted.communities:
        taken: set[str] = set()
        for members in people_by_community(customers)[: wanted.communities.most]:
            flavors = telling_flavors(members, customers, catalogue)
            id_ = _free(_id_of(flavors), taken)
            keep(id_, _name_of(flavors), "community", members)
    return Computed(tuple(found), tuple(small))


def _id_of(flavors: Sequence[TellingFlavor]) -> str:
    named = [flavor.id.removesuffix("-flavor") for flavor in flavors[:NAMED_BY]]
    return "-".join(["taste", *named]) if named else "taste-mixed"


def _name_of(flavors: Sequence[TellingFlavor]) -> str:
    names = [flavor.name.lower() for flavor in flavors[:NAMED_BY]]
    return " and ".join(names).capitalize() or "Mixed"


def _free(id_: str, taken: set[str]) -> str:
    """Return the id, with a number where another community has it already."""
    number, free = 2, id_
    while free in taken:
        free, number = f"{id_}-{number}", number + 1
    taken.add(free)
    return free
