"""Answers of the gate, kept by what was declared and by drink, for one version of the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from graph.lru_cache import LruCache
from graph.verdicts.declarations import Declaration
from graph.verdicts.gate import GateAnswer

SETTLED = 1.0
"""Seconds after which a new version is taken to be all that its writer committed: an engine may
show a reader the version of a change before the change itself."""
UNWATCHED = 60.0
"""Seconds without a look at the version after which it counts as new: a graph that was restored
and changed since can have the same number again."""


class KeptAnswers:
    """What the gate said; another version of the catalogue, older or newer, empties it."""

    def __init__(
        self, most: int, settled: float = SETTLED, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Keep up to so many answers; `settled` and `now` are in seconds."""
        self._answers: LruCache[Declaration, dict[str, GateAnswer]] = LruCache(most)
        self._settled, self.now = settled, now
        self._version: int | None = None
        self._since = self._seen = 0.0

    def __len__(self) -> int:
        """How many answers are kept."""
        return self._answers.weight

    def see(self, version: int) -> None:
        """Note which version of the catalogue the graph has now."""
        now = self.now()
        if version != self._version or now - self._seen > UNWATCHED:
            self._answers.clear()
            self._version, self._since = version, now
        self._seen = now

    def of(self, declaration: Declaration, version: int) -> Mapping[str, GateAnswer]:
        """Return the answers at a version of the catalogue, by drink id."""
        return (self._answers.get(declaration) or {}) if version == self._version else {}

    def keep(
        self, declaration: Declaration, answers: Mapping[str, GateAnswer], asked_at: float
    ) -> None:
        """Keep what the gate was asked at a moment.

        The version must have been seen well before: then nothing changed while the gate looked, or
        whoever wants to use the answer reads another version.
        """
        if asked_at < self._since + self._settled:
            return
        kept = self._answers.get(declaration) or {}
        for drink_id, answer in answers.items():
            if answer.catalogue_version == self._version:
                kept[drink_id] = answer
        self._answers.put(declaration, kept, len(kept))

    def clear(self) -> None:
        """Keep nothing; the version counts as new."""
        self._answers.clear()
        self._version = None
