"""What each part of a model brings: python -m benchmarks.parts DATA [SET ...].

Quality on validation parts alone: the test parts are not looked at. The rest is at its defaults,
without attributes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks.transitions import PEOPLE, SETS, parts_of
from embeddings.data.splitting import Split, seen
from embeddings.evaluation.metrics import ByPerson, by_person
from embeddings.training.config import TrainingConfig
from embeddings.training.progress import ignore
from embeddings.training.stages import graph_part, graph_spectrum, graph_transitions
from embeddings.training.trainer import Trained

CONFIG = TrainingConfig(choice=False, content_steps=0)
WEIGHTS = (0.35, 0.65, 0.8, 1.0)


def measured(parts: Split) -> Iterator[tuple[str, ByPerson, float]]:
    """Yield (what the model has, quality by person, processor seconds of that part)."""
    start = time.process_time()
    spectrum = graph_spectrum(parts.train, CONFIG, ignore)
    seconds = [time.process_time() - start]
    transitions = graph_transitions(parts.train, CONFIG, ignore)
    seconds.append(time.process_time() - start - sum(seconds))
    part = graph_part(parts.train, replace(CONFIG, graph=1.0), spectrum, ignore)
    seconds.append(time.process_time() - start - sum(seconds))

    def quality(model: Trained) -> ByPerson:
        return by_person(model.scorer(), seen(parts.train), parts.holdout, 20, PEOPLE)

    yield "closed form", quality(Trained(parts.train, CONFIG, spectrum)), seconds[0]
    both = Trained(parts.train, CONFIG, spectrum, transitions=transitions)
    yield "and transitions", quality(both), seconds[1]
    for weight in WEIGHTS:
        name = "GraphSAGE alone" if weight == 1.0 else f"and GraphSAGE at {weight}"
        config = replace(CONFIG, graph=weight)
        whole = Trained(parts.train, config, spectrum, transitions=transitions, part=part)
        yield name, quality(whole), seconds[2]


def main(data: str, *names: str) -> None:
    """Print a table."""
    torch.set_num_threads(2)
    print("| data | parts | Recall@20 | NDCG@20 | over both others | seconds of the part |")
    print("|---|---|---|---|---|---|")
    for name in names or SETS:
        rows = list(measured(parts_of(Path(data), name)))
        base = rows[1][1].ndcg
        for parts, metrics, seconds in rows:
            gain = metrics.ndcg - base
            error = gain.std(ddof=1) / gain.size**0.5
            shown = f"{gain.mean() / error:+.1f}" if error and "GraphSAGE" in parts else ""
            ndcg = f"{metrics.ndcg.mean():.4f} ± {metrics.ndcg.std(ddof=1) / gain.size**0.5:.4f}"
            recall = metrics.recall.mean()
            print(f"| {name} | {parts} | {recall:.4f} | {ndcg} | {shown} | {seconds:.0f} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
