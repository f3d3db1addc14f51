"""What people may use, by who asks: somebody signed out, a person, a developer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CostLimits:
    """The most that one operation may cost, in objects of its answer."""

    signed_out: int = 5_000
    person: int = 25_000
    developer: int = 100_000


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Requests a second; those who are signed out are told apart by address. 0 means no limit."""

    signed_out: float = 50.0
    person: float = 50.0
    developer: float = 500.0
