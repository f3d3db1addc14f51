"""Metrics of experiments: of each person one number, by a .cypher file that defines it.

Of safety disagreements it is one of each list, so that they say nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from graph.query import Query
from graph.query_files import load


class Unit(StrEnum):
    """What the mean of a metric is: a share of people, or so much for each of them."""

    SHARE = "share"
    MONEY = "money"
    STYLES = "styles"
    HOURS = "hours"


@dataclass(frozen=True)
class Metric:
    """How a metric is counted; with `fewer_is_better`, an arm that has more of it does harm.

    In a window of less than `least_hours` nobody can have any.
    """

    query: Query
    unit: Unit = Unit.SHARE
    fewer_is_better: bool = False
    least_hours: int = 1


METRICS: Final[Mapping[str, Metric]] = {
    "click-through": Metric(load("experiments/click_through")),
    "conversion": Metric(load("experiments/conversion")),
    "revenue": Metric(load("experiments/revenue"), Unit.MONEY),
    "repeat-purchase": Metric(load("experiments/repeat_purchase"), least_hours=48),
    "retention": Metric(load("experiments/retention"), least_hours=48),
    "diversity": Metric(load("experiments/diversity"), Unit.STYLES),
    "refusals": Metric(load("experiments/refusals"), fewer_is_better=True),
    "safety-disagreements": Metric(load("experiments/safety_disagreements"), fewer_is_better=True),
    "time-to-first-drink": Metric(
        load("experiments/time_to_first_drink"), Unit.HOURS, fewer_is_better=True
    ),
}
