"""The windowed features in a running server: one process of a home computes, all of them read.

What computes is this process, with DuckDB, or Flink, whose results are then taken from Kafka.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from events.log import Log, LogUnavailable
from graph.clock import Clock, utc_now
from recommend.context.trends import Trends, TrendStore
from service.background.jobs import Work, repeat
from service.flink_windows import kafka_of
from service.metrics import ServiceMetrics
from service.settings import Settings, Windows
from streams.flink.follower import ResultsFollower, group_followed, topics_followed
from streams.published import TRENDS, PublishedTrends, read_trends
from streams.runner import WindowRunner

COMPUTE_PAUSE = 0.5
FOLLOW_PAUSE = 0.5
AWAY_PAUSE = 5.0

log = logging.getLogger("tastegraph.windows")


def make_runner(
    settings: Settings, source: Log, metrics: ServiceMetrics, clock: Clock = utc_now
) -> WindowRunner | None:
    """Return what computes with DuckDB, if the settings want it."""
    if settings.windows != Windows.ON:
        return None
    return WindowRunner(source, settings.features, metrics, settings.trend_people, clock)


def make_follower(settings: Settings, clock: Clock = utc_now) -> ResultsFollower | None:
    """Return what follows Flink, if the settings want it."""
    if settings.windows != Windows.FLINK:
        return None
    # nothing is to load the client where there is no broker
    from connectors.kafka.results import KafkaResults

    kafka = kafka_of(settings)
    results = KafkaResults(kafka, topics_followed(kafka.topic), group_followed(kafka.topic))
    return ResultsFollower(results, kafka.topic, settings.features, settings.trend_people, clock)


async def compute(runner: WindowRunner) -> None:
    """Do a round; while the log cannot be read, trends grow old, and its own metric says why."""
    try:
        await runner.round()
    except LogUnavailable:
        await asyncio.sleep(AWAY_PAUSE)


async def follow(follower: ResultsFollower) -> None:
    """Take what Flink has computed; while that cannot be read, trends grow old."""
    try:
        await follower.round()
    except LogUnavailable as error:
        log.warning("%s", error)
        await asyncio.sleep(AWAY_PAUSE)


@asynccontextmanager
async def following(settings: Settings, clock: Clock = utc_now) -> AsyncGenerator[list[Work]]:
    """Yield what publishes the results of Flink for as long as it runs, if the settings want it."""
    follower = make_follower(settings, clock)
    if follower is None:
        yield []
        return
    try:
        yield [repeat(partial(follow, follower), FOLLOW_PAUSE)]
    finally:
        await follower.close()


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
