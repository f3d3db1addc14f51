"""Interactions: events between people and drinks, streamed in batches however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.importing.fingerprint import fingerprint
from graph.importing.job import Job, Step
from graph.importing.record import Record
from graph.importing.rows import CONTEXT, InteractionRow, Problem
from graph.importing.sources import Sources
from graph.interactions import writing_steps
from graph.query import load

ADD_USERS = load("people/add_users")
VERSIONS_OF_USERS = load("people/versions_of_users")
_VALUE = {"like": 1.0, "dislike": -1.0}
ROWS_PER_BATCH = 10_000

Batch = list[tuple[Record, InteractionRow]]


class Ordinals:
    """Counts how often each event without an id came before, in 8 bytes for each event."""

    def __init__(self) -> None:
        self._seen: NDArray[np.uint64] = np.empty(0, np.uint64)

    def count(self, marks: list[int]) -> list[int]:
        """Return for each mark how many equal ones came before it, here or in earlier calls."""
        new = np.array(marks, np.uint64)
        left = np.searchsorted(self._seen, new, "left")
        before = np.searchsorted(self._seen, new, "right") - left
        here: Counter[int] = Counter()
        counts: list[int] = []
        for mark, earlier in zip(marks, before.tolist(), strict=True):
            counts.append(earlier + here[mark])
            here[mark] += 1
        self._seen = np.sort(np.concatenate([self._seen, new]), kind="stable")
        return counts


async def import_interactions(job: Job, sources: Sources, drinks: set[str]) -> None:
    """Write all events that are news, each batch in one transaction."""
    ordinals = Ordinals()
    job.progress.start("interactions", sources.rows("interactions"))
    for batch in _batches(job, sources, drinks):
        events = _events(job, batch, ordinals)
        if events:
            await _write(job, events)
    job.progress.done()


def _batches(job: Job, sources: Sources, drinks: set[str]) -> Iterator[Batch]:
    batch: Batch = []
    for source in sources.of("interactions"):
        for record, row in job.read(source, InteractionRow):
            if isinstance(row, list):
                job.reject("interactions", record, row)
            elif row.drink_id not in drinks:
                reason = "is no drink that is known"
                problem = Problem("drink_id", row.drink_id, reason)
                job.reject("interactions", record, [problem])
            else:
                batch.append((record, row))
            if len(batch) == ROWS_PER_BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _events(job: Job, batch: Batch, ordinals: Ordinals) -> list[dict[str, Any]]:
    nameless = [_content(row) for _, row in batch if row.event_id is None]
    marks = [fingerprint(content) for content in nameless]
    numbers = iter(ordinals.count([int(mark[:16], 16) for mark in marks]))
    derived = (f"{mark}-{next(numbers)}" for mark in marks)
    events: dict[str, dict[str, Any]] = {}
    for record, row in batch:
        event = _event(record, row, row.event_id or next(derived))
        known = events.setdefault(event["eventId"], event)
        if known != event:
            problem = Problem("event_id", event["eventId"], "is there twice")
            job.reject("interactions", record, [problem])
    return list(events.values())


def _content(row: InteractionRow) -> list[Any]:
    return [row.user_id, row.drink_id, row.type, row.at, row.value]


def _event(record: Record, row: InteractionRow, event_id: str) -> dict[str, Any]:
    context = {
        name: text for name, text in record.values.items() if name.startswith(CONTEXT) and text
    }
    return {
        "userId": row.user_id,
        "drinkId": row.drink_id,
        "eventId": event_id,
        "type": row.type,
        "value": _VALUE.get(row.type) if row.value is None else row.value,
        "at": row.at,
        "context": context,
    }


async def _write(job: Job, events: list[dict[str, Any]]) -> None:
    ids = sorted({event["userId"] for event in events})
    count: Step = (VERSIONS_OF_USERS, {"ids": ids})
    adding = writing_steps(events)
    users: Step = (ADD_USERS, {"ids": ids, "simulated": job.simulated})
    answers = await job.graph.run_together([users, count, *adding, count], deadline=300.0)
    before, after = answers[1][0]["versions"], answers[-1][0]["versions"]
    job.summary.table("interactions").written += after - before
