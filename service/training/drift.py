"""Looking for drift in the log: what people chose, and what came of the lists of a model."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from events.log import LogUnavailable
from graph.clock import Clock, milliseconds, utc_now
from graph.people.histories import drink_kinds
from learning.attribution.joining import JoinedList, Joiner, OutcomeEvent
from learning.attribution.reading import impressions_and_outcomes
from learning.results.drifting import drift_of_calibration, drift_of_choices
from service.background.event_stream import EventStream

DAYS = 28
WINDOW_MS = 3_600_000
PAUSE = timedelta(hours=1)


class DriftWatch:
    """Says whether a model is out of date; it reads the log of four weeks, once an hour at most."""

    def __init__(self, stream: EventStream, clock: Clock = utc_now) -> None:
        self._stream = stream
        self._clock = clock
        self._looked = clock() - PAUSE

    async def look(self, model: str, since: int) -> str | None:
        """Return what has changed since the newest model was trained (epoch ms), in words.

        None: nothing, or the log cannot be read, or the last look was within the hour. Raises a
        GraphError.
        """
        now = self._clock()
        if now - self._looked < PAUSE:
            return None
        self._looked = now
        try:
            outcomes, lists = await self._read(milliseconds(now))
        except LogUnavailable:
            return None
        kinds = await drink_kinds(self._stream.graph)
        return await asyncio.to_thread(
            lambda: (
                drift_of_choices(outcomes, kinds, since)
                or drift_of_calibration(lists, model, since)
            )
        )

    async def _read(self, now: int) -> tuple[list[OutcomeEvent], list[JoinedList]]:
        """Return what people did, and the lists whose windows are over."""
        log, letters = self._stream.log, self._stream.letters
        outcomes: list[OutcomeEvent] = []
        lists: list[JoinedList] = []
        joiners: dict[int, Joiner] = {}
        await log.ready()
        since = now - DAYS * 86_400_000
        start = {part: await log.offset_at(part, since) for part in range(log.partitions)}
        async for found in impressions_and_outcomes(self._stream.graph, log, letters, start):
            joiner = joiners.setdefault(found.partition, Joiner(WINDOW_MS))
            lists += joiner.joined(found.impressions, found.outcomes, found.received)
            outcomes += found.outcomes
        for joiner in joiners.values():
            lists += joiner.closed(now)
        return outcomes, lists
