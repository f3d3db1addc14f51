"""Numbers of people whom a recall concerns, those whose profiles are sealed too; never who."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.query_files import load
from graph.sealing.profiles import opened
from graph.sealing.sealing import Sealing

RECALL_SEALED = load("changes/recall_sealed")
SECONDS = 300.0


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

    Raises a GraphError: ProfileSealed if any cannot be, since a number that is too low harms.
    """
    rows = await graph.run(RECALL_SEALED, deadline=SECONDS, **asked)
    return await asyncio.to_thread(_counted, graph.sealing, rows)


def _counted(sealing: Sealing | None, rows: Iterable[Row]) -> AffectedPeople:
    people = AffectedPeople()
    for row in rows:
        said = opened(sealing, row["userId"], row)
        about = [one for one in said["allergies"] if one["allergen"] in row["related"]]
        if about:
            accepts = all(one["tracesAccepted"] for one in about)
            had = row["had"] is True
            people += AffectedPeople(1, int(had), int(had and accepts), int(row["simulated"]))
    return people
