"""Whether the GraphSAGE should count by how many people had a drink.

    python -m benchmarks.graph_by_popularity DATA [SET ...]

Quality on validation parts alone, with the settings that were chosen for each set: what the
GraphSAGE says of a drink is multiplied by how many people had it, over the median, to a power.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from benchmarks.transitions import PEOPLE, parts_of
from embeddings.data.positives import positives
from embeddings.data.splitting import Split, seen
from embeddings.evaluation.metrics import FloatColumn, by_person
from embeddings.training.config import TrainingConfig
from embeddings.training.progress import ignore
from embeddings.training.stages import graph_part, graph_spectrum, graph_transitions
from embeddings.training.trainer import Trained

BASE = TrainingConfig(choice=False, content_steps=0)
CHOSEN = {
    "citeulike": replace(BASE, transitions_weight=20, graph=0.65, graph_halved_at=20),
    "lastfm": replace(BASE, transitions_weight=1, graph=0.8),
    "amazon_grocery": replace(
        BASE,
        transitions_weight=4,
        transitions_by_degree=False,
        graph=0.8,
        graph_halved_at=20,
        recency=2,
    ),
}
POWERS = (0.0, -0.2, -0.1, -0.05, 0.05, 0.1, 0.2)


def measured(parts: Split, config: TrainingConfig) -> list[FloatColumn]:
    """NDCG@20 by person, for each power."""
    spectrum = graph_spectrum(parts.train, config, ignore)
    transitions = graph_transitions(parts.train, config, ignore)
    part = graph_part(parts.train, config, spectrum, ignore)
    people = np.bincount(positives(parts.train).drink, minlength=len(parts.train.drinks))
    ratio = (people + 1) / (np.median(people[people > 0]) + 1)
    found: list[FloatColumn] = []
    for power in POWERS:
        targets = (part.targets * ratio[:, None] ** power).astype(np.float32)
        changed = replace(part, targets=targets)
        model = Trained(parts.train, config, spectrum, transitions=transitions, part=changed)
        held_out = parts.holdout
        found.append(by_person(model.scorer(), seen(parts.train), held_out, 20, PEOPLE).ndcg)
    return found


def main(data: str, *names: str) -> None:
    """Print a table: in brackets the gain over power 0, in its standard errors."""
    torch.set_num_threads(1)
    print("| data | " + " | ".join(f"power {power:g}" for power in POWERS) + " |")
    print("|---" * (1 + len(POWERS)) + "|")
    for name in names or CHOSEN:
        first, *others = measured(parts_of(Path(data), name), CHOSEN[name])
        cells = [f"{first.mean():.4f}"]
        for other in others:
            gain = other - first
            error = gain.std(ddof=1) / gain.size**0.5
            cells.append(f"{other.mean():.4f} ({gain.mean() / error:+.1f})")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
