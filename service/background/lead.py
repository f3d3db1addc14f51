"""Which of several processes of a home does what only one has to do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from graph.engine.locks import FileLock

Job = Callable[[], Coroutine[Any, Any, object]]


class Lead:
    """The lead among processes of a home: one of them has it until it ends, however it ends."""

    def __init__(self, file: Path | None = None, *, wanted: bool = True) -> None:
        """Compete for the lock on a file; without one this process is alone, and leads.

        Where the lead is not `wanted`, it is left to others.
        """
        self._lock = FileLock(file) if file else None
        self._wanted = wanted
        self._holds = False

    def holds(self) -> bool:
        """Whether this process leads; takes the lead if nobody has it."""
        if self._wanted and not self._holds:
            self._holds = self._lock is None or self._lock.acquire()
        return self._holds

    def only(self, job: Job, otherwise: Job | None = None) -> Job:
        """Return the job of the process that leads, and what the others do instead, if anything."""

        async def if_leading() -> None:
            if self.holds():
                await job()
            elif otherwise:
                await otherwise()

        return if_leading

    def release(self) -> None:
        """Leave the lead to others."""
        if self._lock:
            self._lock.release()
            self._holds = False
