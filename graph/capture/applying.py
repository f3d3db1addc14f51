"""Changes of a shop's rows applied to the graph: each once, in the order of their positions.

Rows and what follows from them are written in one transaction. A row's position is kept with it,
so that what comes twice, late, or after a deletion changes nothing, and reading may begin again
anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import orjson

from graph.capture.changes import (
    SNAPSHOT,
    UNCHANGED,
    Message,
    Operation,
    RowChange,
    TransactionEnd,
)
from graph.capture.mapping import DECIDING, PEOPLE, CaptureMapping, loaded
from graph.capture.planning import Plan, Planner
from graph.capture.records import RowReader
from graph.capture.source_rows import (
    Described,
    SourceRow,
    live_rows,
    newest_positions,
    open_rows,
    put_steps,
    rows_about,
    rows_of,
)
from graph.catalogue.changes import Signature, Step, change_catalogue
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.editing.transactions import Overtaken
from graph.errors import GraphContended
from graph.rows import parts

ATTEMPTS = 3
ROWS_TOGETHER = 1_000


@dataclass
class Applied:
    """How many changes were applied, came again, came too late, and are of no mapped table.

    `troubled` rows were kept and cannot be used.
    """

    applied: int = 0
    repeated: int = 0
    refused: int = 0
    unmapped: int = 0
    troubled: int = 0

    def __add__(self, other: Applied) -> Applied:
        """Return the sums."""
        return Applied(
            self.applied + other.applied,
            self.repeated + other.repeated,
            self.refused + other.refused,
            self.unmapped + other.unmapped,
            self.troubled + other.troubled,
        )


class PeopleWriter(Protocol):
    """Writes what rows say of people: orders and customers."""

    async def write(self, changes: Mapping[str, RowChange], kept: Mapping[str, SourceRow]) -> int:
        """Write newer changes, by the id of their row; return how many cannot be used."""
        ...


@dataclass
class _Batch:
    """Changes that are newer than what is kept, as rows, and the rows as they were."""

    rows: dict[str, SourceRow] = field(default_factory=lambda: dict[str, SourceRow]())
    before: dict[str, SourceRow] = field(default_factory=lambda: dict[str, SourceRow]())
    losses: dict[str, str] = field(default_factory=lambda: dict[str, str]())
    subjects: set[str] = field(default_factory=lambda: set[str]())

    def lose(self, subjects: Iterable[str], position: str) -> None:
        """Note where presence was taken back."""
        for subject in subjects:
            self.losses[subject] = max(self.losses.get(subject, ""), position)
            self.subjects.add(subject)


class Applier:
    """Applies the changes of one stream; there must be only one at a time."""

    def __init__(
        self,
        graph: Graph,
        mapping: CaptureMapping,
        people: PeopleWriter,
        *,
        by: str,
        key: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._graph = graph
        self._mapping = mapping
        self._people = people
        self._reader = RowReader(mapping, key)
        self._planner = Planner(graph, mapping, self._reader, by, clock)
        self._by = by
        self._clock = clock
        self._may_wait = True

    async def apply(self, messages: Sequence[Message]) -> Applied:
        """Apply messages in the order in which they were sent. Raises a GraphError.

        What the last transaction of them touched stays in doubt until its end, or another
        transaction, has come.
        """
        open_ = still_open(messages)
        opened = f"{self._mapping.stream} {open_}" if open_ else None
        self._may_wait = self._may_wait or opened is not None
        done = Applied()
        for together in _between_truncations(messages):
            mapped = [change for change in together if self._mapping.of(change.table)]
            done.unmapped += len(together) - len(mapped)
            if mapped and mapped[0].operation is Operation.TRUNCATED:
                done += await self._delete_older(mapped[0], mapped[0].position)
            elif mapped:
                done += await self._apply(mapped, open_)
        if messages:
            await self._settle(opened)
        return done

    async def _delete_older(self, change: RowChange, position: str) -> Applied:
        """Delete all rows of a table that are older than a position."""
        done = Applied()
        table = self._mapping.table_id(change.table)
        for ids in parts(await live_rows(self._graph, table, position), ROWS_TOGETHER):
            kept = await rows_of(self._graph, ids)
            gone = {
                id_: replace(change, operation=Operation.DELETED, after=None, before=None)
                for id_ in kept
            }
            done += await self._write(gone, kept, ())
        return done

    async def _apply(self, changes: Sequence[RowChange], open_: str | None) -> Applied:
        newest: dict[str, RowChange] = {}
        for change in changes:
            id_ = self.row_id(change)
            if id_ not in newest or newest[id_].position <= change.position:
                newest[id_] = change
        kept = await rows_of(self._graph, newest)
        fresh = {
            id_: change
            for id_, change in newest.items()
            if id_ not in kept or kept[id_].position < change.position
        }
        late = [change for change in changes if fresh.get(self.row_id(change)) is not change]
        done = await self._write(fresh, kept, late, open_)
        for change in late:
            row = kept.get(self.row_id(change))
            known = max(row.position if row else "", newest[self.row_id(change)].position)
            if change.position == known:
                done.repeated += 1
            else:
                done.refused += 1
        for change in changes:
            if change.last:
                done += await self._sweep(change)
        return done

    async def _sweep(self, last: RowChange) -> Applied:
        """Delete what a snapshot that is complete no longer has: it went while nobody looked.

        Tables that the snapshot did not read, and those about people, are left alone.
        """
        done = Applied()
        newest = await newest_positions(self._graph)
        for table in sorted({mapped.file for mapped in self._mapping.tables}):
            is_read = newest.get(self._mapping.table_id(table), "") >= last.position
            if is_read and not self._mapping.feeds(table) & PEOPLE:
                done += await self._delete_older(replace(last, table=table), last.position)
        return done

    def row_id(self, change: RowChange) -> str:
        """Return the id of a change's row. Raises KeyError naming a column that is not there."""
        return self._mapping.row_id(change.table, change.after or change.before or {})

    async def _write(
        self,
        fresh: Mapping[str, RowChange],
        kept: Mapping[str, SourceRow],
        late: Sequence[RowChange],
        open_: str | None = None,
    ) -> Applied:
        people = {
            id_: change
            for id_, change in fresh.items()
            if self._mapping.feeds(change.table) & PEOPLE
        }
        batch = self._batch({id_: fresh[id_] for id_ in fresh.keys() - people}, kept, late, open_)
        done = Applied(applied=len(fresh))
        if batch.rows or batch.losses:
            done.troubled += await self._write_catalogue(batch)
        if people:
            done.troubled += await self._people.write(people, kept)
        return done

    def _batch(
        self,
        fresh: Mapping[str, RowChange],
        kept: Mapping[str, SourceRow],
        late: Sequence[RowChange],
        open_: str | None,
    ) -> _Batch:
        batch = _Batch()
        earlier = self._earlier(fresh, kept, late)
        for id_, change in fresh.items():
            if id_ in kept:
                batch.before[id_] = kept[id_]
            known = kept.get(id_)
            # step by step: what it took back counts from when it did, however late that is seen
            for step in (*earlier.get(id_, ()), change):
                row = self._row(id_, step, known, open_)
                batch.lose(self._lost(step, known, row), step.position)
                batch.rows[id_] = known = row
            batch.subjects |= batch.rows[id_].subjects
        for change in late:
            if not self._mapping.feeds(change.table) & PEOPLE:
                said = self._reader.presences(change.table, change.before)
                now = self._reader.presences(change.table, change.after)
                batch.lose(_weakened(said, now), change.position)
        return batch

    def _earlier(
        self,
        fresh: Mapping[str, RowChange],
        kept: Mapping[str, SourceRow],
        late: Sequence[RowChange],
    ) -> dict[str, list[RowChange]]:
        """Return what rows became on the way from what is kept to what they are now, in order."""
        steps: dict[str, dict[str, RowChange]] = {}
        for change in late:
            id_ = self.row_id(change)
            since = kept[id_].position if id_ in kept else ""
            if id_ in fresh and since < change.position < fresh[id_].position:
                steps.setdefault(id_, {})[change.position] = change
        return {id_: [own[at] for at in sorted(own)] for id_, own in steps.items()}

    def _row(
        self, id_: str, change: RowChange, kept: SourceRow | None, open_: str | None
    ) -> SourceRow:
        """Return the row as it will be kept."""
        values = self._values(change, kept)
        subjects = self._reader.subjects(change.table, values)
        if values is None:
            subjects = self._reader.subjects(change.table, change.before)
        text = "" if values is None else orjson.dumps(values).decode()
        waits = open_ is not None and _name_of(change) == open_ and self._is_deciding(change)
        if change.snapshot and kept and kept.values == text:
            waits = False  # a snapshot taken again, of a row that is as it was
        return SourceRow(
            id_,
            self._mapping.table_id(change.table),
            change.position,
            values is None,
            text,
            f"{self._mapping.stream} {open_}" if waits else None,
            None,
            None,
            subjects if kept is None else subjects | kept.subjects,
        )

    def _is_deciding(self, change: RowChange) -> bool:
        return bool(self._mapping.feeds(change.table) & DECIDING)

    def _values(self, change: RowChange, kept: SourceRow | None) -> dict[str, object] | None:
        if change.operation is not Operation.WRITTEN:
            return None
        values = self._mapping.kept(change.table, change.after or {})
        known = loaded(kept.values) if kept else {}
        return {
            name: known.get(name, value) if value == UNCHANGED else value
            for name, value in values.items()
        }

    def _lost(self, change: RowChange, kept: SourceRow | None, row: SourceRow) -> set[str]:
        """Return the subjects of which the row no longer says that something is in them."""
        now = self._reader.presences(change.table, loaded(row.values))
        known = loaded(kept.values) if kept else None
        said = self._reader.presences(change.table, change.before)
        said |= self._reader.presences(change.table, known)
        return _weakened(said, now)

    async def _settle(self, opened: str | None) -> None:
        """Judge again what waited for transactions that have now arrived."""
        while self._may_wait:
            stream = self._mapping.stream
            waiting = await open_rows(self._graph, stream, opened, ROWS_TOGETHER)
            if not waiting:
                self._may_wait = opened is not None
                return
            kept = await rows_of(self._graph, waiting)
            batch = _Batch({id_: replace(row, open=None) for id_, row in kept.items()}, dict(kept))
            batch.subjects = {subject for row in kept.values() for subject in row.subjects}
            await self._write_catalogue(batch)

    async def _write_catalogue(self, batch: _Batch) -> int:
        for _ in range(ATTEMPTS):
            described = await rows_about(self._graph, batch.subjects)
            _overlay(described, batch)
            plan = await self._planner.plan(
                batch.subjects, described, [batch.before[id_] for id_ in sorted(batch.before)]
            )
            rows = _with_problems(described, batch, plan)
            try:
                await self._commit(rows, batch, plan, described)
            except Overtaken:
                continue
            return sum(id_ in plan.problems for id_ in batch.rows)
        raise GraphContended("Another process applied the same changes.", "Let only one do so.")

    async def _commit(
        self, rows: Sequence[SourceRow], batch: _Batch, plan: Plan, described: Described
    ) -> None:
        expected = {
            row.id: batch.before[row.id].position
            if row.id in batch.before
            else ("" if row.id in batch.rows else row.position)
            for row in rows
        }

        def accept(results: list[list[Row]]) -> None:
            if {row["id"]: row["was"] for row in results[0]} != expected:
                raise Overtaken

        steps: list[Step] = [*put_steps(rows, batch.losses), *plan.steps]
        if not plan.steps:
            await self._graph.run_together(steps, deadline=60.0, accept=accept)
            return
        await change_catalogue(
            self._graph,
            steps,
            Signature(self._by, "IMPORT", self._mapping.source, clock=self._clock),
            drinks=plan.drinks,
            ingredients=plan.ingredients,
            structural=plan.structural,
            accept=accept,
        )


