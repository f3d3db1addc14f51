"""By what means a model is trained: which workers, what is kept on the way, where it begins."""

from __future__ import annotations

from dataclasses import dataclass, field

from embeddings.training.factors.warm_start import LastModel
from embeddings.training.workers.checkpoints import Checkpoint
from embeddings.training.workers.worker_group import WorkerGroup


@dataclass(frozen=True)
class TrainingRuntime:
    """Alone, nothing kept, from a random beginning, unless said otherwise."""

    workers: WorkerGroup = field(default_factory=WorkerGroup)
    checkpoints: Checkpoint = field(default_factory=Checkpoint)
    last: LastModel | None = None
