"""What a shop's rows say of people: orders, as purchases through the one validator, and customers.

Of an order the graph keeps which event it became, of a customer nothing but the row's position:
who it was, and what they declared, is nowhere kept beside the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from events.validation import BehaviourEvent, validated
from graph.capture.changes import Operation, RowChange
from graph.capture.mapping import CUSTOMERS, ORDERS, CaptureMapping
from graph.capture.records import MappedRecord, Problems, RowReader
from graph.capture.source_rows import SourceRow, put_steps
from graph.catalogue.entities import existing_drinks
from graph.clock import Clock, milliseconds, moment_of, utc_now
from graph.connection import Graph
from graph.importing.diets import read_diets
from graph.importing.files.parsing import parse
from graph.importing.files.rows import InteractionRow
from graph.importing.files.sources import Source, Sources
from graph.importing.fingerprint import fingerprint
from graph.importing.ingredients import read_ingredients
from graph.importing.job import Job
from graph.importing.people import import_users
from graph.importing.progress import Silent
from graph.importing.terms import plan_terms
from graph.people.event_rules import Fault
from graph.people.interactions import add_events, withdraw_purchases
from graph.people.privacy import erasure_id, erasures_of
from graph.people.purposes import OPERATORS

WRITE_SECONDS = 60.0


class CapturedPeople:
    """Writes what rows of a stream say of people; `key` is that of opaque names."""

    def __init__(
        self,
        graph: Graph,
        mapping: CaptureMapping,
        *,
        by: str,
        key: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._graph = graph
        self._mapping = mapping
        self._reader = RowReader(mapping, key)
        self._by = by
        self._clock = clock

    async def write(self, changes: Mapping[str, RowChange], kept: Mapping[str, SourceRow]) -> int:
        """Write newer changes, by the id of their row; return how many cannot be used."""
        rows = [_row(id_, self._mapping, changes[id_]) for id_ in sorted(changes)]
        values = [changes[row.id].after or {} for row in rows]
        problems = Problems(rows, of_people=True)
        await self._write_customers(rows, values, problems)
        rows = await self._write_orders(rows, values, kept, problems)
        checked = [replace(row, problem=problems.reasons.get(row.id)) for row in rows]
        await self._graph.run_together(put_steps(checked, {}), deadline=WRITE_SECONDS)
        return len(problems.reasons)

    async def _write_customers(
        self, rows: Sequence[SourceRow], values: Sequence[Mapping[str, Any]], problems: Problems
    ) -> None:
        """Take customers as an import takes users. One that is deleted stays: see erasing."""
        records = self._live(CUSTOMERS, rows, values)
        if not records:
            return
        columns = tuple(dict.fromkeys(name for each in records for name in each.record.values))
        source = Source(
            "users", columns, len(records), lambda: iter([each.record for each in records])
        )
        job = Job(
            self._graph, problems, Silent(), self._mapping.source, False, self._by, self._clock
        )
        nothing = Sources(())
        terms = await plan_terms(job, nothing)
        ingredients = await read_ingredients(job, nothing)
        diets = await read_diets(job, nothing, ingredients)
        await import_users(job, Sources((source,)), terms, ingredients, diets)

    async def _write_orders(
        self,
        rows: Sequence[SourceRow],
        values: Sequence[Mapping[str, Any]],
        kept: Mapping[str, SourceRow],
        problems: Problems,
    ) -> list[SourceRow]:
        """Write orders as purchases, and withdraw what they were; return the rows to keep."""
        events = await self._events(rows, values, problems)
        kept_rows, gone, new = list[SourceRow](), list[dict[str, str]](), list[BehaviourEvent]()
        for row in rows:
            if ORDERS not in self._mapping.feeds(row.source_table):
                kept_rows.append(row)
                continue
            said = events.get(row.id, [])
            mark = fingerprint([[event.sent for event in said]])
            if row.id in kept and kept[row.id].fingerprint == mark:
                said = []
            elif row.id in kept:
                gone += orjson.loads(kept[row.id].values or b"[]")
            new += said
            names = [
                {"drinkId": each.drink_id, "eventId": each.event_id}
                for each in events.get(row.id, [])
            ]
            kept_rows.append(replace(row, values=orjson.dumps(names).decode(), fingerprint=mark))
        await withdraw_purchases(self._graph, gone)
        await add_events(
            self._graph,
            [event.row() for event in new],
            ground=OPERATORS[0],
            deadline=WRITE_SECONDS,
        )
        return kept_rows

    async def _events(
        self, rows: Sequence[SourceRow], values: Sequence[Mapping[str, Any]], problems: Problems
    ) -> dict[str, list[BehaviourEvent]]:
        """Return the sound events of each row, of people who were not erased since."""
        of_row: dict[str, list[BehaviourEvent]] = {}
        counts: dict[str, int] = {}
        for found in self._live(ORDERS, rows, values):
            number = counts[found.row.id] = counts.get(found.row.id, -1) + 1
            event = self._event(found, number, problems)
            if event:
                of_row.setdefault(found.row.id, []).append(event)
        everything = [event for events in of_row.values() for event in events]
        known = await existing_drinks(
            self._graph, sorted({str(each.drink_id) for each in everything})
        )
        people = {erasure_id(str(each.user_id)) for each in everything}
        erased = await erasures_of(self._graph, sorted(people)) if people else {}
        sound: dict[str, list[BehaviourEvent]] = {}
        for id_, events in of_row.items():
            for event in events:
                if event.drink_id not in known:
                    reason = f"drink_id '{event.drink_id}' is not a known drink"
                    problems.reasons.setdefault(id_, reason)
                elif erased.get(erasure_id(str(event.user_id)), -1) < event.at:
                    sound.setdefault(id_, []).append(event)
        return sound

    def _live(
        self, ours: str, rows: Sequence[SourceRow], values: Sequence[Mapping[str, Any]]
    ) -> list[MappedRecord]:
        return [each for each in self._reader.of_people(ours, rows, values) if not each.row.deleted]

    def _event(self, found: MappedRecord, number: int, problems: Problems) -> BehaviourEvent | None:
        row = parse(InteractionRow, found.record, self._clock)
        if isinstance(row, list):
            for problem in row:
                problems.add(found.record, *problem)
            return None
        document: dict[str, Any] = {
            "eventId": f"{fingerprint(found.row.id)}-{number}",
            "userId": row.user_id,
            "drinkId": row.drink_id,
            "type": str(row.type),
            "source": self._mapping.stream,
        }
        if row.value is not None:
            document["quantity"] = row.value
        if row.at is not None:
            document["at"] = moment_of(row.at).isoformat()
        event = validated(document, milliseconds(self._clock()))
        if isinstance(event, Fault):
            problems.add(found.record, event.field, "", event.reason)
            return None
        return event


def _row(id_: str, mapping: CaptureMapping, change: RowChange) -> SourceRow:
    deleted = change.operation is not Operation.WRITTEN
    return SourceRow(id_, mapping.table_id(change.table), change.position, deleted, "")
