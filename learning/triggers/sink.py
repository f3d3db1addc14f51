"""Triggers as a sink of outgoing events: the relay brings what happened, in order, until taken.

So a trigger sees each event that is written, by whichever door it came, survives a restart, and is
no second way through the log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from events.outgoing.sink import SinkAway
from graph.audience.triggers import fire, load_fired
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.errors import GraphError
from graph.outbox.entries import OutgoingType
from graph.outbox.queue import OutgoingEvent
from graph.outbox.sinks import SinkRecord
from learning.audience import HOUR
from learning.triggers.deciding import Happened, Tally, decide
from learning.triggers.definition import Triggers
from recommend.state.snapshot_store import SnapshotStore

KIND = "triggers"
WANTED = (OutgoingType.INTERACTION_RECORDED,)


class TriggerSink:
    """Decides for each event what it fires, and notes it."""

    def __init__(
        self,
        graph: Graph,
        snapshots: SnapshotStore,
        triggers: Triggers,
        clock: Clock = utc_now,
        alerted: Callable[[], None] = lambda: None,
    ) -> None:
        """Decide by these rules; `alerted` is called for each alert to whoever runs the shop."""
        self._graph = graph
        self._snapshots = snapshots
        self._triggers = triggers
        self._clock = clock
        self._alerted = alerted
        self.tally = Tally()

    def knows(self, record: SinkRecord) -> bool:
        """Return whether it is the one sink of its kind."""
        return record.kind == KIND

    async def deliver(self, record: SinkRecord, events: Sequence[OutgoingEvent]) -> None:
        """Fire what these events fire; one that comes again fires nothing. Raises SinkAway."""
        try:
            for event in events:
                if event.person is not None:
                    await self._consider(event.person, happened(event))
        except GraphError as error:
            raise SinkAway(error.message) from error

    async def _consider(self, person: str, event: Happened) -> None:
        if all(trigger.when != event.kind for trigger in self._triggers.triggers):
            return
        now = milliseconds(self._clock())
        catalogue = (await self._snapshots.snapshot()).catalogue
        profile = await self._snapshots.profile(person, fresh=True)
        before = await load_fired(self._graph, person, now - self._triggers.longest * HOUR)
        fired = decide(self._triggers, event, profile, catalogue, before, now, self.tally)
        if fired and await fire(self._graph, person, fired):
            trigger = self._triggers.trigger(fired.trigger_id)
            if trigger and trigger.then.is_alert:
                self._alerted()


def happened(event: OutgoingEvent) -> Happened:
    """Return what an outgoing event of the type interaction.recorded says."""
    data = event.data
    said = data.get("at")
    at = milliseconds(datetime.fromisoformat(said)) if said else event.at
    return Happened(data["eventId"], data["kind"], data["drinkId"], at)
