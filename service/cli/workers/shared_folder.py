"""The folder of one supervisor, in which its workers count and limit together."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from graph.engine.locks import FileLock
from service.http.limits.shared import SharedLimits

PATIENCE = 5.0


class SharedFolder:
    """A new folder, for as long as its supervisor lives."""

    def __init__(self, among: Path, slots: int) -> None:
        """Make it beside those of other supervisors; what the dead ones left is removed."""
        among.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(among / "making") as making:
            making.acquire(seconds=PATIENCE)
            for left in among.glob("of-*"):
                _remove_unless_held(left)
            self.path = Path(tempfile.mkdtemp(prefix="of-", dir=among))
            self._lock = FileLock(self.path / "lock")
            self._lock.acquire()
        (self.path / "metrics").mkdir()
        SharedLimits.create(self.path / "limits", slots)

    def remove(self) -> None:
        """Remove it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()


def _remove_unless_held(folder: Path) -> None:
    with FileLock(folder / "lock") as lock:
        if lock.acquire():
            shutil.rmtree(folder, ignore_errors=True)
