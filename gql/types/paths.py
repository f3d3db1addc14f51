"""Paths in the graph, and how to see them again."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from gql import described
from graph.verdicts import replay


@described.object_type
class PathStep:
    """One node on a path."""

    id: strawberry.ID
    name: str


@described.object_type
class Replay:
    """A query file, with the parameters that show the same paths again."""

    query: str
    parameters: JSON

    @staticmethod
    def of(source: replay.Replay) -> Replay:
        """From the graph: a query file's name, and its parameters."""
        return Replay(query=source.query, parameters=JSON(dict(source.parameters)))
