"""Interactions: events between people and drinks, streamed in batches however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.importing.files.parsing import Problem
from graph.importing.files.record import Record
from graph.importing.files.rows import CONTEXT, InteractionRow
from graph.importing.files.sources import Sources
from graph.importing.fingerprint import fingerprint
from graph.importing.job import Job
from graph.people.event_rows import key_of
from graph.people.event_rules import context_fault, fault_of, value_of
from graph.people.interactions import add_events

ROWS_PER_BATCH = 10_000
DEADLINE = 300.0

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
    """Write all new events, each batch in one transaction."""
    ordinals = Ordinals()
    job.progress.start("interactions", sources.rows("interactions"))
    for batch in _batches(job, sources, drinks, job.clock().timestamp()):
        events = _events(job, batch, ordinals)
        if events:
            await _write(job, batch, events)
    job.progress.done()


def _batches(job: Job, sources: Sources, drinks: set[str], now: float) -> Iterator[Batch]:
    batch: Batch = []
    for source in sources.of("interactions"):
        for record, row in job.read(source, InteractionRow):
            if isinstance(row, list):
                job.reject("interactions", record, row)
            elif problems := _problems(record, row, drinks, now):
                job.reject("interactions", record, problems)
            else:
                batch.append((record, row))
            if len(batch) == ROWS_PER_BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _problems(record: Record, row: InteractionRow, drinks: set[str], now: float) -> list[Problem]:
    problems: list[Problem] = []
    if row.drink_id not in drinks:
        problems.append(Problem("drink_id", row.drink_id, "is not a known drink"))
    if fault := fault_of(row.type, row.value, row.at, now):
        said = record.values.get(fault.field, "")
        problems.append(Problem(fault.field, said, fault.reason))
    for name, word in _context(record).items():
        if reason := context_fault(name.removeprefix(CONTEXT), word):
            problems.append(Problem(name, word, reason))
    return problems


def _context(record: Record) -> dict[str, str]:
    """Return the words about the circumstances, in lower case."""
    return {
        name: word
        for name, text in record.values.items()
        if name.startswith(CONTEXT) and (word := text.strip().lower())
    }


def _events(job: Job, batch: Batch, ordinals: Ordinals) -> dict[tuple[str, str], dict[str, Any]]:
    nameless = [_content(row) for _, row in batch if row.event_id is None]
    marks = [fingerprint(content) for content in nameless]
    numbers = iter(ordinals.count([int(mark[:16], 16) for mark in marks]))
    derived = (f"{mark}-{next(numbers)}" for mark in marks)
    events: dict[tuple[str, str], dict[str, Any]] = {}
    for record, row in batch:
        event = _event(record, row, row.event_id or next(derived))
        known = events.setdefault(key_of(event), event)
        if known != event:
            problem = Problem("event_id", event["eventId"], "is there twice")
            job.reject("interactions", record, [problem])
    return events


def _content(row: InteractionRow) -> list[Any]:
    return [row.user_id, row.drink_id, row.type, row.at, row.value]


def _event(record: Record, row: InteractionRow, event_id: str) -> dict[str, Any]:
    return {
        "userId": row.user_id,
        "drinkId": row.drink_id,
        "eventId": event_id,
        "type": row.type,
        "value": value_of(row.type, row.value),
        "at": row.at,
        "context": _context(record),
    }


async def _write(job: Job, batch: Batch, events: dict[tuple[str, str], dict[str, Any]]) -> None:
    added = await add_events(
        job.graph,
        list(events.values()),
        simulated=job.simulated,
        ground=job.brought_on,
        deadline=DEADLINE,
    )
    job.summary.table("interactions").written += added.new
    if added.clashing:
        _reject_clashing(job, batch, added.clashing)


def _reject_clashing(job: Job, batch: Batch, clashing: frozenset[tuple[str, str]]) -> None:
    for record, row in batch:
        if row.event_id and (row.user_id, row.event_id) in clashing:
            problem = Problem("event_id", row.event_id, "was used for something else")
            job.reject("interactions", record, [problem])
