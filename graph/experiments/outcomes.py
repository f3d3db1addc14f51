"""Outcomes: what people did after they were exposed to an experiment, as sums by arm and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.connection import Graph
from graph.experiments.exposures import COUNTING_SECONDS
from graph.experiments.metrics import METRICS

# What somebody did in the four weeks before they came in says most about what they would do anyway.
EARLIER = 28 * 86_400_000

# of smaller arms no disagreement is told: it might be somebody's
FEWEST_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class ArmOutcome:
    """Sums over the people of an arm whose windows were over on a day, counted from 0.

    Of each person one number, and the same of the four weeks before (`before`).
    """

    arm: str
    day: int
    people: int
    total: float
    squares: float
    before: float
    before_squares: float
    products: float


async def outcomes(
    graph: Graph,
    experiment: str,
    metric: str,
    since: int,
    until: int,
    window: int,
    currency: str = "EUR",
) -> Sequence[ArmOutcome]:
    """Return a metric by arm and day; times in ms. Raises KeyError for an unknown metric."""
    query = METRICS[metric].query
    values = {
        "experimentId": experiment,
        "since": since,
        "until": until,
        "window": window,
        "earlier": EARLIER,
        "currency": currency,
        "fewest": FEWEST_PEOPLE,
    }
    wanted = {name: values[name] for name in query.parameters}
    rows = await graph.run(query, deadline=COUNTING_SECONDS, **wanted)
    return [
        ArmOutcome(
            arm=row["arm"],
            day=int(row["day"]),
            people=row["people"],
            total=row["total"],
            squares=row["squares"],
            before=row["before"],
            before_squares=row["beforeSquares"],
            products=row["products"],
        )
        for row in rows
    ]
