"""A cache bounded by weight: what was used last stays longest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class LruCache(Generic[Key, Value]):
    """A map up to a total weight, safe for threads; the least recently used entry makes room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()
        self.weight = 0

    def __len__(self) -> int:
        """How many entries it has."""
        return len(self._found)

    def get(self, key: Key) -> Value | None:
        """Look up a key, and mark its entry as used."""
        with self._lock:
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key][0]

    def put(self, key: Key, value: Value, weight: int) -> None:
        """Keep a value, unless it would take all the room."""
        with self._lock:
            self._drop(key)
            if weight > self._most:
                return
            self._found[key] = (value, weight)
            self.weight += weight
            while self.weight > self._most:
                self._drop(next(iter(self._found)))

    def drop(self, which: Callable[[Key, Value], bool]) -> None:
        """Drop the entries for which this holds."""
        with self._lock:
            for key in [key for key, (value, _) in self._found.items() if which(key, value)]:
                self._drop(key)

    def drop_key(self, key: Key) -> None:
        """Drop a key's entry."""
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        """Keep nothing."""
        self.drop(lambda _, __: True)

    def _drop(self, key: Key) -> None:
        _, weight = self._found.pop(key, (None, 0))
        self.weight -= weight
