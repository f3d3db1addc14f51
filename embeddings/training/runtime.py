"""By what means a model is trained: who helps, what is kept on the way, and where it begins."""

from __future__ import annotations

from dataclasses import dataclass, field

from embeddings.training.factors.warm_start import LastModel
from embeddings.training.workers.checkpoints import Checkpoint
from embeddings.training.workers.worker_group import Crew


@dataclass(frozen=True)
class TrainingRuntime:
    """Alone, nothing kept, from a random beginning, unless said otherwise."""

    crew: Crew = field(default_factory=Crew)
    unfinished: Checkpoint = field(default_factory=Checkpoint)
    last: LastModel | None = None
