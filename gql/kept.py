"""Things that are kept while there is room, each weighed: what was used last stays longest."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """A map that holds no more than a weight; the least lately used makes room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        """Return how many things are kept."""
        return len(self._found)

    def get(self, key: Key) -> Value | None:
        """Return what is kept under a key."""
        if key not in self._found:
            return None
        self._found.move_to_end(key)
        return self._found[key][0]

    def put(self, key: Key, value: Value, weight: int) -> None:
        """Keep a value, unless it would take all the room."""
        if key in self._found:
            self.weight -= self._found.pop(key)[1]
        if weight > self._most:
            return
        self._found[key] = (value, weight)
        self.weight += weight
        while self.weight > self._most:
            _, (_, lost) = self._found.popitem(last=False)
            self.weight -= lost
