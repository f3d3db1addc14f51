"""Joining outcomes to lists: by the id of the list, else by the last list within a window.

An outcome that names its list is that list's. One that names none is that of the last list in
which the person was shown the drink, if that was at most the window before. The window closes for
each list alike, so that each had the same time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from events.impressions import Impression

OPENING = frozenset({"view", "click"})
BUYING = frozenset({"purchase"})
# a list is written up to some seconds after it was shown, so what somebody did may come before it
EARLY_MS = 60_000
# and what somebody did comes late, where a page was offline
LATE_MS = 60_000
# of so many lists whose windows are over is known that they were there
MOST_CLOSED = 200_000


@dataclass(frozen=True, slots=True)
class OutcomeEvent:
    """What somebody did with a drink, when (epoch ms), and from which list, if that was said."""

    user_id: str
    drink_id: str
    type: str
    at: int
    recommendation_id: str | None = None


@dataclass(frozen=True)
class JoinedList:
    """A list, the drinks of it that were opened, and those that were bought."""

    shown: Impression
    opened: set[str] = field(default_factory=set[str])
    bought: set[str] = field(default_factory=set[str])

    def add(self, outcome: OutcomeEvent) -> None:
        """Note an outcome."""
        if outcome.type in OPENING:
            self.opened.add(outcome.drink_id)
        elif outcome.type in BUYING:
            self.bought.add(outcome.drink_id)


@dataclass
class Completeness:
    """How many outcomes named a list that is there, or one that is not; and those by window."""

    by_id: int = 0
    missing: int = 0
    by_window: int = 0
    without: int = 0

    @property
    def share(self) -> float:
        """The share of outcomes that name a list whose list is there; 1 of none."""
        named = self.by_id + self.missing
        return self.by_id / named if named else 1.0

    def __add__(self, other: Completeness) -> Completeness:
        """Return the counts of both."""
        return Completeness(
            self.by_id + other.by_id,
            self.missing + other.missing,
            self.by_window + other.by_window,
            self.without + other.without,
        )


@dataclass(frozen=True)
class _Early:
    """Outcomes that name a list which is not there yet, and since when they wait."""

    since: int
    outcomes: list[OutcomeEvent] = field(default_factory=list[OutcomeEvent])


class Joiner:
    """Joins what comes from one partition of the log, in its order; keeps what is still open."""

    def __init__(self, window: int) -> None:
        """Begin; `window` is in milliseconds."""
        self._window = window
        self._open: OrderedDict[str, JoinedList] = OrderedDict()
        self._lists_of: dict[str, list[str]] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._early: dict[str, _Early] = {}
        self._now = 0
        self.completeness = Completeness()

    def joined(
        self, impressions: Iterable[Impression], outcomes: Iterable[OutcomeEvent], now: int
    ) -> Iterator[JoinedList]:
        """Add what came in together, by a moment (epoch ms); yield lists whose windows closed."""
        self._now = max(self._now, now)
        for shown in impressions:
            self._show(shown)
        for outcome in outcomes:
            self._join(outcome)
        yield from self.closed(now)

    def closed(self, now: int) -> Iterator[JoinedList]:
        """Yield the lists whose windows are over at a moment (epoch ms), and let go of them."""
        before = now - self._window - LATE_MS
        while self._open and next(iter(self._open.values())).shown.at < before:
            id_, joined = self._open.popitem(last=False)
            self._closed[id_] = None
            theirs = self._lists_of[joined.shown.user_id]
            theirs.remove(id_)
            if not theirs:
                del self._lists_of[joined.shown.user_id]
            yield joined
        while len(self._closed) > MOST_CLOSED:
            self._closed.popitem(last=False)
        gone = [id_ for id_, early in self._early.items() if early.since < now - EARLY_MS]
        for id_ in gone:
            self.completeness.missing += len(self._early.pop(id_).outcomes)

    def rest(self) -> Iterator[JoinedList]:
        """Yield every list that is still open: its time is not over."""
        for early in self._early.values():
            self.completeness.missing += len(early.outcomes)
        self._early.clear()
        yield from self._open.values()

    def _show(self, shown: Impression) -> None:
        id_ = shown.recommendation_id
        self._open[id_] = JoinedList(shown)
        self._lists_of.setdefault(shown.user_id, []).append(id_)
        if early := self._early.pop(id_, None):
            for outcome in early.outcomes:
                self._join(outcome)

    def _join(self, outcome: OutcomeEvent) -> None:
        id_ = outcome.recommendation_id
        if id_ is None:
            self._join_by_window(outcome)
        elif (joined := self._open.get(id_)) and _has(joined.shown, outcome):
            self.completeness.by_id += 1
            if outcome.at <= joined.shown.at + self._window:
                joined.add(outcome)
        elif id_ in self._closed:
            self.completeness.by_id += 1
        else:
            self._early.setdefault(id_, _Early(self._now)).outcomes.append(outcome)

    def _join_by_window(self, outcome: OutcomeEvent) -> None:
        for id_ in reversed(self._lists_of.get(outcome.user_id, ())):
            joined = self._open[id_]
            since = outcome.at - joined.shown.at
            if 0 <= since <= self._window and _has(joined.shown, outcome):
                self.completeness.by_window += 1
                joined.add(outcome)
                return
        self.completeness.without += 1


def _has(shown: Impression, outcome: OutcomeEvent) -> bool:
    return shown.user_id == outcome.user_id and any(
        drink.drink_id == outcome.drink_id for drink in shown.drinks
    )
