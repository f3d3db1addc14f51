"""The holdout as an experiment of its own: what all others together earned, against nobody touched.

Its arms are drawn by the hash of the holdout, not by a layer, and it changes no list. So what holds
of every experiment holds of it: the split is tested, and intervals may be looked at daily.
"""

from __future__ import annotations

from graph.experiments.exposures import Exposure
from graph.experiments.metrics import METRICS
from graph.experiments.records import ExperimentRecord, ExperimentState
from learning.assignment.allocation import HOLDOUT, is_held_out
from learning.experiments.definition import Experiment, experiment_of
from learning.experiments.lifecycle import RESERVED, Records, Step

HOLDOUT_ID = RESERVED
HELD_OUT, REACHED = "held-out", "reached"
WINDOW_HOURS = 7 * 24


def holdout_of(share: float) -> Experiment:
    """Return what the holdout of a share of people is, as an experiment."""
    return experiment_of(
        {
            "id": HOLDOUT_ID,
            "hypothesis": "What is tried earns more than what is not, all of it together",
            "layer": HOLDOUT_ID,
            "arms": [{"name": HELD_OUT, "weight": share}, {"name": REACHED, "weight": 1 - share}],
            "metrics": ["revenue", *(name for name in METRICS if name != "revenue")],
            "window_hours": WINDOW_HOURS,
        },
        HOLDOUT_ID,
    )


def holdout_begun(records: Records, share: float, step: Step) -> ExperimentRecord:
    """Return the record of the holdout: the one that there is, or a new one, which runs."""
    for record in records:
        if record.id == HOLDOUT_ID:
            return record
    definition = holdout_of(share)
    return ExperimentRecord(
        id=HOLDOUT_ID,
        state=ExperimentState.RUNNING,
        definition=definition.model_dump(mode="json", exclude_defaults=True),
        first=0,
        size=0,  # no part of any layer
        ramp=1.0,
        created_at=step.at,
        started_at=step.at,
        history=(step.line(ExperimentState.RUNNING),),
    )


def holdout_exposure(unit: str, share: float) -> Exposure:
    """Return the arm of the holdout that a unit is in."""
    arm = HELD_OUT if is_held_out(unit, share) else REACHED
    return Exposure(HOLDOUT_ID, arm, HOLDOUT.bucket(unit))
