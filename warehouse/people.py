"""Who may be named in the warehouse, and who has to leave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from events.log import hash_of
from graph.analytics.warehouse_rows import arms_of_people, people
from graph.connection import Graph
from graph.people.privacy import erasures
from warehouse.names import Names
from warehouse.table import Table

SYNCED = "synced"
# The graph forgets an erasure after 30 days. If the last sync is longer ago than this, somebody may
# have been erased and come back meanwhile: then everybody's rows are made anew.
REMEMBERED = timedelta(days=29)
# Clocks of two machines differ.
OVERLAP = timedelta(hours=1)


@dataclass(frozen=True)
class People:
    """Everybody in the graph, by id; `named` are hashes of those who did not refuse.

    `arms` are those of experiments, by person, each with the moment since when.
    """

    ids: tuple[str, ...]
    named: frozenset[bytes]
    simulated: frozenset[bytes]
    arms: Mapping[bytes, Sequence[tuple[int, str]]] = field(
        default_factory=dict[bytes, Sequence[tuple[int, str]]]
    )

    def arms_at(self, person: bytes, at: int) -> list[str]:
        """Return the arms, `experiment/arm`, that somebody was in at a moment (epoch ms)."""
        return [arm for since, arm in self.arms.get(person, ()) if at >= since]


async def load_people(graph: Graph) -> People:
    """Return everybody. Raises a GraphError."""
    rows = [(hash_of(row["id"]), row) for row in await people(graph)]
    arms: dict[bytes, list[tuple[int, str]]] = {}
    for row in await arms_of_people(graph):
        arm = (row["at"], f"{row['experimentId']}/{row['arm']}")
        arms.setdefault(hash_of(row["userId"]), []).append(arm)
    return People(
        ids=tuple(row["id"] for _, row in rows),
        named=frozenset(who for who, row in rows if row["named"]),
        simulated=frozenset(who for who, row in rows if row["simulated"]),
        arms=arms,
    )


async def forget(graph: Graph, events: Table, found: People, names: Names, now: int) -> int:
    """Remove the rows of all who may not be named any more; return how many.

    That is everybody whom the graph does not have or who refuses, whoever was erased since the last
    sync, and everybody if that was too long ago. What is still in the graph is added again later,
    without a name if it was refused. Raises a GraphError.
    """
    last = events.position(SYNCED)
    there = events.texts("person")
    if now - last > REMEMBERED / timedelta(milliseconds=1):
        return events.remove("person", there)
    since = last - OVERLAP // timedelta(milliseconds=1)
    erased = {names.person(bytes.fromhex(who)) for who, _ in await erasures(graph, since)}
    gone = (there - {names.person(who) for who in found.named}) | (there & erased)
    return events.remove("person", gone)
