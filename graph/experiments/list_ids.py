"""Ids of lists: what listed it and which model ranked it, so that what follows says so by itself.

`surface:model:random`. An event carries the id of its list, and so the graph, the log and the
warehouse all know what earned it, with nothing to be looked up and nothing said of the person.
"""

from __future__ import annotations

import re
from typing import NamedTuple

UNKNOWN = "unknown"
_PARTS = 3
_WORD = re.compile(r"[^A-Za-z0-9_.-]")


class Origin(NamedTuple):
    """What listed a drink, and which model ranked it."""

    surface: str
    model: str


def list_id(surface: str, model: str, random: str) -> str:
    """Return the id of a list; `random` makes it one of its own."""
    return f"{_word(surface)}:{_word(model)}:{random}"


def origin_of(id_: str) -> Origin:
    """Return what an id says, as earned.cypher reads it: of another form it is unknown."""
    parts = id_.split(":")
    return Origin(parts[0], parts[1]) if len(parts) == _PARTS else Origin(UNKNOWN, UNKNOWN)


def _word(text: str) -> str:
    return _WORD.sub("-", text)[:60] or UNKNOWN
