"""Who is in which arm of an experiment, without I/O.

Three hashes with three salts, independent of each other: whether a unit is held out from all
experiments, where in the layer it is (experiments of a layer have ranges of buckets that do not
overlap), and which arm it has. A ramp changes only how much of the range is used, so it moves
nobody to another arm; weights and ranges stay as they were at the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from learning.assignment.hashing import BUCKETS, Salt
from learning.errors import ExperimentRefused

HOLDOUT = Salt.of("holdout")


@dataclass(frozen=True)
class Allocation:
    """Which units have which arm.

    `first` and `size` are the range in the layer, in buckets, `ramp` the share of it that is used,
    and `weights` the shares of the arms, in ten-thousandths that add up to 10,000.
    """

    experiment: str
    layer: str
    first: int
    size: int
    ramp: float
    weights: tuple[int, ...]

    def arm_of(self, unit: str) -> int | None:
        """Return the place of a unit's arm, 0 for the first; None if it is not in the experiment.

        Whether it is held out from all experiments is asked once, with `is_held_out`.
        """
        place = self._layer.bucket(unit) - self.first
        if not 0 <= place < round(self.size * self.ramp):
            return None
        bucket = self.bucket_of(unit)
        return next(arm for arm, end in enumerate(self._ends) if bucket < end)

    def bucket_of(self, unit: str) -> int:
        """Return the bucket that chooses a unit's arm."""
        return self._arms.bucket(unit)

    @cached_property
    def _layer(self) -> Salt:
        return Salt.of(f"layer:{self.layer}:")

    @cached_property
    def _arms(self) -> Salt:
        return Salt.of(f"arm:{self.experiment}:")

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(self.weights))


def is_held_out(unit: str, share: float) -> bool:
    """Return whether a unit is among those that no experiment touches."""
    return share > 0 and HOLDOUT.bucket(unit) < round(share * BUCKETS)


def free_range(taken: Iterable[tuple[int, int]], size: int) -> int:
    """Return the first bucket of a free range of a layer, given the taken ones as (first, size).

    Raises ExperimentRefused.
    """
    place = 0
    for first, length in sorted(taken):
        if first - place >= size:
            return place
        place = max(place, first + length)
    if BUCKETS - place >= size:
        return place
    raise ExperimentRefused(
        f"No {size / BUCKETS:.0%} of people in one piece are left in the layer.",
        "Stop an experiment of the layer, take a smaller share, or another layer.",
    )


def weights_of(parts: Sequence[float]) -> tuple[int, ...]:
    """Return the shares of arms in ten-thousandths; what rounding leaves goes to the last."""
    ends = [round(end / sum(parts) * BUCKETS) for end in accumulate(parts)]
    return tuple(end - before for before, end in zip([0, *ends], ends, strict=False))
