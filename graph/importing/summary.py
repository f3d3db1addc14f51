"""What an import did, in numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from graph.importing.duplicates import Duplicate


@dataclass
class TableSummary:
    """Rows of one table: every row read was written, unchanged or rejected.

    `reported` values of rows that were kept were not understood, and `joined` foreign rows of
    different text became one; the rejects file says which.
    """

    read: int = 0
    written: int = 0
    rejected: int = 0
    reported: int = 0
    joined: int = 0
    ignored_columns: set[str] = field(default_factory=lambda: set[str]())

    @property
    def unchanged(self) -> int:
        """Rows that say what the graph already knew."""
        return self.read - self.written - self.rejected


@dataclass
class ImportSummary:
    """The whole import: per table, and how well its recipes were understood.

    `merged_drinks` are drinks merged into others, of which rows were not taken; `duplicates` are
    pairs of drinks that may be the same, each with one that was new or changed.
    `void` absences that it states do not count: too old, or about what has changed since.
    """

    tables: dict[str, TableSummary] = field(default_factory=lambda: dict[str, TableSummary]())
    ignored_files: list[str] = field(default_factory=lambda: list[str]())
    recipe_rows: int = 0
    recipe_rows_resolved: int = 0
    ingredients_created: int = 0
    void: int = 0
    seconds: float = 0.0
    rejects: Path | None = None
    unclear_users: list[str] = field(default_factory=list[str])
    merged_drinks: set[str] = field(default_factory=lambda: set[str]())
    duplicates: list[Duplicate] = field(default_factory=list[Duplicate])
    _unclear: set[str] = field(default_factory=set[str], repr=False)

    def say_unclear(self, user: str) -> None:
        """Name a person whose declarations were not all understood, and who is offered nothing."""
        if user not in self._unclear:
            self._unclear.add(user)
            self.unclear_users.append(user)

    def table(self, name: str) -> TableSummary:
        """Return a table's summary, created at the first call."""
        return self.tables.setdefault(name, TableSummary())

    @property
    def rows(self) -> int:
        """All rows read."""
        return sum(table.read for table in self.tables.values())

    @property
    def rejected(self) -> int:
        """All rows rejected."""
        return sum(table.rejected for table in self.tables.values())

    @property
    def rows_per_second(self) -> float:
        """Rows read in each second of the whole import."""
        return self.rows / self.seconds if self.seconds else 0.0

    @property
    def share_resolved(self) -> float:
        """The share of recipe rows that name a reviewed ingredient, 0 to 1."""
        return self.recipe_rows_resolved / self.recipe_rows if self.recipe_rows else 0.0


def together(summaries: Iterable[ImportSummary]) -> ImportSummary:
    """Sum up several imports as one; the last rejects file is named."""
    whole = ImportSummary()
    for summary in summaries:
        for name, counts in summary.tables.items():
            table = whole.table(name)
            table.read += counts.read
            table.written += counts.written
            table.rejected += counts.rejected
            table.reported += counts.reported
            table.joined += counts.joined
            table.ignored_columns |= counts.ignored_columns
        whole.ignored_files += summary.ignored_files
        whole.recipe_rows += summary.recipe_rows
        whole.recipe_rows_resolved += summary.recipe_rows_resolved
        whole.ingredients_created += summary.ingredients_created
        whole.void += summary.void
        for user in summary.unclear_users:
            whole.say_unclear(user)
        whole.duplicates += summary.duplicates
        whole.merged_drinks |= summary.merged_drinks
        whole.seconds += summary.seconds
        whole.rejects = summary.rejects or whole.rejects
    return whole
