"""Each list that was shown, on its way into the log of events: noted in a request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import islice

from events.consumed import consumed_offsets
from events.embedded_log import EmbeddedLog
from events.impressions import KIND, Impression, record_of
from events.log import Log
from graph.connection import Graph
from graph.people.privacy import may_be_kept, not_remembered

MOST_WAITING = 20_000
AT_ONCE = 1_000


class ShownLists:
    """Lists that wait for the log, oldest first.

    `kept` is the log of this home, from which what somebody no longer wants remembered is removed;
    a broker's cannot: whoever reads impressions leaves those people out.
    """

    def __init__(self, graph: Graph, log: Log | None, kept: EmbeddedLog | None) -> None:
        self._graph = graph
        self._log = log
        self._kept = kept
        self._waiting: deque[Impression] = deque()

    def note(self, shown: Impression) -> int:
        """Remember a list with the next flush; return how many drinks were lost of older ones."""
        if self._log is None:
            return 0
        self._waiting.append(shown)
        lost = 0
        while len(self._waiting) > MOST_WAITING:
            lost += len(self._waiting.popleft().drinks)
        return lost

    async def flush(self) -> None:
        """Append all that waits, but of people who refused or were erased since.

        Raises a GraphError or LogUnavailable; then what is left waits on.
        """
        while self._waiting and self._log:
            batch = list(islice(self._waiting, AT_ONCE))
            people = sorted({shown.user_id for shown in batch})
            refused = await not_remembered(self._graph, people)
            kept = [each for each in batch if may_be_kept(each.user_id, each.at, refused)]
            await self._log.append([record_of(each) for each in kept])
            self._drop(batch)

    def forget_people(self, erased: Callable[[str], bool]) -> None:
        """Drop what waits about people who were erased."""
        self._waiting = deque(shown for shown in self._waiting if not erased(shown.user_id))

    async def refuse(self, user_id: str) -> None:
        """Remove the lists of somebody who refuses to be remembered. Raises LogUnavailable."""
        if self._kept:
            await self._kept.drop_of(user_id, KIND)

    async def forget_old(self, before: int) -> None:
        """Drop lists received before a moment (epoch ms), once the graph has read past them.

        Raises a GraphError or LogUnavailable.
        """
        if self._kept:
            consumed = await consumed_offsets(self._graph, self._kept)
            await self._kept.drop_old(KIND, before, dict(enumerate(consumed)))

    def _drop(self, batch: list[Impression]) -> None:
        """Drop what was written; others may have been lost or forgotten meanwhile."""
        done = {id(shown) for shown in batch}
        while self._waiting and id(self._waiting[0]) in done:
            self._waiting.popleft()
