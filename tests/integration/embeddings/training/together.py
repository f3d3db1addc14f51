"""One worker of several that train a model on a generated graph; the first writes it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch

from embeddings.training.pipeline import retrain
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.trainer import TrainingConfig
from embeddings.training.workers.worker_group import Group
from service.training.torchrun import crew
from tests.unit.embeddings.worlds import checkerboard

CONFIG = TrainingConfig(hidden=16, choice=False, content_steps=40)


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    workers = crew(os.environ)
    if isinstance(workers, Group) and workers.rank:
        if os.environ.get("DIES"):
            os.abort()
        workers.help()
        return
    graph = checkerboard(people=300, drinks=90, share=0.2)
    artefact = retrain(graph, CONFIG, k=5, shop=TrainingRuntime(workers)).artefact
    workers.dismiss()
    artefact.save(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
