"""Remembering who was subject to which arm of an experiment: noted with impressions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

from graph.connection import Graph
from graph.experiments.exposures import Exposure, expose_people
from graph.people.privacy import erasure_id

MOST_WAITING = 50_000
MOST_WRITTEN = 100_000
ROWS_AT_ONCE = 1_000

Key = tuple[str, str]


class ExposureLog:
    """The first exposure of each person to each experiment, until it is written."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._waiting: OrderedDict[Key, tuple[Exposure, int]] = OrderedDict()
        self._written: OrderedDict[Key, None] = OrderedDict()

    def note(self, user_id: str, exposures: Iterable[Exposure], at: int) -> int:
        """Remember, with the next flush, that a person was exposed at a moment (epoch ms).

        Return how many were lost, the oldest, because too many wait.
        """
        for exposure in exposures:
            key = (user_id, exposure.experiment)
            if key not in self._written:
                self._waiting.setdefault(key, (exposure, at))
        lost = max(len(self._waiting) - MOST_WAITING, 0)
        for _ in range(lost):
            self._waiting.popitem(last=False)
        return lost

    async def flush(self) -> None:
        """Write all that waits, in batches; raise a GraphError if the graph does not take one."""
        while self._waiting:
            batch = dict(list(self._waiting.items())[:ROWS_AT_ONCE])
            rows = [
                {
                    "userId": user,
                    "erasureId": erasure_id(user),
                    "experimentId": experiment,
                    "arm": exposure.arm,
                    "bucket": exposure.bucket,
                    "at": at,
                }
                for (user, experiment), (exposure, at) in sorted(batch.items())
            ]
            await expose_people(self._graph, rows)
            for key in batch:
                # somebody forgotten while this was written is not remembered here again
                if self._waiting.pop(key, None) is not None:
                    self._written[key] = None
            while len(self._written) > MOST_WRITTEN:
                self._written.popitem(last=False)

    def forget_people(self, erased: Callable[[str], bool]) -> None:
        """Drop everything, written or waiting, about people who were erased."""
        for key in [key for key in self._waiting if erased(key[0])]:
            del self._waiting[key]
        for key in [key for key in self._written if erased(key[0])]:
            del self._written[key]
