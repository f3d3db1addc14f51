"""Following the active model: a running server ranks with a new one within a second."""

from __future__ import annotations

import asyncio
import logging

from embeddings.artefact import ModelArtefact, ModelError
from embeddings.lifecycle import active_version
from embeddings.registry import ModelStore
from graph.connection import Graph
from graph.errors import GraphError
from recommend.keeper import Keeper
from service.metrics import Metrics

PAUSE = 0.4

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

    async def follow(self) -> None:
        """Look for a new active model for ever; a graph that is away is asked again."""
        while True:
            try:
                await self.catch_up()
            except GraphError as error:
                log.warning("the active model is not known: %s", error.message)
            await asyncio.sleep(PAUSE)

    async def catch_up(self) -> None:
        """Use the active model; keep the one before if its files cannot be read."""
        version = await active_version(self._graph)
        if version is None or version in (self._version, self._refused):
            return
        try:
            artefact: ModelArtefact = await asyncio.to_thread(self._store.load, version)
        except (ModelError, ValueError) as error:
            self._refused = version
            self._metrics.model_failures.inc()
            log.error("the active model %s is not used: %s", version, error)
            return
        await self._keeper.use_model(artefact)
        self._version, self._refused = version, None
        log.info("ranking with model %s", version)
