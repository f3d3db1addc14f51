"""One worker of several that train a model on a generated graph; the first writes it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch

from embeddings.training.config import TrainingConfig
from embeddings.training.pipeline import retrain
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.workers.worker_group import ProcessGroup
from service.training.torchrun import workers_of
from tests.unit.embeddings.worlds import checkerboard

CONFIG = TrainingConfig(
    hidden=16,
    choice=False,
    content_steps=40,
    graph=float(os.environ.get("GRAPH", 0)),
    graph_width=16,
    graph_rounds=10,
)


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    workers = workers_of(os.environ)
    if isinstance(workers, ProcessGroup) and workers.rank:
        if os.environ.get("DIES"):
            os.abort()
        workers.serve()
        return
    graph = checkerboard(people=300, drinks=90, share=0.2)
    artefact = retrain(graph, CONFIG, k=5, runtime=TrainingRuntime(workers)).artefact
    workers.shutdown()
    artefact.save(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
