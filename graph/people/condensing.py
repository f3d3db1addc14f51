"""Condensing: old events become counts, person by person, beside whatever else is written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph.clock import milliseconds, moment_of
from graph.connection import Graph, Row
from graph.errors import GraphContended
from graph.experiments.outcomes import EARLIER
from graph.experiments.records import ExperimentState, experiments
from graph.people.event_counts import Counting, counted
from graph.people.interactions import QUERY_OF_TYPE
from graph.people.late_events import HOLD_CHANGES
from graph.people.privacy import PEOPLE
from graph.query_files import load
from graph.rows import parts

REPEATED_PEOPLE = load("people/repeated_people")
OLD_EVENTS = load("people/old_events")
LOCK_PERSON = load("people/lock_person")
REMOVE_COUNTED = load("people/remove_counted")

PEOPLE_LOOKED_AT = 500
PEOPLE_READ = 20
EVENTS_TOGETHER = 1_000
"""How many events are replaced in one transaction, about."""
SECONDS = 60.0


class _Moved(Exception):
    """Somebody else has changed these events meanwhile: nothing was written."""


@dataclass(frozen=True)
class Condensed:
    """How many people were looked at, and how many events became how many counts."""

    people: int = 0
    events: int = 0
    counts: int = 0

    def __add__(self, other: Condensed) -> Condensed:
        """Return both together."""
        return Condensed(
            self.people + other.people, self.events + other.events, self.counts + other.counts
        )


async def horizon(graph: Graph, now: datetime, days: float) -> int:
    """Return before when (epoch ms) events may become counts: whole months, so many days old.

    What an experiment that is not decided may still be measured by stays as it is. Raises a
    GraphError.
    """
    open_ = [
        record.started_at
        for record in await experiments(graph)
        if record.started_at is not None and record.state != ExperimentState.DECIDED
    ]
    before = min([milliseconds(now - timedelta(days=days)), *(at - EARLIER for at in open_)])
    return _month_of(before)


def _month_of(at: int) -> int:
    """Return when the month of a moment (both epoch ms) began, in UTC."""
    return milliseconds(moment_of(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0))


async def condense(graph: Graph, before: int) -> AsyncIterator[Condensed]:
    """Make counts of what is older than a moment (epoch ms); yield what was done, step by step.

    It may end anywhere, and be begun again: what is done is left as it is. Raises a GraphError.
    """
    people = [row["id"] for row in await graph.run(PEOPLE, deadline=SECONDS)]
    for some in parts(people, PEOPLE_LOOKED_AT):
        rows = await graph.run(REPEATED_PEOPLE, ids=some, before=before, deadline=SECONDS)
        for few in parts([row["userId"] for row in rows], PEOPLE_READ):
            yield await _condense(graph, few, before)
        yield Condensed(people=len(some))


async def _condense(graph: Graph, people: Sequence[str], before: int) -> Condensed:
    rows = await graph.run(OLD_EVENTS, ids=list(people), before=before, deadline=SECONDS)
    of_person: dict[str, list[Row]] = {}
    for row in rows:
        if row["said"].get("type") in QUERY_OF_TYPE:
            of_person.setdefault(row["userId"], []).append(row)
    done = Condensed()
    for person, own in of_person.items():
        for together in _batches(counted(own)):
            done += await _write(graph, person, together)
    return done


async def _write(graph: Graph, person: str, together: Sequence[Counting]) -> Condensed:
    """Replace events by their counts in one transaction, if they are still as they were read.

    No drink is merged meanwhile.
    """
    events = {id_: drink for each in together for id_, drink in each.events.items()}
    kept = [each.kept for each in together]
    adding = {QUERY_OF_TYPE[row["type"]].name: QUERY_OF_TYPE[row["type"]] for row in kept}

    def accept(results: Sequence[list[Row]]) -> None:
        _, _, removed, *additions = results
        added = sum(rows[0]["added"] for rows in additions)
        if removed[0]["removed"] != len(events) or added != len(kept):
            raise _Moved

    try:
        async with graph.changing:
            await graph.run_together(
                [
                    (HOLD_CHANGES, {}),
                    (LOCK_PERSON, {"userId": person}),
                    (REMOVE_COUNTED, {"userId": person, "events": events}),
                    *(
                        (
                            query,
                            {"rows": [row for row in kept if QUERY_OF_TYPE[row["type"]] is query]},
                        )
                        for query in adding.values()
                    ),
                ],
                deadline=SECONDS,
                accept=accept,
            )
    except (_Moved, GraphContended):
        return Condensed()  # the next time finds them as they are then
    return Condensed(0, len(events), len(kept))


def _batches(countings: Iterable[Counting]) -> Iterator[list[Counting]]:
    together, events = list[Counting](), 0
    for each in countings:
        together.append(each)
        events += len(each.events)
        if events >= EVENTS_TOGETHER:
            yield together
            together, events = [], 0
    if together:
        yield together
