"""How a foreign file is written: its delimiter, its encoding, its decimal sign, its JSON."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from graph.importing.files.record import BYTE_ORDER_MARKS

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*')


class Format(BaseModel):
    """What a mapping says about its files; what it leaves out is detected where that is certain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delimiter: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    records: str | None = None

    @field_validator("delimiter")
    @classmethod
    def _is_one_sign(cls, value: str | None) -> str | None:
        if value is not None and (len(value) != 1 or value in '"\r\n'):
            raise ValueError('must be one character, such as ";" or "\\t"')
        return value

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        try:
            codecs.lookup(value or "utf-8")
        except LookupError:
            raise ValueError(f"there is no encoding '{value}'") from None
        return value

    def text_encoding(self, path: Path) -> str:
        """Return the encoding to read a file in: a byte order mark, the mapping, or UTF-8."""
        with path.open("rb") as file:
            start = file.read(3)
        for mark, encoding in BYTE_ORDER_MARKS.items():
            if start.startswith(mark):
                return encoding
        return codecs.lookup(self.encoding or "utf-8").name

    def separator(self, path: Path, first_line: str) -> tuple[str, bool]:
        """Return the delimiter, and whether the first line only declares it (`sep=;`)."""
        said = _SEPARATOR_LINE.fullmatch(first_line.strip("\r\n"))
        if said:
            return said[1], True
        return self.delimiter or ("\t" if path.suffix.lower() == ".tsv" else ","), False


@dataclass(frozen=True)
class TableFormat:
    """How one table is read from a file: `each` names the list whose elements are the rows."""

    format: Format = field(default_factory=Format)
    each: str | None = None
    nested: bool = False


def plain_number(text: str, decimal: str | None) -> str:
    """Return a number as a program writes it: `1.234,5` with the decimal sign `,` is 1234.5."""
    if decimal is None:
        return text
    group, sign = re.escape("." if decimal == "," else ","), re.escape(decimal)
    number = rf"[+-]?(?:\d{{1,3}}(?:{group}\d{{3}})+(?:{sign}\d+)?|\d*{sign}?\d+)"
    if not re.fullmatch(number, text):
        return text
    return re.sub(group, "", text).replace(decimal, ".")
