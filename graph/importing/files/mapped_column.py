"""One of our columns, made of those of a foreign file."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.errors import ImportRefused
from graph.recognition.measures import read_measure
from graph.recognition.naming import slug

NUMBERED = "{n}"
_BETWEEN_CODES = re.compile(r"[\s,;/|+()\[\]]+")


class MappingPart(BaseModel):
    """A piece of a mapping file; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Join(MappingPart):
    """Another foreign file in which a value is looked up: the row whose `on` has it."""

    file: str
    on: str
    take: str

    def __hash__(self) -> int:
        """A hash of all three fields."""
        return hash((self.file, self.on, self.take))


class Column(MappingPart):
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
        """Columns that the foreign file must have, or it is refused; none if it need not."""
        return set() if self.if_there else self.foreign_names()

    def foreign_names(self) -> set[str]:
        """Return the columns of the foreign file that it reads, if they are there."""
        return {name for name in (self.column, *self.columns, self.words_of) if name}

    def patterns(self) -> set[str]:
        """The columns that are patterns: `ingredient{n}`."""
        return {name.lower() for name in self.foreign_names() if NUMBERED in name}

    def decoded(self, text: str) -> list[str]:
        """Return what the codes in a text stand for; an unknown one stays as it is.

        An unknown code is never taken for an allergen's name, so its subject becomes unsafe.
        """
        meanings: list[str] = []
        for code in _BETWEEN_CODES.split(text) if self.codes is not None else ():
            if code:
                meaning = (self.codes or {}).get(code)
                meanings += (
                    [f"code {code}"] if meaning is None else filter(None, meaning.split("|"))
                )
        return list(dict.fromkeys(meanings))

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
