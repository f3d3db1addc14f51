"""How much each part of a model weighs, and what validation found of it, from its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embeddings.evaluation.parts import CLOSED_FORM, GRAPHSAGE, TRANSITIONS
from embeddings.serving.older_formats import present_names

NOT_COMPARED = "not compared: too few people, or a model of before"


@dataclass(frozen=True, slots=True)
class PartWeight:
    """A part, its weight in a score (0: it is off), and why."""

    part: str
    weight: float
    finding: str


def part_weights(training: Mapping[str, Any]) -> list[PartWeight]:
    """Return the parts of a model that was trained with these settings."""
    settings = present_names(training)
    graph = float(settings.get("graph", 0.0))
    rest = 1.0 - graph
    weights = {
        CLOSED_FORM: rest if settings.get("closed_form", True) else 0.0,
        TRANSITIONS: rest * float(settings.get("transitions_weight", 0.0)),
        GRAPHSAGE: graph,
    }
    findings: Mapping[str, str] = settings.get("findings", {})
    return [
        PartWeight(part, round(weight, 4), findings.get(part, NOT_COMPARED))
        for part, weight in weights.items()
    ]
