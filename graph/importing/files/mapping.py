"""Mapping files: how foreign tables are read as they are, declared in TOML and never in code.

[[tables]]
table = "drinks"            # which of our tables
file = "cocktails.csv"      # from which foreign file
distinct = "id"             # one row for each value of this column of ours

[tables.columns]
id = { column = "name", slug = true, prefix = "boston-" }
kind = { constant = "cocktail" }
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph.errors import ImportRefused
from graph.importing.files.format import Format, plain_number
from graph.importing.files.parsing import required_columns
from graph.importing.files.record import Record
from graph.importing.files.rows import CONTEXT, DECIDING, NUMBERS, TABLES
from graph.people.event_rules import rescaled
from graph.recognition.measures import read_measure
from graph.recognition.naming import slug
from graph.vocabulary import PRESENCES, EventType


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Join(_Part):
    """Another foreign file in which a value is looked up: the row whose `on` has it."""

    file: str
    on: str
    take: str

    def __hash__(self) -> int:
        """A hash of all three fields."""
        return hash((self.file, self.on, self.take))


class Column(_Part):
    """Where the values of one of our columns come from, and what is done with them, in order."""

    column: str | None = None
    columns: tuple[str, ...] = ()
    constant: str | None = None
    if_there: bool = False
    missing: tuple[str, ...] = ()
    join: Join | None = None
    values: dict[str, str] = Field(default_factory=dict[str, str])
    otherwise: str | None = None
    codes: dict[str, str] | None = None
    measure: Literal["amount", "unit"] | None = None
    words_of: str | None = None
    hash: bool = False
    slug: bool = False
    prefix: str = ""

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        origins = (self.column is not None, bool(self.columns), self.constant is not None)
        if sum(origins) != 1:
            raise ValueError("exactly one of column, columns and constant is needed")
        return self

    def foreign_columns(self) -> set[str]:
        """Return the columns that the foreign file must have."""
        if self.if_there:
            return set()
        return {name for name in (self.column, *self.columns, self.words_of) if name}

    def patterns(self) -> set[str]:
        """The columns that are patterns: `ingredient{n}`."""
        names = (self.column, *self.columns, self.words_of)
        return {name.lower() for name in names if name and NUMBERED in name}

    def decoded(self, text: str) -> list[str]:
        """Return what the codes in a text stand for; an unknown one stays as it is.

        An unknown code is never taken for an allergen's name, so its subject becomes unsafe.
        """
        found: list[str] = []
        for code in _BETWEEN_CODES.split(text) if self.codes is not None else ():
            if code:
                meaning = (self.codes or {}).get(code)
                found += [f"code {code}"] if meaning is None else filter(None, meaning.split("|"))
        return list(dict.fromkeys(found))

    def value(
        self,
        foreign: dict[str, str],
        joins: dict[Join, dict[str, str]],
        key: str | None = None,
    ) -> str:
        """Return our value for one foreign row; empty if it has none. `key` is that of `opaque`."""
        if self.constant is not None:
            return self.constant
        text = self.text(foreign)
        if self.join:
            text = joins[self.join].get(text, "")
        if self.values or self.otherwise is not None:
            text = self.values.get(text, text if self.otherwise is None else self.otherwise)
        made = self._measured(text, foreign)
        return self._formed(opaque(made, key) if self.hash else made)

    def text(self, foreign: dict[str, str]) -> str:
        """Return the text of the foreign row, before anything is done with it."""
        names = self.columns or (self.column or "",)
        texts = [foreign.get(name.lower(), "") for name in names]
        return " ".join(text for text in texts if text and text not in self.missing)

    def _measured(self, text: str, foreign: dict[str, str]) -> str:
        if self.measure:
            part = getattr(read_measure(text), self.measure)
            return "" if part is None else str(part)
        if self.words_of and text:
            return f"{read_measure(foreign.get(self.words_of.lower(), '')).words} {text}".strip()
        return text

    def _formed(self, text: str) -> str:
        formed = slug(text) if self.slug else text
        return f"{self.prefix}{formed}" if formed else ""


def opaque(text: str, key: str | None) -> str:
    """Return a pseudonym for a text that names somebody: the same for the same text and key.

    A keyed BLAKE2b (RFC 7693) of 128 bits, as hexadecimal; empty for an empty text. Case and spaces
    around it do not matter. Without the key, nobody can find out who it stands for by trying names.
    Raises ImportRefused without a key.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if not plain:
        return ""
    if not key:
        raise ImportRefused(
            "The mapping hashes names, but there is no key.", "Import with the command."
        )
    return blake2b(plain.encode(), key=key.encode()[:64], digest_size=16).hexdigest()


