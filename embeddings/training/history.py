"""What a training reported while it ran, kept beside the model's files for a later look."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from embeddings.training.progress import Progress

CURVE = "curve.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One report. A stage can run several times; `run` counts its runs from 1."""

    stage: str
    run: int
    epoch: int
    epochs: int
    loss: float | None = None
    ndcg: float | None = None


class Recorder:
    """Keeps every report in its order."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.steps: list[Step] = []

    def note(self, progress: Progress) -> None:
        """Keep a report; one that does not go on from the last of its stage begins a new run."""
        last = next((step for step in reversed(self.steps) if step.stage == progress.stage), None)
        goes_on = last is not None and last is self.steps[-1] and progress.epoch >= last.epoch
        run = (last.run if last else 0) + (not goes_on)
        self.steps.append(
            Step(progress.stage, run, progress.epoch, progress.epochs, progress.loss, progress.ndcg)
        )


def save_curve(folder: Path, steps: Sequence[Step]) -> None:
    """Write the steps into a model's folder, whole or not at all."""
    text = json.dumps([asdict(step) for step in steps], indent=1) + "\n"
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, folder / CURVE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load_curve(folder: Path) -> tuple[Step, ...]:
    """Return the steps of a model; none if none were kept or they cannot be read."""
    try:
        rows = cast(list[dict[str, Any]], json.loads((folder / CURVE).read_bytes()))
        return tuple(Step(**row) for row in rows)
    except (OSError, ValueError, TypeError):
        return ()
