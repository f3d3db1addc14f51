"""What can be made to need two people."""

from __future__ import annotations

from enum import StrEnum


class Guarded(StrEnum):
    """Withdrawals of recalls, and the replacing of the master key."""

    RECALLS = "recalls"
    MASTER_KEYS = "master-keys"
