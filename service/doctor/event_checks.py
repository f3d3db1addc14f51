"""Whether the log of events can be read, and reaches the graph."""

from __future__ import annotations

from datetime import datetime

from events.embedded_state import log_name, log_state
from events.lag import STALLED_SECONDS, lags
from events.log import LogUnavailable
from graph.clock import milliseconds
from graph.connection import Graph
from graph.counting import counted
from graph.event_offsets import event_offsets
from service.background.broker import open_broker
from service.doctor.finding import Finding, problem, warning, well
from service.settings import Settings


async def check_events(graph: Graph, settings: Settings, now: datetime) -> Finding:
    """Check the log of this home, or of Kafka, against the graph."""
    if settings.kafka:
        return await _check_kafka(graph, settings)
    try:
        named = log_name(settings.events)
        if named is None:
            return well("events", "No log of events yet: the first start makes it.")
        name, partitions = named
        names = {f"{name}/{partition}": partition for partition in range(partitions)}
        offsets = await event_offsets(graph, list(names))
        state = log_state(settings.events, {names[id_]: next_ for id_, next_ in offsets.items()})
    except LogUnavailable as error:
        return problem("events", error.message, error.advice)
    waited = 0.0 if state.oldest is None else (milliseconds(now) - state.oldest) / 1000
    return judged_log(state.behind, waited, state.letters)


async def _check_kafka(graph: Graph, settings: Settings) -> Finding:
    """Check the topic, and count the dead letters, those of this home too."""
    try:
        with open_broker(settings, make_topic=False) as broker:
            partitions = await lags(graph, broker.log)
            letters = len(await broker.letters.waiting())
        if log_name(settings.events):
            letters += log_state(settings.events, {}).letters
    except LogUnavailable as error:
        return problem("events", error.message, error.advice)
    waited = max(lag.waiting_seconds for lag in partitions)
    return judged_log(sum(lag.behind for lag in partitions), waited, letters)


def judged_log(behind: int, waited: float, letters: int) -> Finding:
    """Judge a log by how many events wait, the oldest for how many seconds, and dead letters."""
    message = f"{counted(behind, 'event')} of the log to be written"
    message += f", the oldest for {waited:,.0f} s." if behind else "."
    if waited > STALLED_SECONDS:
        advice = "Is a server or tastegraph stream running? See docs/streams.md."
        return problem("events", message, advice)
    if letters:
        message += f" {counted(letters, 'event')} cannot be written."
        return warning("events", message, "See why: tastegraph stream dead-letters list.")
    return well("events", message)
