"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """The state of one thing; only a problem makes the whole unhealthy."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: what was checked, how it is, and what to do."""

    check: str
    state: State
    message: str
    advice: str = ""


def well(check: str, message: str) -> Finding:
    """Report that something is as it should be."""
    return Finding(check, State.OK, message)


def warning(check: str, message: str, advice: str) -> Finding:
    """Report that something works, but deserves a look."""
    return Finding(check, State.WARNING, message, advice)


def problem(check: str, message: str, advice: str) -> Finding:
    """Report that something does not work."""
    return Finding(check, State.PROBLEM, message, advice)
