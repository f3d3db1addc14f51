"""What the warehouse reads of the graph: nothing that anybody declared, and no verdict."""

from __future__ import annotations

from collections.abc import Sequence

from graph.catalogue.entities import DRINKS, INGREDIENTS
from graph.connection import Graph, Row
from graph.query_files import load

PEOPLE = load("export/people")
BEHAVIOUR = load("export/behaviour")
RECOMMENDED_BY_DAY = load("export/recommended_by_day")
EXPOSED_BY_DAY = load("export/exposed_by_day")
ARMS_OF_PEOPLE = load("export/arms_of_people")
CHANGES = load("export/changes")

READING_SECONDS = 600.0


async def people(graph: Graph) -> list[Row]:
    """Return everybody: `id`, whether they may be `named`, whether they are `simulated`."""
    return await graph.run(PEOPLE, deadline=READING_SECONDS)


async def arms_of_people(graph: Graph) -> list[Row]:
    """Return in which `arm` of which experiment each person is, and since when (`at`, epoch ms)."""
    return await graph.run(ARMS_OF_PEOPLE, deadline=READING_SECONDS)


async def behaviour_of(graph: Graph, ids: Sequence[str]) -> list[Row]:
    """Return what some people did: who, what, the event's id and type, and all that it `said`."""
    return await graph.run(BEHAVIOUR, ids=list(ids), deadline=READING_SECONDS)


async def recommended_by_day(graph: Graph, since: int, until: int, min_people: int) -> list[Row]:
    """Return how many people were last offered each drink on each day of a time (epoch ms)."""
    return await graph.run(
        RECOMMENDED_BY_DAY, since=since, until=until, minPeople=min_people, deadline=READING_SECONDS
    )


async def exposed_by_day(graph: Graph, since: int, until: int, min_people: int) -> list[Row]:
    """Return how many people came into each arm of each experiment on each day (epoch ms)."""
    return await graph.run(
        EXPOSED_BY_DAY, since=since, until=until, minPeople=min_people, deadline=READING_SECONDS
    )


async def drinks_after(graph: Graph, version: int) -> list[Row]:
    """Return the drinks that changed after a version of the catalogue."""
    return await graph.run(DRINKS, since=version, deadline=READING_SECONDS)


async def ingredients_after(graph: Graph, version: int) -> list[Row]:
    """Return the ingredients that changed after a version of the catalogue."""
    rows = await graph.run(INGREDIENTS, deadline=READING_SECONDS)
    return [row for row in rows if (row["changedAt"] or 0) > version]


async def changes_after(graph: Graph, version: int) -> list[Row]:
    """Return the recorded changes after a version of the catalogue, without who made them."""
    return await graph.run(CHANGES, since=version, deadline=READING_SECONDS)
