"""A setting as an admin sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting; `value` is None for a secret, and for one that is not set."""

    name: str
    value: str | None
    default: str
    meaning: str
    is_set: bool
    secret: bool
