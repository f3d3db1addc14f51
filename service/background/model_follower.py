"""Following the models in use: a running server ranks with a new one within a second."""

from __future__ import annotations

import asyncio
import logging
import time

from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact, ModelError
from graph.connection import Graph
from graph.models.shadows import InUse, Totals, count_shadow, models_in_use
from recommend.experiments.shadow import Shadow
from recommend.state.snapshot_store import SnapshotStore
from service.metrics import ServiceMetrics

PAUSE = 0.4
REFUSED_PAUSE = 10.0

log = logging.getLogger("tastegraph.models")


class ModelLoader:
    """Loads models; one whose files cannot be read is counted once, and tried again later."""

    def __init__(self, store: ModelStore, metrics: ServiceMetrics) -> None:
        self._store = store
        self._metrics = metrics
        self._refused: dict[str, float] = {}

    async def load(self, version: str, what: str) -> ModelArtefact | None:
        """Return a model, `what` being its part here; None if its files cannot be read now."""
        if time.monotonic() - self._refused.get(version, float("-inf")) < REFUSED_PAUSE:
            return None
        try:
            artefact = await asyncio.to_thread(self._store.load, version)
        except (ModelError, ValueError, KeyError, OSError) as error:
            self.refuse(version, what, error)
            return None
        self._refused.pop(version, None)
        return artefact

    def refuse(self, version: str, what: str, error: Exception) -> None:
        """Count a model once; its files may still arrive or be repaired, so look again later."""
        if version not in self._refused:
            self._metrics.model_failures.inc()
            log.error("%s %s is not used: %s", what, version, error)
        self._refused[version] = time.monotonic()


class ModelFollower:
    """Loads what the graph names as the active model and as its shadow, whenever that changes."""

    def __init__(
        self,
        graph: Graph,
        snapshots: SnapshotStore,
        store: ModelStore,
        metrics: ServiceMetrics,
        shadow: Shadow | None = None,
    ) -> None:
        self._graph = graph
        self._snapshots = snapshots
        self._metrics = metrics
        self._loader = ModelLoader(store, metrics)
        self._shadow = shadow
        self._version = snapshots.model_version

    async def catch_up(self) -> None:
        """Load the models in use; keep the previous one if a model's files cannot be read."""
        used = await models_in_use(self._graph)
        self._metrics.model_stale.set(used.stale)
        await self._follow_active(used.active)
        if self._shadow:
            await self._follow_shadow(self._shadow, used)

    async def _follow_active(self, version: str | None) -> None:
        if version is None or version == self._version:
            return
        artefact = await self._loader.load(version, "the active model")
        if artefact is None:
            return
        try:
            await self._snapshots.use_model(artefact)
        except (ModelError, ValueError, KeyError) as error:
            self._loader.refuse(version, "the active model", error)
            return
        self._version = version
        log.info("ranking with model %s", version)

    async def _follow_shadow(self, shadow: Shadow, used: InUse) -> None:
        if used.shadow is None:
            shadow.use(None, 0.0)
        elif used.shadow == shadow.version:
            shadow.use(shadow.artefact, used.share)
        else:
            artefact = await self._loader.load(used.shadow, "the shadow")
            shadow.use(artefact, used.share)


class ShadowCounter:
    """Writes what this process compared to the graph, now and then."""

    def __init__(self, graph: Graph, shadow: Shadow) -> None:
        self._graph = graph
        self._shadow = shadow

    async def flush(self) -> None:
        """Write what was compared since last time; what cannot be written waits."""
        version, totals = self._shadow.version, self._shadow.totals
        if version is None or not (totals.compared or totals.skipped):
            return
        self._shadow.totals = Totals()
        try:
            await count_shadow(self._graph, version, totals)
        except BaseException:
            if self._shadow.version == version:
                self._shadow.totals.add(totals)
            raise
