"""Why an edit's transaction is taken back: it was a preview, or somebody else was first."""

from __future__ import annotations

from graph.connection import Row


class OnlySeen(Exception):
    """Ends a transaction that is not to be kept, with the rows of its steps."""

    def __init__(self, rows: list[list[Row]]) -> None:
        self.rows = rows


class Overtaken(Exception):
    """Somebody else changed what the edit is about in between."""
