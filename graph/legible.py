"""Foreign text where it could act instead of being read: on a terminal, in a spreadsheet."""

from __future__ import annotations

import re
from typing import Any

# Everything that moves a terminal's cursor, colours it, or turns the reading order around.
_ACTING = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""),
}
# What a spreadsheet takes for a formula, full-width signs too; quotes before are ours or look so.
_FORMULA = re.compile(r"'*\s*[=+\-@\uff0b\uff0d\uff1d\uff20\t\r\n]")
_QUOTED = re.compile(r"'+\s*[=+\-@\uff0b\uff0d\uff1d\uff20\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def legible(text: str) -> str:
    """Replace each control character by a visible sign; tabs and line ends stay."""
    return text.replace("\r\n", "\n").translate(_ACTING)


def for_spreadsheet(value: Any) -> Any:
    """Return a cell that no spreadsheet runs: text that begins like a formula gets a leading quote.

    Numbers stay numbers, even as text. `from_spreadsheet` takes the quote away.
    """
    if not isinstance(value, str):
        return value
    value = legible(value)
    if _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def from_spreadsheet(text: str) -> str:
    """Return what a cell said before `for_spreadsheet`; other text stays as it is."""
    return text[1:] if _QUOTED.match(text) else text
