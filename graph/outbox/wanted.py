"""What sinks want to hear of, as a transaction that may tell something learns it on its way.

Where nobody wants it, the steps that would write it are left out. That must not let anything be
committed after a sink is there of which the sink is not told:

- A change of the catalogue reads the sinks under the catalogue's lock, which `put_sink` takes too.
- What people do has no lock in common with a sink. There the first step reads the sinks, and what
  it says counts for `FRESH_SECONDS`; a transaction that has lasted longer asks again, at its end.
  Whoever adds a sink waits for `SETTLED_SECONDS` before they say that it is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.connection import Row

FRESH_SECONDS = 1.0
SETTLED_SECONDS = 2.0

Results = Sequence[list[Row]]
Wanted = Callable[[Results], frozenset[str] | None]
"""Returns the types that sinks want, from the rows of a transaction; None if they are not known."""


def wanted_types(results: Results) -> frozenset[str]:
    """Return what the first step, which has the column `wanted`, says."""
    return frozenset(results[0][0]["wanted"])


@dataclass
class FreshlyWanted:
    """The same without a lock: known for a moment after the transaction began."""

    began: float = float("-inf")

    def beginning(self, values: Mapping[str, Any]) -> Callable[[Results], Mapping[str, Any]]:
        """Return the values of the first step, which begin the moment at each attempt."""

        def values_now(_: Results) -> Mapping[str, Any]:
            self.began = time.monotonic()
            return values

        return values_now

    def __call__(self, results: Results) -> frozenset[str] | None:
        """Return the types; None when they were read too long ago."""
        if time.monotonic() - self.began > FRESH_SECONDS:
            return None
        return wanted_types(results)
