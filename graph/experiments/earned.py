"""What recommended lists earned: by drink, surface, model, arm or segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.connection import Graph
from graph.query_files import load

EARNED = load("experiments/earned")
EARNED_BY_ARM = load("experiments/earned_by_arm")
EARNED_BY_SEGMENT = load("experiments/earned_by_segment")
COUNTING_SECONDS = 60.0


class EarnedBy(StrEnum):
    """By what earnings are told apart: a drink, the field that listed it, a model, an arm, or a
    segment.
    """

    DRINK = "drink"
    SURFACE = "surface"
    MODEL = "model"
    ARM = "arm"
    SEGMENT = "segment"


_BY = {EarnedBy.ARM: EARNED_BY_ARM, EarnedBy.SEGMENT: EARNED_BY_SEGMENT}


@dataclass(frozen=True)
class Earned:
    """How often drinks of lists were opened and bought, how many, and for how much."""

    name: str
    opened: int
    bought: int
    quantity: float
    revenue: float


async def earned(
    graph: Graph, by: EarnedBy, since: int, until: int, currency: str
) -> Sequence[Earned]:
    """Return what followed from lists between two moments (epoch ms), by name.

    Revenue is that in one currency. Raises a GraphError.
    """
    query = _BY.get(by, EARNED)
    values = {"by": str(by), "since": since, "until": until, "currency": currency}
    wanted = {name: values[name] for name in query.parameters}
    rows = await graph.run(query, deadline=COUNTING_SECONDS, **wanted)
    return [Earned(**row) for row in rows]
