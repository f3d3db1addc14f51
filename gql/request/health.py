"""How the running service is, for those who run it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was checked; `state` is ok, warning or problem."""

    check: str
    state: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class HealthFigures:
    """What the service holds, and what all its workers counted since they started."""

    drinks: int = 0
    catalogue_version: int = -1
    model_version: str | None = None
    requests: int = 0
    failed_requests: int = 0
    disagreements: int = 0
    contradictions: int = 0


@dataclass(frozen=True, slots=True)
class HealthReport:
    """All that was checked, and counted."""

    checks: Sequence[HealthCheck] = ()
    figures: HealthFigures = field(default_factory=HealthFigures)


CheckHealth = Callable[[], Awaitable[HealthReport]]


async def unchecked() -> HealthReport:
    """Return nothing: where nobody checks."""
    return HealthReport()
