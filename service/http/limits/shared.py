"""Limits that several processes of one machine share: a mapped file, and no lock.

Two processes that write the same bucket in the same microseconds may count one request for both.
That costs the limit a fraction of a percent, and no process ever waits for another, not even for
one that was killed while it wrote.
"""

from __future__ import annotations

import mmap
import os
import secrets
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

SETS, WAYS = 8_192, 8
ROWS, WIDTH = 2, 8_192
SECRET_BYTES = 16
_BEGIN = 64

Doubles = npt.NDArray[np.float64]


class SharedLimits:
    """The file: buckets of tokens, and counts of connections by process.

    A process is known by its slot, a number that no other has at the same time.
    """

    def __init__(self, path: Path, slots: int) -> None:
        """Map a file that `create` made for as many slots."""
        with path.open("r+b") as file:
            self._whole = mmap.mmap(file.fileno(), _size(slots))
        self._secret = bytes(self._whole[:SECRET_BYTES])
        self._at = SECRET_BYTES
        self._calls = self._array(np.int64, 1)
        self._at = _BEGIN
        self._keys = self._array(np.uint64, SETS, WAYS)
        self._tokens = self._array(np.float64, SETS, WAYS)
        self._moments = self._array(np.float64, SETS, WAYS)
        self._counts = self._array(np.int32, ROWS, WIDTH, slots)
        self._totals = self._array(np.int32, slots)

    @staticmethod
    def create(path: Path, slots: int) -> None:
        """Make the file, which only its owner can read."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.truncate(_size(slots))

    def buckets(self, clock: Callable[[], float] = time.monotonic) -> SharedBuckets:
        """Return the buckets of recent clients."""
        return SharedBuckets(self._secret, self._keys, self._tokens, self._moments, clock)

    def counts(self, slot: int) -> SharedCounts:
        """Return the counts, to which the process of a slot adds its own."""
        return SharedCounts(self._secret, self._counts, self._totals, slot)

    def clear(self, slot: int) -> None:
        """Forget the connections of a process that has ended."""
        self._counts[:, :, slot] = 0
        self._totals[slot] = 0

    def call(self) -> None:
        """Call the other processes: each finds it by `calls`."""
        self._calls[0] += 1

    @property
    def calls(self) -> int:
        """How often somebody called."""
        return int(self._calls[0])

    def _array(self, kind: Any, *shape: int) -> Any:
        made: Any = np.ndarray(shape, kind, self._whole, self._at)
        self._at += made.nbytes
        return made


class SharedBuckets:
    """Token buckets by subject; of a full set, the one used longest ago makes room."""

    def __init__(
        self,
        secret: bytes,
        keys: npt.NDArray[np.uint64],
        tokens: Doubles,
        moments: Doubles,
        clock: Callable[[], float],
    ) -> None:
        self._secret = secret
        self._keys, self._tokens, self._moments = keys, tokens, moments
        self._clock = clock

    def take(self, subject: str, rate: float, most: float) -> float:
        """Take a token of a bucket that gets `rate` a second, up to `most`.

        Return 0 if there was one, otherwise the share of one that is missing.
        """
        # 0 is no key: a new file is full of it
        key = _digest(self._secret, subject) | 1
        place, now = (key >> 1) % SETS, self._clock()
        keys: list[int] = self._keys[place].tolist()
        if key in keys:
            way = keys.index(key)
            passed = max(0.0, now - float(self._moments[place, way]))
            tokens = min(most, float(self._tokens[place, way]) + passed * rate)
        else:
            way, tokens = int(self._moments[place].argmin()), most
        missing = max(0.0, 1.0 - tokens)
        self._keys[place, way] = key
        self._tokens[place, way] = tokens if missing else tokens - 1.0
        self._moments[place, way] = now
        return missing


class SharedCounts:
    """How many connections there are, of all processes; each writes only its own column.

    Addresses are counted by a digest, twice (a count-min sketch: Cormode and Muthukrishnan, 2005),
    so a count may be too high, where two addresses share both places, but never too low.
    """

    def __init__(
        self,
        secret: bytes,
        counts: npt.NDArray[np.int32],
        totals: npt.NDArray[np.int32],
        slot: int,
    ) -> None:
        self._secret = secret
        self._counts, self._totals, self._slot = counts, totals, slot

    @property
    def own(self) -> int:
        """How many this process has."""
        return int(self._totals[self._slot])

    @property
    def total(self) -> int:
        """How many all of them have."""
        return int(self._totals.sum())

    def of(self, home: str) -> int:
        """How many an address has."""
        return min(int(self._counts[row, place].sum()) for row, place in self._places(home))

    def add(self, home: str, number: int) -> None:
        """Count some more of an address, or fewer."""
        for row, place in self._places(home):
            self._counts[row, place, self._slot] += number
        self._totals[self._slot] += number

    def _places(self, home: str) -> list[tuple[int, int]]:
        digest = _digest(self._secret, home)
        return [(row, (digest >> (20 * row)) % WIDTH) for row in range(ROWS)]


def _digest(secret: bytes, text: str) -> int:
    # keyed: nobody can look for addresses that share a bucket
    raw = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(raw, digest_size=8, key=secret).digest(), "little")


def _size(slots: int) -> int:
    buckets = SETS * WAYS * 3 * 8
    return _BEGIN + buckets + ROWS * WIDTH * slots * 4 + slots * 4
