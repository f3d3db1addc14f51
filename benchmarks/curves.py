"""Learning curves as they are recorded: python -m benchmarks.curves DATA [SET ...] [FOLDER ...].

A set is chosen for as in a retrain, on its training part; the test part is not looked at. A folder
is a model's (TASTEGRAPH_HOME/models/VERSION), whose `curve.json` is read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from benchmarks.transitions import parts_of
from embeddings.training.config import TrainingConfig
from embeddings.training.history import Recorder, Step, load_curve
from embeddings.training.tuning import choose

SETS = ("lastfm", "amazon_grocery")


def recorded(data: Path, name: str) -> Sequence[Step]:
    """Return what is reported while settings are chosen, or what a model's folder has."""
    if Path(name).is_dir():
        return load_curve(Path(name))
    recorder = Recorder()
    choose(parts_of(data, name).train, TrainingConfig(threads=1), recorder.note)
    return recorder.steps


def lines(name: str, steps: Sequence[Step]) -> Iterator[str]:
    """Yield a row for each run that minimised a loss, and for the choice of settings."""
    runs = dict.fromkeys((step.stage, step.run) for step in steps)
    for stage, run in runs:
        mine = [step for step in steps if (step.stage, step.run) == (stage, run)]
        losses = [step.loss for step in mine if step.loss is not None]
        ndcg = [step.ndcg for step in mine if step.ndcg is not None]
        for what, values, digits in (("loss", losses, 3), ("NDCG@20", ndcg, 4)):
            if len(values) > 1:
                shown = " ".join(f"{value:.{digits}f}" for value in values)
                yield f"| {name} | {stage}, run {run} | {what} | {shown} |"


def main(data: str, *names: str) -> None:
    """Print a table."""
    torch.set_num_threads(1)
    print("| data | stage | | by round, step or setting tried |\n|---|---|---|---|")
    for name in names or SETS:
        print("\n".join(lines(Path(name).name, recorded(Path(data), name))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
