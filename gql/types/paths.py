"""Paths in the graph, and how to see them again."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON


@strawberry.type(description="One node on a path.")
class PathStep:
    """One node on a path."""

    id: strawberry.ID
    name: str


@strawberry.type(description="A query file, with the parameters that show the same paths again.")
class Replay:
    """A query file and its parameters."""

    query: str
    parameters: JSON
