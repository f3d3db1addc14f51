"""Reading the documentation: its pages, headings, code blocks, tables and links."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ANYTHING = "..."

_BLOCK = re.compile(r"^```(\w+)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FIRST_CELL = re.compile(r"^\| `([^`]+)`", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after that, its text, the heading above it."""

    language: str
    words: str
    text: str
    heading: str


def pages() -> list[Path]:
    """Every page that a person reads, generated ones too."""
    return [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        ROOT / "SECURITY.md",
        ROOT / "cypher" / "README.md",
        ROOT / "deploy" / "README.md",
        *sorted(DOCS.rglob("*.md")),
    ]


def prose(text: str) -> str:
    """The page without its code blocks."""
    return _BLOCK.sub("", text)


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    code_blocks: list[Block] = []
    for match in _BLOCK.finditer(text):
        above = _HEADING.findall(prose(text[: match.start()]))
        code_blocks.append(Block(match[1], match[2].strip(), match[3], above[-1] if above else ""))
    return code_blocks


def headings(text: str) -> list[str]:
    return _HEADING.findall(prose(text))


def first_cells(text: str) -> list[str]:
    """The names in code type that begin the rows of a page's tables, in order."""
    return _FIRST_CELL.findall(text)


def links(text: str) -> list[str]:
    return _LINK.findall(prose(text))


def anchor(heading: str) -> str:
    """The anchor that readers of Markdown give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def differences(expected: Any, actual: Any, where: str = "") -> list[str]:
    """Where an answer is not what a page shows.

    "..." stands for anything; at the end of a list, for any further entries.
    """
    if expected == ANYTHING:
        return []
    if isinstance(expected, dict) and isinstance(actual, dict):
        if expected.keys() != actual.keys():
            return [f"{where}: fields {sorted(actual)}, not {sorted(expected)}"]
        pairs = [(f"{where}.{key}", expected[key], actual[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(actual, list):
        open_end = bool(expected) and expected[-1] == ANYTHING
        shown = expected[:-1] if open_end else expected
        if len(actual) < len(shown) or (len(actual) > len(shown) and not open_end):
            return [f"{where}: {len(actual)} entries, not {len(shown)}"]
        if all(isinstance(member, str) for member in [*shown, *actual]) and not open_end:
            shown, actual = sorted(shown), sorted(actual)  # ids of a set: their order says nothing
        pairs = [(f"{where}[{i}]", wanted, actual[i]) for i, wanted in enumerate(shown)]
    else:
        return [] if expected == actual else [f"{where}: {json.dumps(actual)}, not {expected!r}"]
    return [line for where, *two in pairs for line in differences(*two, where)]
