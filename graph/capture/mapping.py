"""Which tables of a shop's database are drinks, recipes and so on: a mapping like an import's.

title = "Harbour bar"
source = "Harbour bar"
stream = "shop"                # the connector's topic.prefix

[[tables]]
table = "drinks"               # what it is
from = "public.drinks"         # the table in the database
key = ["id"]                   # its primary key

[tables.columns]
id = { column = "id", prefix = "shop-" }
name = { column = "name" }
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, cast

import orjson
from pydantic import Field, ValidationError, model_validator

from graph.capture.changes import Values
from graph.errors import ImportRefused
from graph.importing.files.mapped_column import NUMBERED, MappingPart
from graph.importing.files.mapped_table import TableMapping
from graph.importing.files.mapping import first_fault
from graph.importing.files.record import Record, records_of
from graph.importing.files.rows import (
    DrinkRow,
    EvidenceRow,
    IngredientRow,
    InteractionRow,
    RecipeRow,
    Row,
    UserRow,
)
from graph.importing.files.values import Flag, Id, Number, Positive
from graph.vocabulary import EventType

ORDERS, CUSTOMERS = "orders", "customers"
PEOPLE = frozenset({ORDERS, CUSTOMERS})
DECIDING = frozenset({"drinks", "recipes", "ingredients", "allergen_evidence"})
"""Tables on which verdicts rest: what is known of their drink has to be all there."""


class StockRow(Row):
    """How many of a drink there are, or whether there are any."""

    drink_id: Id
    quantity: Number | None = None
    in_stock: Flag | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.quantity is None and self.in_stock is None:
            raise ValueError("needs a quantity, or in_stock")
        return self

    @property
    def is_there(self) -> bool:
        """Whether the drink can be offered."""
        return self.in_stock is not False and (self.quantity is None or self.quantity > 0)


class PriceRow(Row):
    """What a drink costs."""

    drink_id: Id
    price: Positive


CAPTURED: Mapping[str, type[Row]] = {
    "drinks": DrinkRow,
    "recipes": RecipeRow,
    "ingredients": IngredientRow,
    "allergen_evidence": EvidenceRow,
    "stock": StockRow,
    "prices": PriceRow,
    ORDERS: InteractionRow,
    CUSTOMERS: UserRow,
}


class CapturedTable(TableMapping):
    """One of our tables, fed by a table of the shop's database.

    The ingredients of recipes are ids, or with `ingredients_by = "text"` what a recipe says.
    """

    known_tables: ClassVar[Mapping[str, type[Row]]] = CAPTURED

    file: str = Field(alias="from")
    key: tuple[str, ...]
    ingredients_by: Literal["id", "text"] = "id"

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        if self.joins():
            raise ValueError("a join is not possible here: a row of another table may come later")
        if self.distinct or self.keep_known:
            raise ValueError("distinct and keep_known are for imports")
        if self.table == "ingredients" and "source" in self.columns:
            raise ValueError("the source of the ingredients is that of the mapping")
        if self.table == ORDERS and self.columns["type"].constant != EventType.PURCHASE:
            raise ValueError('orders are purchases: type = { constant = "purchase" }')
        if not self.key:
            raise ValueError("key names the columns of the table's primary key")
        return self

    def reads(self) -> set[str] | None:
        """Return the columns of the database that it reads, or None if their names are patterns."""
        names = [name for column in self.columns.values() for name in column.foreign_names()]
        if any(NUMBERED in name for name in names):
            return None
        named = (*names, *self.key, self.each or "")
        return {name.split(".")[0].strip().lower() for name in named}

    def records(self, values: Values, number: int, key: str | None) -> Iterator[Record]:
        """Yield our rows for one of the database; `key` is that of opaque names."""
        foreign: set[str] = set()
        records = list(records_of(self.file, number, dict(values), foreign.update, self.each))
        return self.rows(iter(records), {}, numbers=self.numbers(sorted(foreign)), key=key)


class CaptureMapping(MappingPart):
    """A whole mapping file; several of our tables may come from one of the database."""

    title: str
    source: str
    stream: str
    tables: tuple[CapturedTable, ...]

    @model_validator(mode="after")
    def _has_one_key_a_table(self) -> Self:
        keys: dict[str, tuple[str, ...]] = {}
        for table in self.tables:
            if keys.setdefault(table.file, table.key) != table.key:
                raise ValueError(f"the table {table.file} has two keys")
        return self

    def of(self, table: str) -> list[CapturedTable]:
        """Return what a table of the database feeds."""
        return [mapped for mapped in self.tables if mapped.file == table]

    def feeds(self, table: str) -> frozenset[str]:
        """Return which of our tables a table of the database feeds."""
        return frozenset(mapped.table for mapped in self.of(table))

    def has(self, ours: str) -> bool:
        """Whether any table of the database feeds one of ours."""
        return any(mapped.table == ours for mapped in self.tables)

    def hashes(self) -> bool:
        """Whether it hashes names, which needs a key."""
        return any(column.hash for table in self.tables for column in table.columns.values())

    def kept(self, table: str, values: Values) -> dict[str, Any]:
        """Return what is kept of a row: the columns that are read, of people's rows none."""
        if self.feeds(table) & PEOPLE:
            return {}
        reads = [mapped.reads() for mapped in self.of(table)]
        wanted = {name for names in reads if names is not None for name in names}
        return {
            name: value
            for name, value in values.items()
            if None in reads or name.strip().lower() in wanted
        }

    def row_id(self, table: str, values: Values) -> str:
        """Return the id of a row; raises KeyError naming a column of the key that is not there."""
        key = [values[column] for column in self.of(table)[0].key]
        if None in key:
            raise KeyError(self.of(table)[0].key[key.index(None)])
        return f"{self.table_id(table)}/{orjson.dumps(key).decode()}"

    def table_id(self, table: str) -> str:
        """Return the id of a table: that of its stream, and its name."""
        return f"{self.stream}/{table}"


def load_capture(path: Path) -> CaptureMapping:
    """Return the mapping in a TOML file. Raises ImportRefused naming the key that is wrong."""
    try:
        return read_capture(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(f"The mapping {path.name} cannot be read ({error}).") from error


def read_capture(text: str, name: str) -> CaptureMapping:
    """Return the mapping in a TOML text; raises ImportRefused naming it and the wrong key."""
    try:
        return CaptureMapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused(f"The mapping {name} is not TOML: {error}.") from error
    except ValidationError as error:
        raise ImportRefused(f"The mapping {name}: {first_fault(error)}.") from error


def drink_and_ingredient_of(ours: str, values: Mapping[str, str]) -> str | None:
    """Return what a row of ours is about: 'drink ID' or 'ingredient ID', or None for people."""
    if ours in PEOPLE:
        return None
    if ours == "allergen_evidence":
        kind, subject = values.get("subject_type", ""), values.get("subject", "")
    else:
        kind = "ingredient" if ours == "ingredients" else "drink"
        subject = values.get("id" if ours in {"drinks", "ingredients"} else "drink_id", "")
    return f"{kind} {subject}" if subject and kind in {"drink", "ingredient"} else None


def loaded(text: str) -> dict[str, Any]:
    """Return the values of a row that is kept as text."""
    return cast(dict[str, Any], orjson.loads(text)) if text else {}
