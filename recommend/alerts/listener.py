"""A subscriber to alerts: what they have been told, and what is still waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from recommend.alerts.checks import Alert, Checked


@dataclass(frozen=True)
class Watching:
    """From here on, every drink of the person that stops being safe is reported."""

    catalogue_version: int
    drinks: int
    complete: bool


@dataclass(frozen=True)
class Away:
    """The graph does not answer: nothing can be reported until it does."""


Event = Alert | Watching | Away


@dataclass(eq=False)
class Listener:
    """One subscription. At most one alert for each of the person's drinks is waiting,
    however slowly they are read.
    """

    include_current: bool
    notified: frozenset[str] | None = None
    state: Watching | Away | None = None
    away: bool = False
    alerts: dict[str, Alert] = field(default_factory=dict[str, Alert])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def unsafe_and_new(self, unsafe: Iterable[str]) -> set[str]:
        """Return the unsafe drinks that this listener has not been told about."""
        if self.notified is None:
            return set(unsafe) if self.include_current else set()
        return set(unsafe) - self.notified

    def lose(self) -> None:
        """Say once that the graph is away; drinks that turn unsafe meanwhile are reported later."""
        if not self.away:
            self.away, self.state = True, Away()
            # without a first check nobody can say what changed since, so everything is reported
            self.include_current = True
            self.news.set()

    def tell(self, checked: Checked, alerts: Mapping[str, Alert], version: int) -> None:
        """Take in one check of the person's drinks, with alerts for what is new in it.

        `version` is the least that the catalogue's was at that check.
        """
        if self.notified is None or self.away:
            self.state = Watching(version, len(checked.drinks), checked.complete)
        self.away = False
        new = self.unsafe_and_new(checked.unsafe)
        kept = {
            drink_id: alert for drink_id, alert in self.alerts.items() if drink_id in checked.unsafe
        }
        self.alerts = kept | {
            drink_id: alerts[drink_id] for drink_id in checked.unsafe if drink_id in new
        }
        self.notified = frozenset(checked.unsafe)
        if self.state or self.alerts:
            self.news.set()

    async def next(self) -> Event:
        """Wait for the next event."""
        while True:
            if self.state:
                state, self.state = self.state, None
                return state
            if self.alerts:
                return self.alerts.pop(next(iter(self.alerts)))
            self.news.clear()
            await self.news.wait()
