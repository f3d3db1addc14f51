"""The embedded engine's log, in which what was erased would stay until the engine ends.

The engine drops a log file once it is full, its pages are on disk and it has told the system
to keep them. Here it is made to move on to new files sooner. Nothing is deleted here: when an old
file can go is for the engine's own housekeeping to say, each second, so no change that was
acknowledged is lost. What the engine has for its own tests (`rotateAndDropWALForTesting`) drops the
files at once, even those whose pages are not on disk yet.
"""

from __future__ import annotations

from typing import Any


class EngineLog:
    """The log files of an open database; made and used in the process that holds the engine."""

    def __init__(self, database: Any) -> None:
        self._database = database.get_java_database().getEmbedded()
        self._manager = self._database.getTransactionManager()

    def go_on_in_new_files(self) -> int:
        """Replace the files that have been written to; return how many. Writers may be active.

        A writer either wrote to the old file before it was closed to writers, and then its pages
        are waited for, or finds it closed and writes to the new one.
        """
        housekeeping = self._field("walMaintenanceLock")
        housekeeping.lock()
        try:
            pool: Any = self._field("activeWALFilePool")
            used = [place for place in range(len(pool)) if pool[place].getSize() > 0]
            for place in used:
                self._replace(place)
            return len(used)
        finally:
            housekeeping.unlock()

    def waiting(self) -> int:
        """Return how many old files the engine has yet to drop."""
        return int(self._field("inactiveWALFilePool").size())

    def _replace(self, place: int) -> None:
        number = self._field("logFileCounter").getAndIncrement()
        path = f"{self._database.getDatabasePath()}/txlog_{number}.wal"
        new = self._database.getWALFileFactory().newInstance(path)
        pool = self._field("activeWALFilePool")
        old = pool[place]
        pool[place] = new
        old.setActive(False)
        self._field("inactiveWALFilePool").add(old)

    def _field(self, name: str) -> Any:
        field = self._manager.getClass().getDeclaredField(name)
        field.setAccessible(True)
        return field.get(self._manager)
