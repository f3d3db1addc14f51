"""Buckets: 10,000 of equal size, by the hash that GrowthBook's SDKs share (their version 2).

FNV-1a of 32 bits (Fowler, Noll, Vo), over the salt and the unit's id, then over the decimal digits
of that: a single pass of FNV leaves ids that differ in their last character in buckets that differ
alike. `vectors.json` beside this file has examples with which another language can check itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

BUCKETS = 10_000
_OFFSET_BASIS = 0x811C9DC5
_PRIME = 0x01000193
_MASK = 0xFFFFFFFF


def fnv1a(data: bytes, state: int = _OFFSET_BASIS) -> int:
    """Return the FNV-1a hash of 32 bits; `state` is the hash of what comes before."""
    prime, mask = _PRIME, _MASK
    for byte in data:
        state = (state ^ byte) * prime & mask
    return state


@dataclass(frozen=True, slots=True)
class Salt:
    """A text that makes buckets independent of those by another, hashed once."""

    text: str
    state: int

    @classmethod
    def of(cls, text: str) -> Salt:
        """Return the salt of a text."""
        return cls(text, fnv1a(text.encode()))

    def bucket(self, unit: str) -> int:
        """Return the bucket of a unit's id, 0 to 9,999; texts count as UTF-8."""
        first = fnv1a(unit.encode(), self.state)
        return fnv1a(b"%d" % first) % BUCKETS


def vectors() -> dict[str, Any]:
    """Return the examples in `vectors.json`: of buckets, and of assignments."""
    return json.loads(resources.files("learning.assignment").joinpath("vectors.json").read_text())
