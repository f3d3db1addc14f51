"""Lists that were shown, joined to what came of them, as commands read them."""

from __future__ import annotations

from learning.attribution.joining import Completeness, JoinedList, Joiner
from learning.attribution.reading import impressions_and_outcomes
from service.background.event_stream import EventStream


async def closed_lists(
    stream: EventStream, since: int, now: int, window: int
) -> tuple[list[JoinedList], Completeness]:
    """Return the lists whose windows (ms) are over, and how many outcomes found theirs.

    Moments are in epoch ms. Raises a GraphError or LogUnavailable.
    """
    log, joiners = stream.log, dict[int, Joiner]()
    lists: list[JoinedList] = []
    await log.ready()
    start = {part: await log.offset_at(part, since) for part in range(log.partitions)}
    async for found in impressions_and_outcomes(stream.graph, log, stream.letters, start):
        joiner = joiners.setdefault(found.partition, Joiner(window))
        lists += joiner.joined(found.impressions, found.outcomes, found.received)
    for joiner in joiners.values():
        lists += joiner.closed(now)
        # the time of what is still open is not over, but what came of it was joined all the same
        _ = [*joiner.rest()]
    return lists, sum((joiner.completeness for joiner in joiners.values()), Completeness())
