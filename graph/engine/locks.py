"""Advisory file locks: they end with the process that holds them, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType


class FileLock:
    """A lock on a file, shared by many or held by one; released when the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, shared: bool = False, seconds: float = 0.0) -> bool:
        """Take the lock, waiting up to `seconds`; return whether it was taken."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    os.close(descriptor)
                    return False
                time.sleep(0.05)
            else:
                self._descriptor = descriptor
                return True

    def release(self) -> None:
        """Give the lock back; do nothing if it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        """Enter with the lock that `acquire` took."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the lock back."""
        self.release()


def is_held(path: Path) -> bool:
    """Return whether another holder has an exclusive lock on this file."""
    probe = FileLock(path)
    if probe.acquire(shared=True):
        probe.release()
        return False
    return True


def is_held_now(path: Path) -> bool:
    """Return whether another holder has this lock exclusively, without creating its file."""
    return path.exists() and is_held(path)
