"""How to see a verdict again: a query file and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.query import Query


@dataclass(frozen=True)
class Replay:
    """A query file and its parameters: what an analyst runs to see the same paths."""

    query: str
    parameters: Mapping[str, Any]

    @staticmethod
    def of(query: Query, parameters: Mapping[str, Any]) -> Replay:
        """Return a query as the file that it is in, as cypher/folder/name.cypher."""
        return Replay(f"cypher/{query.name}.cypher", parameters)
