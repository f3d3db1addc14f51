"""The graph for other tools: its nodes and relationships, without people unless requested.

By default nothing is read about people. On request, each gets a random name that no second export
repeats, and what they declared about health or faith (allergies, diets, what they avoid, their
limits) stays behind unless requested too.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, LiteralString, cast

from neo4j import AsyncTransaction

from graph.connection import Graph, Row
from graph.query import Query
from graph.query_files import load

NODES = load("export/nodes")
RELATIONSHIPS = load("export/relationships")

PERSON = "User"
INTERNAL_LABELS = frozenset(
    {"SchemaVersion", "Erasure", "EventOffset", "OutboxEvent", "OutgoingEvent", "EventSink"}
    | {"ConsentRules", "ConsentText", "Purpose", "ApiKey", "ArmDay"}
)
# What somebody agreed to, and who for them, is for the person and the operator.
INTERNAL_TYPES = frozenset({"DECIDED", "GUARDIAN_OF"})
# What a person declared about health or faith.
SENSITIVE_TYPES = frozenset({"ALLERGIC_TO", "AVOIDS", "FOLLOWS"})
SENSITIVE_PROPERTIES = frozenset(
    {"allergiesDeclaredAt", "regulation", "maxAbv", "maxCaffeineMgPer100ml"}
)
PERSON_PROPERTIES = frozenset({"simulated"})
DEED_PROPERTIES = frozenset({"type", "value", "at", "severity", "acceptsTraces"})
STAFF_PROPERTIES = frozenset({"by"})


@dataclass(frozen=True)
class Scope:
    """What to export about people: `key` makes their names, and is forgotten after the export."""

    people: bool = False
    allergies: bool = False
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def name_of(self, person: str) -> str:
        """A pseudonym, keyed: the same within this export, another in every other."""
        return f"person-{blake2b(person.encode(), key=self.key, digest_size=8).hexdigest()}"


@dataclass(frozen=True)
class Node:
    """A node as it leaves the graph."""

    label: str
    id: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Relationship:
    """A relationship as it leaves the graph."""

    type: str
    from_label: str
    from_id: str
    to_label: str
    to_id: str
    properties: Mapping[str, Any]


class GraphReader:
    """Reads the whole graph in one transaction, row by row."""

    def __init__(self, transaction: AsyncTransaction, scope: Scope) -> None:
        self._transaction = transaction
        self._scope = scope

    async def nodes(self) -> AsyncGenerator[Node]:
        """Yield the nodes by label, then id."""
        async for row in self._rows(NODES):
            if row["label"] not in INTERNAL_LABELS:
                yield self._node(row)

    async def relationships(self) -> AsyncGenerator[Relationship]:
        """Yield the relationships by type, then by what they connect."""
        async for row in self._rows(RELATIONSHIPS):
            if self._is_wanted(row):
                yield self._relationship(row)

    async def _rows(self, query: Query) -> AsyncGenerator[Row]:
        text = cast(LiteralString, query.text)
        result = await self._transaction.run(text, {"withPeople": self._scope.people})
        async for record in result:
            yield record.data()

    def _is_wanted(self, row: Row) -> bool:
        if row["type"] in INTERNAL_TYPES:
            return False
        sensitive = row["fromLabel"] == PERSON and row["type"] in SENSITIVE_TYPES
        return self._scope.allergies or not sensitive

    def _node(self, row: Row) -> Node:
        label, properties = str(row["label"]), dict(row["properties"])
        if label == PERSON:
            properties = self._of_person(properties)
        elif not self._scope.people:
            properties = _without(properties, STAFF_PROPERTIES)
        properties.pop("id", None)
        return Node(label, self._id(label, row["id"]), properties)

    def _of_person(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        kept = PERSON_PROPERTIES
        if self._scope.allergies:
            kept = kept | SENSITIVE_PROPERTIES
        return {name: value for name, value in properties.items() if name in kept}

    def _relationship(self, row: Row) -> Relationship:
        properties = dict(row["properties"])
        if row["fromLabel"] == PERSON:
            properties = {name: value for name, value in properties.items() if _is_of_deed(name)}
        return Relationship(
            type=str(row["type"]),
            from_label=str(row["fromLabel"]),
            from_id=self._id(row["fromLabel"], row["fromId"]),
            to_label=str(row["toLabel"]),
            to_id=self._id(row["toLabel"], row["toId"]),
            properties=properties,
        )

    def _id(self, label: str, id_: Any) -> str:
        return self._scope.name_of(str(id_)) if label == PERSON else str(id_)


def _is_of_deed(name: str) -> bool:
    # not eventId: whoever sent the event chose it, perhaps with the person's name in it
    return name in DEED_PROPERTIES or name.startswith("context_")


def _without(properties: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name not in names}


@asynccontextmanager
async def read_graph(
    graph: Graph, scope: Scope, *, deadline: float = 600.0
) -> AsyncGenerator[GraphReader]:
    """Yield a reader of the whole graph, at one moment; raise a GraphError."""
    async with graph.looking("export", deadline=deadline) as transaction:
        yield GraphReader(transaction, scope)
