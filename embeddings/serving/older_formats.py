"""Models that an older version saved: the names of today for what they call otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embeddings.data.dataset import FloatArray

FORMAT = 5
# 2: one block of numbers, its settings beside the others. 3: the names below. 4: no transition is
# below zero
READABLE = (2, 3, 4, FORMAT)

_SETTINGS = {"habit": "prior_weight", "few": "shrinkage", "following": "transitions_weight"}
_TRANSITIONS_BEFORE, TRANSITIONS = "following.", "transitions."


def present_names(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings of a training, or of a block, by the names of today."""
    return {_SETTINGS.get(name, name): value for name, value in settings.items()}


def present_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return an artefact's settings by the names of today, those within them too."""
    present = present_names(settings)
    if "training" in present:
        present["training"] = present_names(present["training"])
    if "blocks" in present:
        present["blocks"] = [present_names(block) for block in present["blocks"]]
    return present


def present_arrays(arrays: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return an artefact's arrays by the names of today."""
    return {
        TRANSITIONS + name.removeprefix(_TRANSITIONS_BEFORE)
        if name.startswith(_TRANSITIONS_BEFORE)
        else name: array
        for name, array in arrays.items()
    }
