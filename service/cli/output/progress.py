"""Progress bars for the steps that take a while."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class Bars:
    """Bars on standard error, one below the other, each with its numbers when it is done."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Bars:
        """Show the bars."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bars on screen."""
        self._progress.stop()

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Show a bar without an end while something runs, and fill it afterwards."""
        self.start(name, 0)
        yield
        self.done()

    def start(self, table: str, rows: int) -> None:
        """Begin a bar of so many rows."""
        self._task = self._progress.add_task(table, total=rows or None, note="")

    def advance(self, rows: int) -> None:
        """Move the bar by so many rows."""
        if self._task is not None:
            self._progress.advance(self._task, rows)

    def done(self) -> None:
        """Fill the bar."""
        if self._task is not None:
            task = next(task for task in self._progress.tasks if task.id == self._task)
            total = task.total if task.total is not None else max(task.completed, 1)
            self._progress.update(self._task, total=total, completed=total)

    def show(self, table: str, completed: int, total: int, note: str) -> None:
        """Move a bar, started if it is a new one, to a position with a note."""
        current = [task for task in self._progress.tasks if task.id == self._task]
        if not current or current[0].description != table:
            self.start(table, total)
        if self._task is not None:
            self._progress.update(self._task, total=total, completed=completed, note=note)
