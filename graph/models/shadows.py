"""Shadows in the graph: which model is compared with the active one, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.clock import Clock, iso_microseconds, utc_now
from graph.connection import Graph
from graph.query_files import load

SHADOW_MODEL = load("training/shadow_model")
STOP_SHADOW = load("training/stop_shadow")
COUNT_SHADOW = load("training/count_shadow")
MODELS_IN_USE = load("training/models_in_use")


@dataclass(frozen=True)
class InUse:
    """The active model's version, and the shadow's with the share of requests it is compared at.

    `stale`: the active one should be replaced by a newer one.
    """

    active: str | None
    shadow: str | None
    share: float
    stale: bool = False


@dataclass
class Totals:
    """Comparisons so far: how many, how many were skipped, and sums of what was found."""

    compared: int = 0
    skipped: int = 0
    overlap: float = 0.0
    correlation: float = 0.0
    seconds: float = 0.0

    def add(self, other: Totals) -> None:
        """Add other totals to these."""
        self.compared += other.compared
        self.skipped += other.skipped
        self.overlap += other.overlap
        self.correlation += other.correlation
        self.seconds += other.seconds


async def models_in_use(graph: Graph) -> InUse:
    """Return what servers follow."""
    rows = await graph.run(MODELS_IN_USE)
    ranking = next((row for row in rows if row["status"] == "active"), None)
    active, stale = (ranking["version"], ranking["stale"]) if ranking else (None, False)
    shadows = [row for row in rows if row["status"] != "active" and row["shadowShare"] > 0]
    if not shadows:
        return InUse(active, None, 0.0, stale)
    return InUse(active, shadows[0]["version"], float(shadows[0]["shadowShare"]), stale)


async def start_shadow(graph: Graph, version: str, share: float, clock: Clock = utc_now) -> bool:
    """Compare a model with the active one from now on; False if it is active or not known."""
    return bool(
        await graph.run(SHADOW_MODEL, version=version, share=share, at=iso_microseconds(clock()))
    )


async def stop_shadow(graph: Graph) -> list[str]:
    """Compare no more; return the versions that were compared."""
    return [row["version"] for row in await graph.run(STOP_SHADOW)]


async def count_shadow(graph: Graph, version: str, totals: Totals, clock: Clock = utc_now) -> None:
    """Add comparisons to a model's record."""
    await graph.run(
        COUNT_SHADOW,
        version=version,
        at=iso_microseconds(clock()),
        compared=totals.compared,
        skipped=totals.skipped,
        overlap=totals.overlap,
        correlation=totals.correlation,
        seconds=totals.seconds,
    )


def means(shadow: Mapping[str, Any]) -> dict[str, float]:
    """Return the mean overlap, rank correlation and seconds of what was compared; none of none."""
    compared = int(shadow.get("compared", 0))
    if not compared:
        return {}
    return {name: shadow[name] / compared for name in ("overlap", "correlation", "seconds")}
