"""How many people wanted each drink, ever and lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from graph.clock import milliseconds
from graph.connection import Graph
from graph.query_files import load

POPULARITY = load("catalogue/popularity")

RECENT = timedelta(days=30)
"""What lately means: of a day, a week, a month and a year the month tells most of what is next."""
_SECONDS = 120.0


@dataclass(frozen=True)
class Popularity:
    """How many people bought, saved or liked each drink; drinks of nobody are left out."""

    people: Mapping[str, int] = field(default_factory=dict[str, int])
    lately: Mapping[str, int] = field(default_factory=dict[str, int])


async def load_popularity(graph: Graph, now: datetime) -> Popularity:
    """Return the popularity at a moment. Raises GraphError."""
    rows = await graph.run(POPULARITY, since=milliseconds(now - RECENT), deadline=_SECONDS)
    return Popularity(
        {row["drinkId"]: row["people"] for row in rows},
        {row["drinkId"]: row["lately"] for row in rows if row["lately"]},
    )
