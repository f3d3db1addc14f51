"""One of our tables, made of one foreign file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Self

from pydantic import model_validator

from graph.importing.files.distinct_rows import FirstRows, Joined
from graph.importing.files.format import plain_number
from graph.importing.files.mapped_column import NUMBERED, Column, Join, MappingPart
from graph.importing.files.parsing import required_columns
from graph.importing.files.record import Record
from graph.importing.files.rows import CONTEXT, NUMBERS, TABLES, Row
from graph.people.event_rules import rescaled
from graph.vocabulary import PRESENCES, EventType


class TableMapping(MappingPart):
    """One of our tables, read from one foreign file."""

    known_tables: ClassVar[Mapping[str, type[Row]]] = TABLES

    table: str
    file: str
    distinct: str | None = None
    only_with: str | None = None
    each: str | None = None
    keep_known: bool = False
    rating_scale: tuple[float, float] | None = None
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _fits_our_table(self) -> Self:
        model = self.known_tables.get(self.table)
        if model is None:
            there_are = ", ".join(self.known_tables)
            raise ValueError(f"there is no table '{self.table}'; there are {there_are}")
        for name in self.columns:
            if name not in model.model_fields and not name.startswith(CONTEXT):
                raise ValueError(f"the table {self.table} has no column '{name}'")
        for name in required_columns(model):
            if name not in self.columns:
                raise ValueError(f"the table {self.table} needs the column '{name}'")
        for key, name in (("distinct", self.distinct), ("only_with", self.only_with)):
            if name is not None and name not in self.columns:
                raise ValueError(f"{key} names '{name}', which is not among the columns")
        for name, column in self.columns.items():
            self._check_codes(name, column)
        if self.distinct is not None and self.columns[self.distinct].hash:
            # what distinct joins is listed with its text
            raise ValueError("a column with hash cannot be distinct")
        if self.rating_scale is not None:
            if self.table != "interactions" or "value" not in self.columns:
                raise ValueError("rating_scale is about the column 'value' of interactions")
            if not self.rating_scale[0] < self.rating_scale[1]:
                raise ValueError("rating_scale is [least, most], such as [0, 10]")
        return self

    def _check_codes(self, name: str, column: Column) -> None:
        if column.codes is None:
            return
        status = self.columns.get("status")
        if self.table != "allergen_evidence" or name != "allergen":
            raise ValueError("codes are for the column 'allergen' of allergen_evidence only")
        if status is None or status.constant not in PRESENCES:
            raise ValueError("a table with codes says by a constant 'contains' or 'may_contain'")

    def joins(self) -> set[Join]:
        """Every look-up in another file."""
        return {column.join for column in self.columns.values() if column.join}

    def foreign_columns(self) -> set[str]:
        """Return the columns of the foreign file that it reads."""
        return set[str]().union(*(column.foreign_columns() for column in self.columns.values()))

    def rows(
        self,
        records: Iterator[Record],
        joins: dict[Join, dict[str, str]],
        joined: list[Joined] | None = None,
        *,
        numbers: Sequence[str] = (),
        decimal: str | None = None,
        key: str | None = None,
    ) -> Iterator[Record]:
        """Yield our rows for the foreign ones; their files and numbers are the foreign ones.

        What `distinct` joins though it differs is added to `joined`; where it differs in what
        decides about safety the row has a problem. A foreign row is one of ours for each of the
        `numbers` for which a wide table says anything, and for each code. `key` makes names opaque.
        """
        first = FirstRows(self.distinct, self.columns, [] if joined is None else joined)
        for record in self._long(records, numbers):
            values = {
                name: self._value(name, column, record.values, joins, decimal, key)
                for name, column in self.columns.items()
            }
            if self.rating_scale and values.get("type") == EventType.RATING:
                values["value"] = rescaled(values["value"], self.rating_scale)
            if self.only_with and not values[self.only_with] and not record.problem:
                continue
            if self.distinct is not None and not record.problem:
                problem = first.problem(record, values)
                if problem is None:
                    continue
                record = replace(record, problem=problem)
            for row in self._decoded(values) if not record.problem else [values]:
                yield Record(record.file, record.number, row, record.problem)

    def numbers(self, columns: Sequence[str]) -> list[str]:
        """Return the numbers that stand for `{n}` in the columns of a wide file, in order."""
        numbers_there: set[str] = set()
        for pattern in self._patterns():
            before, _, after = pattern.partition(NUMBERED)
            one = re.compile(rf"{re.escape(before)}(\d+){re.escape(after)}")
            numbers_there |= {match[1] for column in columns if (match := one.fullmatch(column))}
        return sorted(numbers_there, key=lambda number: (int(number), number))

    def finds(self, column: str, columns: Sequence[str]) -> bool:
        """Return whether a file has a column, or any that its pattern names."""
        if NUMBERED not in column:
            return column.lower() in columns
        return any(
            column.lower().replace(NUMBERED, number) in columns for number in self.numbers(columns)
        )

    def _patterns(self) -> set[str]:
        return set[str]().union(*(column.patterns() for column in self.columns.values()))

    def _long(self, records: Iterator[Record], numbers: Sequence[str]) -> Iterator[Record]:
        patterns = self._patterns()
        if not patterns:
            yield from records
            return
        numbered = [column for column in self.columns.values() if column.patterns()]
        for record in records:
            for number in numbers:
                values = record.values | {
                    pattern: record.values.get(pattern.replace(NUMBERED, number), "")
                    for pattern in patterns
                }
                # A measure without its ingredient is a row too: what it measures is unknown.
                if record.problem or any(column.text(values) for column in numbered):
                    yield replace(record, values=values)

    def _value(
        self,
        name: str,
        column: Column,
        foreign: dict[str, str],
        joins: dict[Join, dict[str, str]],
        decimal: str | None,
        key: str | None,
    ) -> str:
        text = column.value(foreign, joins, key)
        return plain_number(text, decimal) if name in NUMBERS and not column.measure else text

    def _decoded(self, values: dict[str, str]) -> list[dict[str, str]]:
        for name, column in self.columns.items():
            if column.codes is not None:
                return [values | {name: meaning} for meaning in column.decoded(values[name])]
        return [values]