def still_open(messages: Sequence[Message]) -> str | None:
    """Return the transaction, or the snapshot, whose end is not among the messages, if any."""
    open_: str | None = None
    for message in messages:
        if isinstance(message, TransactionEnd):
            open_ = None if message.transaction == open_ else open_
        else:
            open_ = None if message.last else _name_of(message)
    return open_


def _name_of(change: RowChange) -> str | None:
    return SNAPSHOT if change.snapshot else change.transaction


def _between_truncations(messages: Sequence[Message]) -> Iterator[list[RowChange]]:
    together: list[RowChange] = []
    for message in messages:
        if isinstance(message, TransactionEnd):
            continue
        if message.operation is not Operation.TRUNCATED:
            together.append(message)
            continue
        yield together
        yield [message]
        together = []
    yield together


def _weakened(
    said: Mapping[tuple[str, str, str], int], now: Mapping[tuple[str, str, str], int]
) -> set[str]:
    return {key[0] for key, strength in said.items() if now.get(key, 0) < strength}


def _overlay(described: Described, batch: _Batch) -> None:
    described.rows |= batch.rows
    for subject, position in batch.losses.items():
        described.lost[subject] = max(described.lost.get(subject, ""), position)


def _with_problems(described: Described, batch: _Batch, plan: Plan) -> list[SourceRow]:
    """Return the rows to keep: changed ones, and those whose problem came or went."""
    return [
        replace(row, problem=plan.problems.get(id_))
        for id_, row in described.rows.items()
        if id_ in batch.rows or (id_ in plan.judged and row.problem != plan.problems.get(id_))
    ]
