"""Following the active model: a running server ranks with a new one within a second."""

from __future__ import annotations

import asyncio
import logging
import time

from embeddings.artefact import ModelArtefact, ModelError
from embeddings.lifecycle import active_version
from embeddings.registry import ModelStore
from graph.connection import Graph
from recommend.keeper import Keeper
from service.metrics import Metrics

PAUSE = 0.4
REFUSED_PAUSE = 10.0

log = logging.getLogger("tastegraph.models")


class ModelFollower:
    """Loads the model that the graph names as active, whenever that changes."""

    def __init__(self, graph: Graph, keeper: Keeper, store: ModelStore, metrics: Metrics) -> None:
        self._graph = graph
        self._keeper = keeper
        self._store = store
        self._metrics = metrics
        self._version: str | None = None
        self._refused: str | None = None
        self._refused_at = 0.0

    async def catch_up(self) -> None:
        """Use the active model; keep the one before if its files cannot be read."""
        version = await active_version(self._graph)
        if version is None or version == self._version or self._was_refused(version):
            return
        try:
            artefact: ModelArtefact = await asyncio.to_thread(self._store.load, version)
            await self._keeper.use_model(artefact)
        except (ModelError, ValueError, KeyError, OSError) as error:
            self._refuse(version, error)
            return
        self._version, self._refused = version, None
        log.info("ranking with model %s", version)

    def _was_refused(self, version: str) -> bool:
        return version == self._refused and time.monotonic() - self._refused_at < REFUSED_PAUSE

    def _refuse(self, version: str, error: Exception) -> None:
        """Count a model once; its files may still arrive or be put right, so look again later."""
        if version != self._refused:
            self._metrics.model_failures.inc()
            log.error("the active model %s is not used: %s", version, error)
        self._refused, self._refused_at = version, time.monotonic()
