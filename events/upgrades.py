"""What was sent as an older version, as the newest: one function for each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Document = Mapping[str, Any]

NEWEST = 1
UPGRADES: Mapping[int, Callable[[Document], Document]] = {}
"""By version, what makes the next one of it."""


def version_of(document: Document) -> object:
    """Return the version that a document says it has; 1 if it says none."""
    return document.get("schemaVersion", 1)


def upgraded(document: Document, version: int) -> Document:
    """Return a document of a version as one of the newest."""
    for step in range(version, NEWEST):
        document = UPGRADES[step](document)
    return document
