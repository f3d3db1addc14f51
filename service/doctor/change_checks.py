"""Whether the changes of a shop's database, if they come by a topic, reach the graph."""

from __future__ import annotations

from events.lag import STALLED_SECONDS
from events.log import LogUnavailable
from graph.connection import Graph
from graph.counting import counted
from service.background.change_topic import open_topic, read_up_to
from service.doctor.finding import Finding, problem, warning, well
from service.settings import Settings

CHECK = "changes"


async def check_changes(graph: Graph, settings: Settings) -> list[Finding]:
    """Check the topic of changes against the graph; nothing where there is none."""
    if not (settings.kafka and settings.changes_topic):
        return []
    if settings.changes is None:
        message = f"No mapping says what is in the topic {settings.changes_topic}."
        return [warning(CHECK, message, "Set TASTEGRAPH_CHANGES: see docs/cdc.md.")]
    try:
        with open_topic(settings.kafka, settings.changes_topic) as source:
            place = await read_up_to(graph, source)
    except LogUnavailable as error:
        return [problem(CHECK, error.message, error.advice)]
    message = f"{counted(place.behind, 'message')} of the topic to be applied"
    message += f", the oldest for {place.waiting_seconds:,.0f} s." if place.behind else "."
    if place.waiting_seconds > STALLED_SECONDS:
        advice = (
            f"Is a server running? Its log says whether the message at offset {place.next} is no "
            "change: see docs/cdc.md."
        )
        return [problem(CHECK, message, advice)]
    return [well(CHECK, message)]
