"""Rows of a shop's database as rows of our tables, with the problems that they turn out to have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.capture.changes import UNCHANGED, Values
from graph.capture.mapping import (
    PEOPLE,
    CapturedTable,
    CaptureMapping,
    PriceRow,
    StockRow,
    drink_and_ingredient_of,
    loaded,
)
from graph.capture.source_rows import SourceRow
from graph.importing.files.parsing import Model, parse
from graph.importing.files.record import Record
from graph.importing.files.rejects import Rejects
from graph.importing.files.sources import Source, Sources

OUT_OF_STOCK = "1970-01-01"
"""The last day on offer of a drink of which there is none."""


@dataclass
class Problems(Rejects):
    """Why rows could not be used, by the id of the row: they are kept with it, in no file."""

    rows: Sequence[SourceRow]
    of_people: bool = False
    reasons: dict[str, str] = field(default_factory=lambda: dict[str, str]())

    def __post_init__(self) -> None:
        super().__init__(Path())

    def add(self, record: Record, field: str, value: str, reason: str) -> None:
        """Keep the first reason about a record of a row; of people, never what they said."""
        said = f" '{value[:100]}'" if value and not self.of_people else ""
        self.reasons.setdefault(self.rows[record.number].id, f"{field}{said} {reason}".strip())


@dataclass(frozen=True)
class MappedRecord:
    """A row of ours, the row it comes from, and how."""

    mapped: CapturedTable
    row: SourceRow
    record: Record


class RowReader:
    """Reads rows as the mapping says; `key` is that of opaque names."""

    def __init__(self, mapping: CaptureMapping, key: str | None) -> None:
        self._mapping = mapping
        self._key = key

    def subject(self, ours: str, values: Mapping[str, str]) -> str | None:
        """Return the subject of a row of ours, as the graph names it."""
        about = drink_and_ingredient_of(ours, values)
        return f"{self._mapping.stream} {about}" if about else None

    def subjects(self, table: str, values: Values | None) -> frozenset[str]:
        """Return what a row is about."""
        if not values:
            return frozenset()
        found = (
            self.subject(mapped.table, record.values)
            for mapped in self._mapping.of(table)
            for record in mapped.records(values, 0, self._key)
        )
        return frozenset(filter(None, found))

    def presences(self, table: str, values: Values | None) -> dict[tuple[str, str, str], int]:
        """Return how strongly a row says that something is in something: 2 contains, 1 may."""
        strength = {"contains": 2, "may_contain": 1}
        said: dict[tuple[str, str, str], int] = {}
        for mapped in self._mapping.of(table) if values else ():
            if mapped.table != "allergen_evidence":
                continue
            for record in mapped.records(values or {}, 0, self._key):
                row = record.values
                subject = self.subject(mapped.table, row)
                if subject and row.get("status") in strength:
                    key = subject, row.get("allergen", ""), row.get("source", "")
                    said[key] = max(said.get(key, 0), strength[row["status"]])
        return said

    def of_catalogue(self, rows: Sequence[SourceRow]) -> Iterator[MappedRecord]:
        """Yield what rows say of drinks and ingredients; a record's number is that of its row."""
        for number, row in enumerate(rows):
            if not row.deleted:
                yield from self._of(row, number, self._mapping.of(row.source_table))

    def of_people(
        self, ours: str, rows: Sequence[SourceRow], values: Sequence[Values]
    ) -> list[MappedRecord]:
        """Return what rows say of people: their values are nowhere kept."""
        return [
            MappedRecord(mapped, row, record)
            for number, (row, said) in enumerate(zip(rows, values, strict=True))
            for mapped in self._mapping.of(row.source_table)
            if mapped.table == ours
            for record in mapped.records(said, number, self._key)
        ]

    def _of(
        self, row: SourceRow, number: int, tables: Iterable[CapturedTable]
    ) -> Iterator[MappedRecord]:
        values = loaded(row.values)
        unseen = sorted(name for name, value in values.items() if value == UNCHANGED)
        for mapped in tables:
            if mapped.table in PEOPLE:
                continue
            for record in mapped.records(values, number, self._key):
                if unseen:
                    record = replace(record, problem=f"{unseen[0]} was not sent, nor ever before")
                yield MappedRecord(mapped, row, replace(record, file=row.table))


def overlaid(records: Sequence[MappedRecord], problems: Problems) -> list[MappedRecord]:
    """Return the records of drinks with their prices, and on offer only where there is stock."""
    prices: dict[str, tuple[str, str]] = {}
    there: dict[str, bool] = {}
    for found in records:
        price = _parsed(found, "prices", PriceRow, problems)
        stock = _parsed(found, "stock", StockRow, problems)
        if price:
            newest = (found.row.position, str(price.price))
            prices[price.drink_id] = max(prices.get(price.drink_id, newest), newest)
        if stock:
            there[stock.drink_id] = there.get(stock.drink_id, False) or stock.is_there
    return [
        replace(found, record=_with(found.record, prices, there))
        if found.mapped.table == "drinks"
        else found
        for found in records
    ]


def _parsed(
    found: MappedRecord, table: str, model: type[Model], problems: Problems
) -> Model | None:
    if found.mapped.table != table:
        return None
    row = parse(model, found.record)
    if isinstance(row, list):
        for problem in row:
            problems.add(found.record, *problem)
        return None
    return row


def _with(
    record: Record, prices: Mapping[str, tuple[str, str]], there: Mapping[str, bool]
) -> Record:
    drink, values = record.values.get("id", ""), dict(record.values)
    if drink in prices:
        values["price"] = prices[drink][1]
    if not there.get(drink, True):
        values["available_until"] = OUT_OF_STOCK
    return replace(record, values=values)


def sources_of(records: Sequence[MappedRecord], tables: Collection[str]) -> Sources:
    """Return the records as an import's sources, one for each table that is fed."""

    def source(ours: str, found: Sequence[MappedRecord]) -> Source:
        columns = tuple(dict.fromkeys(name for each in found for name in each.record.values))
        return Source(ours, columns, len(found), lambda: iter([each.record for each in found]))

    by_table = {ours: [each for each in records if each.mapped.table == ours] for ours in tables}
    return Sources(tuple(source(ours, found) for ours, found in by_table.items() if found))
