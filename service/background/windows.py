"""The windowed features in a running server: one process of a home computes, all of them read."""

from __future__ import annotations

import asyncio
from pathlib import Path

from events.log import LogUnavailable
from recommend.context.trends import Trends, TrendStore
from streams.published import TRENDS, PublishedTrends, read_trends
from streams.runner import WindowRunner

COMPUTE_PAUSE = 0.5
FOLLOW_PAUSE = 0.5
AWAY_PAUSE = 5.0


async def compute(runner: WindowRunner) -> None:
    """Do a round; while the log cannot be read, trends grow old, and its own metric says why."""
    try:
        await runner.round()
    except LogUnavailable:
        await asyncio.sleep(AWAY_PAUSE)


class TrendFollower:
    """Keeps the trends of this process as new as those that were published in the home."""

    def __init__(self, folder: Path, store: TrendStore) -> None:
        self._path = folder / TRENDS
        self._store = store
        self._seen = (0, 0)

    async def catch_up(self) -> None:
        """Read what was published, if it has changed."""
        try:
            state = self._path.stat()
        except OSError:
            return
        seen = (state.st_mtime_ns, state.st_ino)
        if seen != self._seen and (published := read_trends(self._path.parent)):
            self._seen = seen
            self._store.replace(trends_from(published))


def trends_from(published: PublishedTrends) -> Trends:
    """Return published trends as requests are answered with."""
    return Trends(
        published.as_of,
        {
            place: {trend.drink_id: trend.score for trend in found}
            for place, found in published.places.items()
        },
    )
