"""Names of people and events in the warehouse: keyed hashes, the same at every sync."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b


@dataclass(frozen=True)
class Names:
    """Makes names with a key that stays in the home; without it nobody can be found by them.

    They are made from the hash of a person that the record of an erasure has, so that a sync can
    remove whoever was erased without ever being told their id.
    """

    key: bytes = field(repr=False)

    def person(self, person_hash: bytes) -> str:
        """Return the name of a person."""
        return f"person-{self._hash(person_hash, b'person')}"

    def event(self, person_hash: bytes, event_id: str) -> str:
        """Return the name of an event, by which it is there once."""
        return self._hash(person_hash + event_id.encode(), b"event")

    @property
    def mark(self) -> int:
        """Tell this key from others, and nothing else about it."""
        return int(self._hash(b"", b"mark")[:15], 16)

    def _hash(self, what: bytes, purpose: bytes) -> str:
        return blake2b(what, key=self.key, person=purpose, digest_size=16).hexdigest()
