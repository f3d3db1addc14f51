"""Where in the file of entries those about each person are, read on as the file grows."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path
from typing import BinaryIO

from events.audit.entry import Entry
from events.audit.errors import AuditDamaged


class PersonalIndex:
    """The places of entries by pseudonym, in memory; nothing is read before somebody asks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        self._lines = 0
        self._end = 0

    def newest(self, pseudonym: str, first: int, size: int) -> list[Entry]:
        """Return the newest of the first `size` entries that are about somebody, newest first.

        Raises AuditDamaged if one cannot be read.
        """
        if not size:
            return []
        try:
            with self._turn, self._path.open("rb") as file:
                self._read_on(file, size)
                places = self._places.get(pseudonym, [])[::-1][:first]
                return [self._entry(file, place) for place in places]
        except (OSError, ValueError) as error:
            raise AuditDamaged("The record of acts cannot be read.", str(error)) from error

    def _read_on(self, file: BinaryIO, size: int) -> None:
        file.seek(self._end)
        while self._lines < size:
            line = file.readline()
            if not line.endswith(b"\n"):
                raise ValueError(f"There are {self._lines} entries of {size}.")
            if about := Entry.read(line).about:
                self._places[about].append(self._end)
            self._lines += 1
            self._end += len(line)

    @staticmethod
    def _entry(file: BinaryIO, place: int) -> Entry:
        file.seek(place)
        return Entry.read(file.readline())
