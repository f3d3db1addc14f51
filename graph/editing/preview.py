"""What is seen before it is applied: written and read in one transaction, then taken back."""

from __future__ import annotations

from graph.connection import Row


class OnlySeen(Exception):
    """Ends a transaction that is not to be kept, with the rows of its steps."""

    def __init__(self, rows: list[list[Row]]) -> None:
        self.rows = rows
