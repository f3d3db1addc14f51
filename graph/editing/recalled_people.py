"""Numbers of people whom a recall concerns, those whose profiles are sealed too; never who."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.errors import ProfileSealed
from graph.query_files import load
from graph.sealing.profiles import opened
from graph.sealing.sealing import Sealing

RECALL_SEALED = load("changes/recall_sealed")
SECONDS = 300.0

log = logging.getLogger("tastegraph.recalls")


@dataclass(frozen=True, slots=True)
class AffectedPeople:
    """Numbers of people, never who.

    `allergic` to the allergen or one related; of them `had` bought, saved or were recommended an
    affected drink; of these `accept_traces`. `simulated` of the allergic are simulated.
    """

    allergic: int = 0
    had: int = 0
    accept_traces: int = 0
    simulated: int = 0

    @classmethod
    def of(cls, row: Row) -> AffectedPeople:
        """Return the numbers in a row of `changes/recall_people`."""
        return cls(
            row.get("allergic", 0),
            row.get("had", 0),
            row.get("acceptTraces", 0),
            row.get("simulated", 0),
        )

    def __add__(self, other: AffectedPeople) -> AffectedPeople:
        """Return the numbers of both, who are different people."""
        return AffectedPeople(
            self.allergic + other.allergic,
            self.had + other.had,
            self.accept_traces + other.accept_traces,
            self.simulated + other.simulated,
        )


async def count_sealed(graph: Graph, asked: Mapping[str, Any]) -> AffectedPeople:
    """Return the numbers of those whose profiles are sealed; each is opened.

    Whoever's cannot be counts as allergic: a number that is too low harms, and no recall waits for
    a key. Raises a GraphError.
    """
    rows = await graph.run(RECALL_SEALED, deadline=SECONDS, **asked)
    return await asyncio.to_thread(_counted, graph.sealing, rows)


def _counted(sealing: Sealing | None, rows: Iterable[Row]) -> AffectedPeople:
    people, closed = AffectedPeople(), 0
    for row in rows:
        had, simulated = int(row["had"] is True), int(row["simulated"])
        try:
            said = opened(sealing, row["userId"], row)
        except ProfileSealed:
            closed += 1
            people += AffectedPeople(1, had, 0, simulated)
            continue
        about = [one for one in said["allergies"] if one["allergen"] in row["related"]]
        if about:
            accepts = all(one["tracesAccepted"] for one in about)
            people += AffectedPeople(1, had, had and int(accepts), simulated)
    if closed:
        log.warning("%d profiles cannot be opened: they count as allergic", closed)
    return people
