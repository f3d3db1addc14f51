"""Triggers tried on events that were: what would have fired, and what would have held it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator

from events.consumed import consumed_records
from events.dead_letters import DeadLetters
from events.log import Log
from events.writing import sort_records
from graph.audience.triggers import Fired
from graph.catalogue.entities import Catalogue, load_catalogue
from graph.connection import Graph
from graph.people.profiles import Profile, load_profile
from learning.triggers.deciding import Happened, Tally, decide
from learning.triggers.definition import Triggers

TOGETHER = 1_000


async def try_triggers(
    graph: Graph, log: Log, letters: DeadLetters, triggers: Triggers, since: int
) -> tuple[Tally, int]:
    """Return what events received since a moment (epoch ms) would have fired, and their number.

    Each is decided at its own time, with what earlier ones would have fired, and with the person as
    they are now. Nothing is written. Raises a GraphError or LogUnavailable.
    """
    catalogue = await load_catalogue(graph)
    tally, count = Tally(), 0
    before: defaultdict[str, list[Fired]] = defaultdict(list)
    profiles: dict[str, Profile] = {}
    async for person, event in _events(graph, log, letters, since):
        count += 1
        if person not in profiles:
            profiles[person] = await load_profile(graph, person)
        fired = _decided(triggers, event, profiles[person], catalogue, before[person], tally)
        if fired:
            before[person].insert(0, fired)
    return tally, count


def _decided(
    triggers: Triggers,
    event: Happened,
    profile: Profile,
    catalogue: Catalogue,
    before: list[Fired],
    tally: Tally,
) -> Fired | None:
    return decide(triggers, event, profile, catalogue, before, event.at, tally)


async def _events(
    graph: Graph, log: Log, letters: DeadLetters, since: int
) -> AsyncIterator[tuple[str, Happened]]:
    """Yield what people did, those of one person in the order in which it was received."""
    await log.ready()
    start = {part: await log.offset_at(part, since) for part in range(log.partitions)}
    async for consumed in consumed_records(graph, log, letters, start, TOGETHER):
        sound = (await sort_records(graph, consumed.records)).sound
        for one in sorted(sound, key=lambda each: each.record.offset):
            event = one.event
            if event.in_graph and event.user_id and event.drink_id:
                yield event.user_id, Happened(event.event_id, event.type, event.drink_id, event.at)
