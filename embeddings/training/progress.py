"""What a training reports while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where training is: `stage`, the `epoch` of at most `epochs`; loss and NDCG where measured.

    The stages: "directions" of who had what, "transitions" between drinks, "graph" fitted, "choose"
    among settings, "parts" compared, "attributes" fitted.
    """

    stage: str
    epoch: int
    epochs: int
    loss: float | None = None
    ndcg: float | None = None


Report = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """Report nothing."""
