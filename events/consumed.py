"""What of the log the graph has read: how far each partition, and the records themselves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from events.dead_letters import DeadLetters
from events.log import Log, Record
from graph.connection import Graph
from graph.event_offsets import event_offsets
from graph.people.privacy import erasures


@dataclass(frozen=True)
class ConsumedRecords:
    """Some records of a partition, in order, and the offset behind the last."""

    partition: int
    end: int
    records: list[Record]


def offset_name(source: Log, partition: int) -> str:
    """Return the id of a partition's offset in the graph."""
    return f"{source.name}/{partition}"


async def consumed_offsets(graph: Graph, log: Log) -> list[int]:
    """Return the next offset of each partition in its order.

    Raises a GraphError or LogUnavailable.
    """
    await log.ready()
    names = [offset_name(log, partition) for partition in range(log.partitions)]
    offsets = await event_offsets(graph, names)
    return [offsets[name] for name in names]


async def consumed_records(
    graph: Graph, log: Log, letters: DeadLetters, start: Mapping[int, int], together: int
) -> AsyncGenerator[ConsumedRecords]:
    """Yield what the graph has read from these offsets on, at most `together` records at once.

    Dead letters, dropped ones too, are left out, and so is what people did who were erased since.
    Raises a GraphError or LogUnavailable.
    """
    consumed = await consumed_offsets(graph, log)
    buried = await letters.positions()
    erased = dict(await erasures(graph, 0))
    for partition, end in enumerate(consumed):
        offset = max(start[partition], await log.offset_at(partition, 0))
        while offset < end:
            records = await log.read(partition, offset, together)
            wanted = [record for record in records if record.offset < end]
            if not wanted:
                break
            offset = wanted[-1].offset + 1
            sound = [
                record
                for record in wanted
                if (partition, record.offset) not in buried and not is_erased(record, erased)
            ]
            yield ConsumedRecords(partition, offset, sound)


def is_erased(record: Record, erased: Mapping[str, int]) -> bool:
    """Return whether an erasure (by hash, until a moment in epoch ms) holds against a record."""
    return erased.get(record.person_hash.hex(), -1) >= record.received
