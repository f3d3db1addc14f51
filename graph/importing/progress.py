"""What an import reports while it runs; the command line shows it as bars."""

from __future__ import annotations

from typing import Protocol


class ImportProgress(Protocol):
    """A listener: a part of the import starts with so many rows, advances, and is done."""

    def start(self, table: str, rows: int) -> None:
        """Begin a part; `rows` may be 0."""
        ...

    def advance(self, rows: int) -> None:
        """Say that so many more rows of the part have been dealt with."""
        ...

    def done(self) -> None:
        """End the part."""
        ...


class Silent:
    """A listener that does nothing."""

    def start(self, table: str, rows: int) -> None:
        """Do nothing."""

    def advance(self, rows: int) -> None:
        """Do nothing."""

    def done(self) -> None:
        """Do nothing."""
