"""Tokens that were verified lately: what one says does not change while it is valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, Protocol, TypeVar

from graph.clock import utc_now
from graph.lru_cache import LruCache

MOST_KEPT = 20_000


class Ending(Protocol):
    """What is valid until a moment, in seconds since 1970."""

    @property
    def until(self) -> float:
        """The moment."""
        ...


Said = TypeVar("Said", bound=Ending)


@dataclass(frozen=True, slots=True)
class Kept(Generic[Said]):
    """What a token says, and the key that it was verified with."""

    said: Said
    key: object
    key_id: str | None = None


def _seconds() -> float:
    return utc_now().timestamp()


class KeptTokens(Generic[Said]):
    """What tokens say, by their SHA-256: no token itself is kept. The oldest make room.

    A caller whose keys change verifies again unless `key` is the one it has now.
    """

    def __init__(self, clock: Callable[[], float] = _seconds) -> None:
        self._clock = clock
        self._kept: LruCache[bytes, Kept[Said]] = LruCache(MOST_KEPT)

    def get(self, token: str) -> Kept[Said] | None:
        """Return what was kept of a token; None if nothing was, or it is valid no longer."""
        kept = self._kept.get(_digest(token))
        return kept if kept and self._clock() < kept.said.until else None

    def put(self, token: str, said: Said, key: object, key_id: str | None = None) -> Said:
        """Keep what a token says, once its signature was verified with a key; return it."""
        self._kept.put(_digest(token), Kept(said, key, key_id), 1)
        return said


def _digest(token: str) -> bytes:
    # what a stranger sends may not even be text
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
