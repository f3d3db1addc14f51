"""What the supervisor tells a generation when it starts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""Environment in which NumPy and Arrow start no threads: a process with threads is not forked."""

READY, RENEW = b"!", b"+"
"""What is said upwards: all answer now; others are wanted, that share more memory."""


FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0


def pause_after(failures: int) -> float:
    """Return the seconds before another try, after so many failures in a row; one at least."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, 20))


def slots_of(workers: int) -> int:
    """Return how many slots a generation has: one more, for who keeps house."""
    return workers + 1


@dataclass(frozen=True)
class Order:
    """How many workers there shall be, and what they share.

    `listener` and `control` are file descriptors: of the socket on the port, and of the one to the
    supervisor. `first` is whether there was no generation before.
    """

    workers: int
    first_slot: int
    folder: str
    listener: int
    control: int
    empty: bool
    first: bool

    @property
    def mine(self) -> range:
        """The slots of this generation: those of workers, then that of the housekeeper."""
        return range(self.first_slot, self.first_slot + slots_of(self.workers))

    @property
    def slots(self) -> int:
        """How many slots there are: two generations may live at the same time."""
        return 2 * slots_of(self.workers)

    @property
    def metrics(self) -> Path:
        """The folder in which all workers count."""
        return Path(self.folder) / "metrics"

    @property
    def limits(self) -> Path:
        """The file of the limits that all workers share."""
        return Path(self.folder) / "limits"

    def written(self) -> str:
        """Return the order as an argument."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Order:
        """Return the order that was written."""
        return cls(**json.loads(text))
