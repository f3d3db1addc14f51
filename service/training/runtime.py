"""How the command trains: with which workers, from which model, resuming from checkpoints."""

from __future__ import annotations

import dataclasses

from embeddings.data.dataset import TrainingGraph
from embeddings.registry.lineage import code_version
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelError
from embeddings.training.config import TrainingConfig
from embeddings.training.factors.warm_start import LastModel
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.workers.checkpoints import CheckpointFolder, digest
from embeddings.training.workers.worker_group import WorkerGroup


def open_runtime(
    workers: WorkerGroup,
    store: ModelStore,
    data: TrainingGraph,
    config: TrainingConfig,
    last: str | None,
) -> TrainingRuntime:
    """Return a runtime in which a run on the same data, settings and code resumes.

    `last` is the version to start from; if its files are damaged it is ignored.
    """
    model = _loaded(store, last) if last else None
    origin = dataclasses.asdict(config), workers.size, model.version if model else None
    run = digest(data.fingerprint(), *origin, code_version())
    return TrainingRuntime(workers, CheckpointFolder(store.folder, run), model)


def _loaded(store: ModelStore, version: str) -> LastModel | None:
    try:
        return LastModel.of(store.load(version))
    except (ModelError, ValueError, OSError):
        return None
