"""When one of several measured settings is better than the one before, beyond chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.data.dataset import FloatArray
from embeddings.evaluation.metrics import FloatColumn

FEWEST_PEOPLE = 100
"""With fewer people set aside, differences between settings are chance."""
_STANDARD_ERRORS = 2.0


def clearly_best(
    measured: Sequence[FloatColumn | FloatArray], before: FloatColumn | FloatArray
) -> int | None:
    """Return the place of the best mean if it is better by more than two standard errors.

    Each column is of the same people as `before`; None if nothing is clearly better than that.
    """
    best = int(np.argmax([column.mean() for column in measured]))
    gain = measured[best] - before
    is_clear = gain.mean() > _STANDARD_ERRORS * gain.std() / np.sqrt(gain.size)
    return best if is_clear else None
