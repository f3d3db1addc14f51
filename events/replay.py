"""What happened, written again from the log: what the graph knows is left as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from events.consumed import consumed_records
from events.consumer import WRITE_SECONDS
from events.dead_letters import DeadLetter, DeadLetters
from events.log import Log, Record
from events.writing import CLASHES, sort_records, write_sound
from graph.connection import Graph
from graph.people.interactions import PeopleErased

TOGETHER = 1_000


@dataclass(frozen=True)
class Replayed:
    """How many events were read, written, known, and could not be written.

    Those that stay in the log alone are read, and nothing else.
    """

    read: int = 0
    written: int = 0
    known: int = 0
    refused: int = 0


async def replay(
    graph: Graph, log: Log, letters: DeadLetters, since: int
) -> AsyncIterator[Replayed]:
    """Write again what was received since a moment (epoch ms); yield the sums so far.

    Only what has been consumed: the rest is on its way. Dead letters, dropped ones too, are left
    out. Raises a GraphError or LogUnavailable; then it can be run again.
    """
    start = {part: await log.offset_at(part, since) for part in range(log.partitions)}
    done = Replayed()
    async for consumed in consumed_records(graph, log, letters, start, TOGETHER):
        done = await _write(graph, consumed.records, done)
        yield done


async def _write(graph: Graph, records: Sequence[Record], done: Replayed) -> Replayed:
    while True:
        found = await sort_records(graph, records)
        try:
            written = await write_sound(graph, found.sound, WRITE_SECONDS)
        except PeopleErased:
            continue
        return replace(
            done,
            read=done.read + len(records),
            written=done.written + written.new,
            known=done.known + written.repeated,
            refused=done.refused + len(found.poison) + written.clashing,
        )


async def replay_letters(
    graph: Graph, letters: DeadLetters, chosen: Sequence[DeadLetter]
) -> dict[int, str]:
    """Write dead letters that can be written now; return the reasons of those that stay, by id."""
    staying: dict[int, str] = {}
    for letter in chosen:
        reason = await _reason(graph, letter)
        if reason is None:
            await letters.remove([letter.id])
        else:
            staying[letter.id] = reason
    return staying


async def _reason(graph: Graph, letter: DeadLetter) -> str | None:
    """Write one, and return None, or return why it cannot be written."""
    found = await sort_records(graph, [letter.record])
    if found.poison:
        return found.poison[0][1]
    try:
        written = await write_sound(graph, found.sound, WRITE_SECONDS)
    except PeopleErased:
        return None
    return CLASHES if written.clashing else None
