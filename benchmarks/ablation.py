"""What each part of the model brings: one thing changed at a time, the settings otherwise chosen.

Run: python -m benchmarks.ablation DATA [name ...]
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.quality import DATA_SETS
from embeddings.data.dataset import TrainingGraph
from embeddings.data.splitting import seen, split
from embeddings.evaluation.metrics import ByPerson, by_person
from embeddings.training.config import TrainingConfig
from embeddings.training.factors import spectral
from embeddings.training.trainer import fit
from embeddings.training.tuning import choose

CHANGES: dict[str, dict[str, float]] = {
    "the defaults, nothing chosen": {},
    "width 64": {"hidden": 64},
    "width 128": {"hidden": 128},
    "ridge 3": {"ridge": 3.0},
    "ridge 48": {"ridge": 48.0},
    "popularity exponent 0": {"popularity_exponent": 0.0},
    "popularity exponent 0.4": {"popularity_exponent": 0.4},
    "recency 0": {"recency": 0.0},
    "recency 2": {"recency": 2.0},
    "prior weight 0": {"prior_weight": 0.0},
    "prior weight 1": {"prior_weight": 1.0},
    "no transitions": {"transitions_weight": 0.0},
    "transitions weight 3": {"transitions_weight": 3.0},
    "no attributes": {"content_steps": 0},
}
EXPONENTS = {
    "degree exponents 0 and 0": (0.0, 0.0),
    "degree exponents 0 (people) and 0.25 (drinks)": (0.0, 0.25),
    "degree exponents 0.5 and 0.5": (0.5, 0.5),
}


@contextmanager
def exponents(person: float, drink: float) -> Iterator[None]:
    before = spectral.PERSON_EXPONENT, spectral.DRINK_EXPONENT
    spectral.PERSON_EXPONENT, spectral.DRINK_EXPONENT = person, drink
    yield
    spectral.PERSON_EXPONENT, spectral.DRINK_EXPONENT = before


def variants(graph: TrainingGraph) -> Iterator[tuple[str, ByPerson]]:
    """Each variant's metrics on the test part."""
    parts, base = split(graph, 0), TrainingConfig(threads=1)
    masked = seen(parts.train)

    def measured(config: TrainingConfig) -> ByPerson:
        return by_person(fit(parts.train, config).scorer(), masked, parts.holdout, 20)

    yield "settings chosen", measured(choose(parts.train, base))
    for name, change in CHANGES.items():
        yield name, measured(dataclasses.replace(base, **change))
    for name, (person, drink) in EXPONENTS.items():
        with exponents(person, drink):
            # a ridge suits one scale: here it is chosen anew, from a wide range
            scales = (0.1, 1.0, 16.0, 100.0, 300.0)
            tried = [measured(dataclasses.replace(base, ridge=ridge)) for ridge in scales]
            yield f"{name}, best ridge", max(tried, key=lambda metrics: float(metrics.ndcg.mean()))


def main(arguments: Sequence[str]) -> None:
    """Print a Markdown table."""
    data, names = Path(arguments[0]), arguments[1:] or ["lastfm_300_people", "amazon_grocery"]
    print("| data | variant | Recall@20 | NDCG@20 |\n|---|---|---|---|")
    for name in names:
        for variant, metrics in variants(DATA_SETS[name](data)):
            error = metrics.ndcg.std(ddof=1) / np.sqrt(metrics.ndcg.size)
            recall, ndcg = metrics.recall.mean(), metrics.ndcg.mean()
            row = f"| {name} | {variant} | {recall:.4f} | {ndcg:.4f} ± {error:.4f} |"
            print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
