"""How new the results of Flink are: by how far its job says that it has read the events."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

MOST_REMEMBERED = 1_000

Offsets = Mapping[int, int]
"""By partition."""


class Progress:
    """The latest moment up to which every event has been read.

    It is a moment at which somebody looked where the topic ended, once Flink has read up to there.
    """

    def __init__(self) -> None:
        self.as_of: int | None = None
        self._ends: deque[tuple[int, Offsets]] = deque(maxlen=MOST_REMEMBERED)

    def note(self, now: int, ends: Offsets, read: Offsets) -> None:
        """Take where the topic ended at a moment (epoch ms), and up to where it has been read.

        A partition that is not in `read` has had nothing since the job began; one at least is.
        """
        self._ends.append((now, ends))
        while self._ends and read and _reach(read, self._ends[0][1]):
            self.as_of, _ = self._ends.popleft()


def _reach(read: Offsets, ends: Offsets) -> bool:
    return all(read.get(partition, end) >= end for partition, end in ends.items())
