"""One query, with a signature that the service can trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Mode = Literal["read", "write"]

_HEADER_END = "*/\n"


@dataclass(frozen=True)
class Query:
    """One .cypher file: its text is sent verbatim, so server line numbers match the file."""

    name: str
    title: str
    description: str
    mode: Mode
    returns: tuple[tuple[str, str], ...]
    parameters: Mapping[str, str]
    text: str

    @property
    def body(self) -> str:
        """The statement without its header."""
        return self.text.partition(_HEADER_END)[2] or self.text
