"""What people drink when: how much more a kind is wanted at a daypart or in a season."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from embeddings.dataset import FloatArray
from graph.connection import Graph, Row
from graph.query import load
from recommend.snapshot import Snapshot

KINDS_BY_CONTEXT = load("recommend/kinds_by_context")

PRIOR_EVENTS = 50.0
STRENGTH = 0.6


@dataclass(frozen=True)
class Moment:
    """When a person asks; what is not said plays no part."""

    daypart: str | None = None
    season: str | None = None


@dataclass(frozen=True)
class Occasions:
    """Lifts of kinds by context: log of how much likelier a kind is then than at any time."""

    lifts: Mapping[tuple[str, str], Mapping[str, float]] = field(
        default_factory=dict[tuple[str, str], Mapping[str, float]]
    )

    def lift(self, snapshot: Snapshot, moment: Moment) -> FloatArray:
        """Return what to add to each drink's score at a moment, float32 [drinks].

        In units of the standard deviation of one person's scores.
        """
        found = np.zeros(len(snapshot.catalogue.drinks), dtype=np.float32)
        for key in (("daypart", moment.daypart), ("season", moment.season)):
            lifts = self.lifts.get((key[0], key[1] or ""))
            if lifts:
                found += np.array(
                    [lifts.get(drink.kind or "", 0.0) for drink in snapshot.catalogue.drinks],
                    dtype=np.float32,
                )
        return found * np.float32(STRENGTH)


async def load_occasions(graph: Graph) -> Occasions:
    """Return the lifts as the events in the graph show them, smoothed towards no lift."""
    rows = await graph.run(KINDS_BY_CONTEXT, deadline=60.0)
    lifts: dict[tuple[str, str], Mapping[str, float]] = {}
    for name in ("daypart", "season"):
        counts = _counts(rows, name)
        totals = _totals(counts)
        for value, kinds in counts.items():
            lifts[name, value] = _lifts(kinds, totals)
    return Occasions(lifts)


def _counts(rows: list[Row], name: str) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row[name] is not None and row["kind"] is not None:
            kinds = counts.setdefault(row[name], {})
            kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["events"]
    return counts


def _totals(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for kinds in counts.values():
        for kind, events in kinds.items():
            totals[kind] = totals.get(kind, 0) + events
    return totals


def _lifts(kinds: Mapping[str, int], totals: Mapping[str, int]) -> dict[str, float]:
    here, overall = sum(kinds.values()), sum(totals.values())
    shares = {kind: events / overall for kind, events in totals.items()}
    return {
        kind: math.log((kinds.get(kind, 0) + PRIOR_EVENTS * share) / (here + PRIOR_EVENTS) / share)
        for kind, share in shares.items()
    }
