"""Measuring an experiment: how many people came in, and each metric as it stood on every day."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph.connection import Graph
from graph.experiments.exposures import ArmDay, exposed_people
from graph.experiments.metrics import METRICS, Unit
from graph.experiments.outcomes import ArmOutcome, outcomes
from graph.experiments.records import ExperimentRecord
from learning.experiments.definition import Experiment
from learning.experiments.lifecycle import definition_of
from learning.results.words import Words
from learning.statistics.sample_ratio import evidence
from learning.statistics.sequences import (
    ALPHA,
    Information,
    difference,
    of_mean,
    of_mean_up_to,
    of_share,
)
from learning.statistics.sums import Floats, Sums

DAY = 86_400_000


@dataclass(frozen=True)
class Look:
    """A metric on a day, 0 being the first: means of both arms, and how much more the arm has.

    `low` and `high` are None while there are too few people for an interval. `people` are those in
    both arms whose windows are over.
    """

    day: int
    people: int
    control: float
    arm: float
    effect: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class MetricSequence:
    """A metric of an arm against the control, day by day."""

    metric: str
    arm: str
    looks: tuple[Look, ...]

    @property
    def latest(self) -> Look | None:
        """The last look; None before anybody's window is over."""
        return self.looks[-1] if self.looks else None

    def in_words(self, currency: str) -> Words:
        """Return what says its numbers as text."""
        return Words(METRICS[self.metric].unit, currency)

    @property
    def is_better(self) -> bool:
        """Whether the arm does better, beyond doubt: has more, or less where that is better."""
        return self._is_less if METRICS[self.metric].fewer_is_better else self._is_more

    @property
    def is_worse(self) -> bool:
        """Whether the arm does worse, beyond doubt."""
        return self._is_more if METRICS[self.metric].fewer_is_better else self._is_less

    @property
    def _is_more(self) -> bool:
        return bool(self.latest and self.latest.low is not None and self.latest.low > 0)

    @property
    def _is_less(self) -> bool:
        return bool(self.latest and self.latest.high is not None and self.latest.high < 0)


@dataclass(frozen=True)
class Findings:
    """All that is known of an experiment: people by arm, whether the split is as planned, metrics.

    `mismatch` bounds how often so odd a split, or an odder one, would ever come about by chance.
    """

    people: Mapping[str, int]
    mismatch: float
    sequences: tuple[MetricSequence, ...]

    def of(self, metric: str) -> list[MetricSequence]:
        """Return a metric, of each arm but the control."""
        return [sequence for sequence in self.sequences if sequence.metric == metric]


async def measure(
    graph: Graph, record: ExperimentRecord, now: int, metrics: Iterable[str] | None = None
) -> Findings:
    """Return what is known by now (epoch ms), or by when it was stopped.

    Whose window was not over by then is not counted: the rest of it had no arm. An arm that was
    stopped before is compared with the control as both were then. Raises a GraphError and
    ExperimentRefused.
    """
    definition = definition_of(record)
    if record.started_at is None:
        return Findings(dict.fromkeys(definition.shares, 0), 1.0, ())
    since, until = record.started_at, min(now, record.stopped_at or now)
    exposed = await exposed_people(graph, record.id, since)
    sequences: list[MetricSequence] = []
    for metric in metrics if metrics is not None else definition.measured:
        for end, arms in _ends(definition, record, until).items():
            counted = await outcomes(
                graph, record.id, metric, since, end, definition.window, definition.currency
            )
            days = _days(since, end)
            sequences += metric_sequences(definition, metric, counted, days, arms)
    return Findings(
        people={
            arm: sum(count.people for count in exposed if count.arm == arm)
            for arm in definition.shares
        },
        mismatch=mismatch(definition, exposed, _days(since, until)),
        sequences=tuple(sequences),
    )


def mismatch(definition: Experiment, exposed: Sequence[ArmDay], days: int) -> float:
    """Return how probable it is at most that the split ever looks so wrong (0 to 1)."""
    counts = np.zeros((days, len(definition.shares)))
    places = {arm: place for place, arm in enumerate(definition.shares)}
    for count in exposed:
        counts[min(max(count.day, 0), days - 1), places[count.arm]] += count.people
    shares = np.array(list(definition.shares.values()))
    most = float(evidence(counts.cumsum(axis=0), shares).max())
    return math.exp(-max(most, 0.0))


def _ends(definition: Experiment, record: ExperimentRecord, until: int) -> dict[int, list[str]]:
    """Return the arms but the control, by until when each is compared with it."""
    ends: dict[int, list[str]] = {}
    for arm in list(definition.shares)[1:]:
        ends.setdefault(min(until, record.stopped_arms.get(arm, until)), []).append(arm)
    return ends


def _days(since: int, until: int) -> int:
    return max((until - since) // DAY, 0) + 1


def metric_sequences(
    definition: Experiment,
    metric: str,
    counted: Sequence[ArmOutcome],
    days: int,
    arms: Collection[str],
) -> list[MetricSequence]:
    """Return a metric of some arms against the control; doubt is shared among all arms."""
    control, *others = definition.shares
    alpha = ALPHA / len(others)
    base = _by_day(counted, control, days)
    information = _information(METRICS[metric].unit, definition)
    sequences: list[MetricSequence] = []
    for arm in arms:
        sums = _by_day(counted, arm, days)
        seen = difference(sums, base, definition.expected_people, alpha, information)
        columns = (
            np.asarray(column, dtype=np.float64)
            for column in (sums.people + base.people, base.mean, sums.mean, seen.effect)
        )
        people, base_mean, arm_mean, effect = columns
        low, high = _finite(seen.low), _finite(seen.high)
        looks = tuple(
            Look(
                day,
                int(people[day]),
                float(base_mean[day]),
                float(arm_mean[day]),
                float(effect[day]),
                low[day],
                high[day],
            )
            for day in range(days)
            if people[day]
        )
        sequences.append(MetricSequence(metric, arm, looks))
    return sequences


def _information(unit: Unit, definition: Experiment) -> Information:
    if unit is Unit.SHARE:
        return of_share
    return of_mean_up_to(definition.window_hours) if unit is Unit.HOURS else of_mean


def _by_day(counted: Sequence[ArmOutcome], arm: str, days: int) -> Sums:
    """Return the sums over an arm at the end of each day, [days]."""
    columns: Floats = np.zeros((6, days))
    for outcome in counted:
        if outcome.arm == arm:
            columns[:, min(max(outcome.day, 0), days - 1)] += (
                outcome.people,
                outcome.total,
                outcome.squares,
                outcome.before,
                outcome.before_squares,
                outcome.products,
            )
    return Sums(*columns.cumsum(axis=1))


def _finite(bounds: float | Floats) -> list[float | None]:
    return [float(bound) if np.isfinite(bound) else None for bound in np.atleast_1d(bounds)]