NUMBERED = "{n}"
_BETWEEN_CODES = re.compile(r"[\s,;/|+()\[\]]+")


class Joined(NamedTuple):
    """A row that `distinct` left out although it differs from the row with the same value."""

    record: Record
    column: str
    text: str
    reason: str


class TableMapping(_Part):
    """One of our tables, read from one foreign file."""

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
        model = TABLES.get(self.table)
        if model is None:
            raise ValueError(f"there is no table '{self.table}'; there are {', '.join(TABLES)}")
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
        first = _FirstRows(self.distinct, self.columns, [] if joined is None else joined)
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
        found: set[str] = set()
        for pattern in self._patterns():
            before, _, after = pattern.partition(NUMBERED)
            one = re.compile(rf"{re.escape(before)}(\d+){re.escape(after)}")
            found |= {match[1] for column in columns if (match := one.fullmatch(column))}
        return sorted(found, key=lambda number: (int(number), number))

    def finds(self, column: str, columns: Sequence[str]) -> bool:
        """Return whether a file has a column, or any that its pattern names."""
        if NUMBERED not in column:
            return column.lower() in columns
        return any(
            column.lower().replace(NUMBERED, one) in columns for one in self.numbers(columns)
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
                    one: record.values.get(one.replace(NUMBERED, number), "") for one in patterns
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
                return [values | {name: one} for one in column.decoded(values[name])]
        return [values]


class _FirstRows:
    """The first row for each value of the distinct column, and where later ones differ."""

    def __init__(
        self, distinct: str | None, columns: dict[str, Column], joined: list[Joined]
    ) -> None:
        self._distinct = distinct or ""
        self._origin = columns.get(self._distinct)
        self._rows: dict[str, dict[str, str]] = {}
        self._texts: dict[str, set[str]] = {}
        self._joined = joined

    def problem(self, record: Record, values: dict[str, str]) -> str | None:
        """Return '' for the first row of a value, None for one to leave out, or its problem."""
        key = values[self._distinct]
        text = self._origin.text(record.values) if self._origin else ""
        if key not in self._rows:
            self._rows[key], self._texts[key] = values, {text}
            return ""
        if text not in self._texts[key]:
            known = min(self._texts[key])
            self._texts[key].add(text)
            reason = f"has the same {self._distinct} '{key}' as '{known}': the two are joined"
            self._joined.append(Joined(record, self._distinct, text, reason))
        for name in DECIDING:
            said, known = values.get(name), self._rows[key].get(name)
            if said and known and said != known:
                return f"has a different {name} from the row with the same {self._distinct} '{key}'"
        return None


class Mapping(_Part):
    """A whole mapping file."""

    title: str
    source: str
    format: Format = Format()
    tables: tuple[TableMapping, ...]

    def files(self) -> list[str]:
        """Return every foreign file that it reads, each once."""
        named = [table.file for table in self.tables]
        named += [join.file for table in self.tables for join in table.joins()]
        return sorted(set(named))

    def hashes(self) -> bool:
        """Whether it hashes names, which needs a key."""
        return any(one.hash for table in self.tables for one in table.columns.values())


def bundled_mappings() -> list[str]:
    """Return the names of the mappings that come with Tastegraph."""
    folder = resources.files("graph").joinpath("knowledge", "mappings")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())


def load_mapping(path: Path | str) -> Mapping:
    """Return the mapping in a TOML file, or the bundled one of that name.

    Raises ImportRefused naming the file and the key that is wrong.
    """
    file = Path(path)
    return read_mapping(_bundled(str(path)) if not file.exists() else _read(file), file.name)


def read_mapping(text: str, name: str) -> Mapping:
    """Return the mapping in a TOML text; raises ImportRefused naming it."""
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused(f"The mapping {name} is not TOML: {error}.") from error
    except ValidationError as error:
        raise ImportRefused(f"The mapping {name}: {_explain(error.errors()[0])}.") from error


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(f"The mapping {file.name} cannot be read ({error}).") from error


def _bundled(name: str) -> str:
    if name not in bundled_mappings():
        raise ImportRefused(
            f"There is no mapping '{name}'.",
            f"Name a TOML file, or one of {', '.join(bundled_mappings())}.",
        )
    path = resources.files("graph").joinpath("knowledge", "mappings", f"{name}.toml")
    return path.read_text(encoding="utf-8")


def _explain(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"the key '{where}' is unknown"
    if error["type"] == "missing":
        return f"the key '{where}' is missing"
    reason = error.get("ctx", {}).get("error") or error["msg"]
    return f"{where}: {reason}" if where else str(reason)
