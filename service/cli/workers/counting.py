"""Counting together: the numbers of each worker are in files of one folder, by its slot."""

# prometheus_client leaves these functions untyped.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead


def count_in(folder: Path, slot: int) -> None:
    """Let what is counted in this process from now on be counted there.

    A slot that another process had before goes on from its numbers.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.MultiProcessValue(lambda: slot)


def forget_gauges(folder: Path, slot: int) -> None:
    """Take away what is true only while a process lives; what it counted stays."""
    mark_process_dead(slot, str(folder))
