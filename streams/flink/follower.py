"""Publishing what Flink computes in the home, as the runner does what it computes itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from events.log import LogUnavailable
from graph.clock import Clock, milliseconds, utc_now
from graph.engine.locks import FileLock
from streams.features import TRENDING, Feature, feature, features
from streams.flink.jobs import group_of, jobs_of, results_topic
from streams.flink.progress import Offsets, Progress
from streams.flink.results import ResultsTable
from streams.published import publish
from streams.runner import AT_LEAST_EVERY_SECONDS, LOCK

LOOK_EVERY_SECONDS = 2.0
Message = tuple[str, bytes | None, bytes | None]
"""A message of a topic of results: its topic, its key, its value."""


class ResultsSource(Protocol):
    """Where the results are; each method raises LogUnavailable."""

    async def read(self) -> Sequence[Message]:
        """Return messages that are new; nothing once all have been read that there are."""
        ...

    async def ends(self) -> Offsets:
        """Return where the topic of the events ends."""
        ...

    async def reached(self) -> Offsets:
        """Return up to where the job of what is trending has read it."""
        ...

    async def close(self) -> None:
        """End the connections."""
        ...


def followed() -> list[Feature]:
    """Return the features that are published: none that is about people."""
    return [feature for feature in features() if not feature.is_personal]


def topics_followed(events: str) -> list[str]:
    """Return the topics of their results."""
    return [results_topic(events, feature) for feature in followed()]


def group_followed(events: str) -> str:
    """Return the group in which the job of what is trending says how far it has read."""
    trending = feature(TRENDING)
    [together] = [chosen for chosen in jobs_of(features()) if trending in chosen]
    return group_of(events, together)


@dataclass
class _Following:
    """One feature: its results, whether any are new, and when they were published last."""

    feature: Feature
    table: ResultsTable
    is_new: bool = True
    published: float = float("-inf")

    @property
    def is_due(self) -> bool:
        """Whether to publish: what is new at its pace, trends at times though nothing is."""
        waited = time.monotonic() - self.published
        if self.feature.name == TRENDING and waited > AT_LEAST_EVERY_SECONDS:
            return True
        return self.is_new and waited >= self.feature.every


class ResultsFollower:
    """Follows the topics of results in one process of a home, and publishes them there."""

    def __init__(
        self,
        source: ResultsSource,
        events: str,
        folder: Path,
        people: int,
        clock: Clock = utc_now,
    ) -> None:
        """Follow the results on a topic of events; a trend needs so many people at least."""
        self._source = source
        self._folder = folder
        self._people = people
        self._clock = clock
        self._lock = FileLock(folder / LOCK)
        self._holds = False
        self._progress = Progress()
        self._looked = float("-inf")
        self._following = {
            results_topic(events, feature): _Following(feature, ResultsTable(feature))
            for feature in followed()
        }

    async def round(self) -> int:
        """Take what is new, and publish what is due; return how many messages came.

        Nothing is published before all has been read once, or while another process of this home
        does it. Raises LogUnavailable.
        """
        self._holds = self._holds or self._lock.acquire()
        if not self._holds:
            return 0
        now = milliseconds(self._clock())
        await self._look(now)
        count = 0
        while messages := await self._source.read():
            self._apply(messages)
            count += len(messages)
        self._publish(now)
        return count

    async def close(self) -> None:
        """End the connections, and let another process follow."""
        await self._source.close()
        self._lock.release()
        self._holds = False

    async def _look(self, now: int) -> None:
        """See how far Flink is, at times: what it has read by now is in its results."""
        if time.monotonic() - self._looked >= LOOK_EVERY_SECONDS:
            self._progress.note(now, await self._source.ends(), await self._source.reached())
            self._looked = time.monotonic()

    def _apply(self, messages: Sequence[Message]) -> None:
        """Take all messages that are results; raise LogUnavailable if one was none."""
        wrong: LogUnavailable | None = None
        for topic, key, value in messages:
            following = self._following[topic]
            try:
                following.table.apply(key, value)
            except (ValueError, KeyError, TypeError):
                told = f"A message in {topic} is no result of Flink, and is left out."
                wrong = LogUnavailable(told, "Nothing else may write there.")
            following.is_new = True
        if wrong:
            raise wrong

    def _publish(self, now: int) -> None:
        as_of = self._progress.as_of
        if as_of is None:
            return
        for following in self._following.values():
            if following.is_due:
                following.table.drop_before(now - following.feature.kept)
                windows = following.table.windows
                publish(self._folder, following.feature, windows, now, self._people, as_of)
                following.is_new, following.published = False, time.monotonic()
