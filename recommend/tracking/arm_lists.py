"""Counting lists by arm, and those of which the gate dropped a drink: noted beside requests.

Nothing of a person is noted, and nothing of a drink: only numbers go on.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.connection import Graph
from graph.experiments.arm_days import ArmDayKey, ListCounts, count_lists
from graph.experiments.exposures import Exposure

DAY = 86_400_000


class ArmLists:
    """Counts of lists until they are written."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._waiting: dict[ArmDayKey, ListCounts] = {}

    def note(self, exposures: Iterable[Exposure], at: int, *, disagreed: bool) -> None:
        """Count a list of a moment (epoch ms) for the arms that ranked it."""
        for exposure in exposures:
            key = exposure.experiment, exposure.arm, at - at % DAY
            count = self._waiting.setdefault(key, ListCounts())
            count.lists += 1
            count.disagreed += disagreed

    async def flush(self) -> None:
        """Add what waits to what is in the graph. Raises a GraphError; then it goes on waiting."""
        if not self._waiting:
            return
        written, self._waiting = self._waiting, {}
        try:
            await count_lists(self._graph, sorted(written.items(), key=lambda each: each[0]))
        except BaseException:
            for key, count in written.items():
                kept = self._waiting.setdefault(key, ListCounts())
                kept.lists += count.lists
                kept.disagreed += count.disagreed
            raise
