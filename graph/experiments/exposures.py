"""Exposures: who was subject to which arm of an experiment, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.connection import Graph, Row
from graph.query_files import load

EXPOSE_PEOPLE = load("experiments/expose_people")
EXPOSED_PEOPLE = load("experiments/exposed_people")
FORGET_EXPOSURES = load("experiments/forget_exposures")

FORGOTTEN_AT_ONCE = 10_000
COUNTING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Exposure:
    """That a list was ranked by an arm of an experiment; `bucket` is the one that chose the arm."""

    experiment: str
    arm: str
    bucket: int


@dataclass(frozen=True, slots=True)
class ArmDay:
    """How many people came into an arm on a day, counted from 0."""

    arm: str
    day: int
    people: int


async def expose_people(graph: Graph, rows: Sequence[Row]) -> None:
    """Write exposures: `userId`, `erasureId`, `experimentId`, `arm`, `bucket`, `at` (epoch ms)."""
    await graph.run(EXPOSE_PEOPLE, rows=rows)


async def exposed_people(graph: Graph, experiment: str, since: int) -> list[ArmDay]:
    """Return how many people came into each arm on each day since a moment (epoch ms)."""
    rows = await graph.run(
        EXPOSED_PEOPLE, experimentId=experiment, since=since, deadline=COUNTING_SECONDS
    )
    return [ArmDay(row["arm"], int(row["day"]), row["people"]) for row in rows]


async def forget_exposures(graph: Graph, experiment: str) -> int:
    """Delete who was in an experiment; return how many people that were."""
    forgotten = 0
    while True:
        [row] = await graph.run(
            FORGET_EXPOSURES,
            experimentId=experiment,
            most=FORGOTTEN_AT_ONCE,
            deadline=COUNTING_SECONDS,
        )
        forgotten += row["forgotten"]
        if row["forgotten"] < FORGOTTEN_AT_ONCE:
            return forgotten
