"""Who is told: anything that takes outgoing events in order, a webhook or a topic of a broker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from graph.outbox.queue import OutgoingEvent
from graph.outbox.sinks import SinkRecord


class SinkAway(Exception):
    """A sink does not take an event now; `gone` means that it never will."""

    def __init__(self, why: str, *, gone: bool = False, retry_after: float = 0.0) -> None:
        super().__init__(why)
        self.gone = gone
        self.retry_after = retry_after


def by_subject(events: Sequence[OutgoingEvent]) -> list[list[OutgoingEvent]]:
    """Return events by what they are about, in the order in which subjects and events come."""
    subjects: dict[str, list[OutgoingEvent]] = {}
    for event in events:
        subjects.setdefault(event.subject, []).append(event)
    return list(subjects.values())


class Sink(Protocol):
    """Takes events of one kind of sink; which of them a sink is told, and when again, is not its
    concern.
    """

    async def deliver(self, record: SinkRecord, events: Sequence[OutgoingEvent]) -> None:
        """Hand events over, those of one subject in order; return once all are taken.

        Some may have been taken if it raises: they come again under the same ids. Raises SinkAway.
        """
        ...

    def knows(self, record: SinkRecord) -> bool:
        """Return whether this process can reach that sink: it may lack its secret."""
        ...
