"""Watching for drinks that stop being safe: one watch per process, however many people subscribe.

The versions of the catalogue and of these people's profiles are read by `VersionWatch`. Everybody
for whom they changed is checked again: one gate query over all their drinks. Each is also checked
again a little later, for what another process recommended while the change arrived, and now and
then in any case, for what somebody wrote without advancing a version.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from graph.cancellation import uninterrupted
from graph.clock import Clock, iso_seconds, milliseconds, utc_now
from graph.connection import Graph
from graph.errors import GraphError
from recommend.alerts.checks import Alert, Cause, check_contacts, explain
from recommend.alerts.listener import Event, Listener
from recommend.state.snapshot_store import SnapshotStore
from recommend.tracking.impressions import ImpressionLog
from recommend.watching.versions import Versions, VersionWatch

SECOND_LOOK = 3.0
REGULAR_LOOK = 60.0
AT_ONCE = 4

log = logging.getLogger("tastegraph.alerts")


class AlertWatcher(Protocol):
    """What others want to know; the service counts it."""

    def alerted(self, count: int) -> None:
        """Some alerts were given to a listener."""
        ...


@dataclass(eq=False)
class _Person:
    """Somebody whose drinks are watched, and how they were at the last check."""

    user_id: str
    listeners: list[Listener] = field(default_factory=list[Listener])
    versions: Versions | None = None
    look_at: float = 0.0
    safe: frozenset[str] = frozenset()


class AlertWatch:
    """Tells subscribers when a drink of theirs stops being safe; recommendations count for days."""

    def __init__(
        self,
        graph: Graph,
        snapshots: SnapshotStore,
        impressions: ImpressionLog,
        watcher: AlertWatcher,
        versions: VersionWatch,
        clock: Clock = utc_now,
    ) -> None:
        self._graph = graph
        self._snapshots = snapshots
        self._impressions = impressions
        self._watcher = watcher
        self._versions = versions
        self._clock = clock
        self._people: dict[str, _Person] = {}
        self._task: asyncio.Task[None] | None = None

    async def listen(self, user_id: str, *, include_current: bool = False) -> AsyncGenerator[Event]:
        """Yield what happens to a person's drinks: first `Watching`, then alerts, without end.

        An alert comes whenever a drink stops being safe, and when an unsafe one becomes
        theirs. `Away` comes once when the graph is away, and `Watching` when it is back. With
        `include_current` what is unsafe already comes first. Raises TooManySubscriptions.
        """
        with (
            self._versions.watching(user_id),
            self._listening(user_id, include_current) as listener,
        ):
            while True:
                event = await listener.next()
                if isinstance(event, Alert):
                    self._watcher.alerted(1)
                yield event

    async def close(self) -> None:
        """Stop watching."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @contextmanager
    def _listening(self, user_id: str, include_current: bool) -> Generator[Listener]:
        person = self._people.setdefault(user_id, _Person(user_id))
        listener = Listener(include_current)
        person.listeners.append(listener)
        person.look_at = 0.0
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        try:
            yield listener
        finally:
            person.listeners.remove(listener)
            if not person.listeners:
                self._people.pop(user_id, None)

    async def _watch(self) -> None:
        """Check again and again, as long as anybody subscribes."""
        while self._people:
            people: list[_Person] = []
            try:
                versions = await self._versions.next_round()
                people = [person for id_, person in self._people.items() if id_ in versions]
                await uninterrupted(self._look_round(people, versions))
            except Exception as error:
                self._lose(people or list(self._people.values()), error)

    async def _look_round(self, people: list[_Person], versions: Mapping[str, Versions]) -> None:
        """Check everybody for whom anything changed."""
        now = time.monotonic()
        due = [
            person
            for person in people
            if versions[person.user_id] != person.versions or now >= person.look_at
        ]
        turns = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(
            *(self._look_in_turn(turns, person, versions[person.user_id]) for person in due)
        )

    def _lose(self, people: list[_Person], error: Exception) -> None:
        """Report that the watch is blind, even if it is our fault; check again at the next turn."""
        listeners = [listener for person in people for listener in person.listeners]
        if any(not listener.away for listener in listeners):  # once, not at every turn
            trace = None if isinstance(error, GraphError) else error
            log.warning("cannot look for alerts: %s", error, exc_info=trace)
        for person in people:
            person.look_at = 0.0
        for listener in listeners:
            listener.lose()

    async def _look_in_turn(
        self, turns: asyncio.Semaphore, person: _Person, versions: Versions
    ) -> None:
        async with turns:
            try:
                await self._look(person, versions)
            except Exception as error:
                self._lose([person], error)

    async def _look(self, person: _Person, versions: Versions) -> None:
        """Check one person's drinks, and tell each of their subscriptions what is new to it."""
        # now, not at the end: a new subscription in between resets it, to be checked again
        changed = versions != person.versions
        person.look_at = time.monotonic() + (SECOND_LOOK if changed else REGULAR_LOOK)
        days = self._impressions.days
        since = milliseconds(self._clock() - timedelta(days=days))
        waiting = self._impressions.waiting(person.user_id)
        checked = await check_contacts(self._graph, person.user_id, since, waiting)
        listeners = list(person.listeners)
        new = set[str]().union(*(listener.unsafe_and_new(checked.unsafe) for listener in listeners))
        wanted = [drink_id for drink_id in checked.unsafe if drink_id in new]
        explained = await explain(self._graph, self._snapshots, checked, wanted)
        seen = _cause_seen(person.versions, versions)
        at = iso_seconds(self._clock())
        alerts = {
            alert.safety.drink_id: _with_cause_seen(alert, seen, at)
            if alert.safety.drink_id in person.safe
            else alert
            for alert in explained
        }
        for listener in listeners:
            listener.tell(checked, alerts, versions[0])
        person.versions = versions
        person.safe = frozenset(checked.drinks) - frozenset(checked.unsafe)


def _cause_seen(before: Versions | None, now: Versions) -> Cause:
    """Return what changed between two checks, as far as versions tell."""
    if before and before[0] == now[0] and before[1] != now[1]:
        return Cause.PROFILE_CHANGED
    return Cause.CATALOGUE_CHANGED


def _with_cause_seen(alert: Alert, seen: Cause, at: str) -> Alert:
    """Correct an alert about a drink that was safe at the last check: it was not unsafe before."""
    if alert.cause is not Cause.ALREADY_UNSAFE:
        return alert
    return replace(alert, cause=seen, since=at)
