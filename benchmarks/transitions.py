"""Transitions by the size of neighbourhoods: python -m benchmarks.transitions DATA [SET ...].

Quality on validation parts alone; the rest of the model at its defaults, without attributes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import quality
from benchmarks.given_splits import GIVEN, given_split
from embeddings.data.positives import positives
from embeddings.data.splitting import Split, seen, split
from embeddings.evaluation.metrics import evaluate
from embeddings.training.config import TrainingConfig
from embeddings.training.factors import neighbourhoods, whole_inverse
from embeddings.training.factors.transitions import item_transitions
from embeddings.training.progress import ignore
from embeddings.training.stages import graph_spectrum
from embeddings.training.trainer import Trained

SETS = ("lastfm", "amazon_grocery", *GIVEN)
SIZES = (0, 50, 100, 200, 400, 800)
PEOPLE = 5_000


def parts_of(data: Path, name: str) -> Split:
    """Return a training part and a validation part; the test part is not looked at."""
    if name in GIVEN:
        return given_split(data, name).choosing
    return split(split(getattr(quality, name)(data)).train, 1)


def lines(data: Path, name: str) -> Sequence[str]:
    """Return a row of the table for each size of neighbourhoods; 0 leaves transitions out."""
    parts = parts_of(data, name)
    config = TrainingConfig(choice=False, content_steps=0)
    spectrum = graph_spectrum(parts.train, config, ignore)
    shape = len(parts.train.users), len(parts.train.drinks)
    whole_inverse.LARGEST = 0  # neighbourhoods alone are looked at here
    table: list[str] = []
    for size in SIZES:
        neighbourhoods.NEIGHBOURHOOD = size
        start = time.process_time()
        transitions = item_transitions(positives(parts.train), shape) if size else None
        seconds = time.process_time() - start
        model = Trained(parts.train, config, spectrum, transitions=transitions)
        row = evaluate(model.scorer(), seen(parts.train), parts.holdout, 20, PEOPLE)
        error = row.ndcg_standard_error
        table.append(
            f"| {name} | {shape[1]:,} | {size} | {row.ndcg:.4f} ± {error:.4f} | {seconds:.0f} |"
        )
    return table


def main(data: str, *names: str) -> None:
    """Print a table."""
    print("| data | drinks | neighbourhood | NDCG@20 | processor seconds |\n|---|---|---|---|---|")
    for name in names or SETS:
        print("\n".join(lines(Path(data), name)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
