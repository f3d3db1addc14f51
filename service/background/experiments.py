"""Following the experiments that run: a server assigns people to a new one within a second."""

from __future__ import annotations

import logging

from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact, ModelError
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.experiments.records import change_experiment, running_experiments
from learning.experiments.holdout import holdout_begun
from learning.experiments.lifecycle import Step
from learning.experiments.policy import ExperimentPolicy
from learning.results.guarding import stop_harmful
from recommend.state.snapshot_store import SnapshotStore
from service.background.model_follower import ModelLoader
from service.metrics import ServiceMetrics

PAUSE = 1.0
GUARD_PAUSE = 20.0
WHAT = "the model of an arm"

log = logging.getLogger("tastegraph.experiments")


class ExperimentFollower:
    """Hands the policy what runs, and loads the models that arms name."""

    def __init__(
        self,
        graph: Graph,
        policy: ExperimentPolicy,
        snapshots: SnapshotStore,
        store: ModelStore,
        metrics: ServiceMetrics,
        clock: Clock = utc_now,
        holdout: float = 0.0,
    ) -> None:
        """Follow experiments; a `holdout` of people is measured as one of its own."""
        self._holdout = holdout
        self._graph = graph
        self._clock = clock
        self._policy = policy
        self._snapshots = snapshots
        self._loader = ModelLoader(store, metrics)
        self._models: dict[str, ModelArtefact] = {}

    async def catch_up(self) -> None:
        """Follow what runs now. Raises a GraphError; what ran before goes on then."""
        if self._holdout:
            await self._begin_holdout(self._holdout)
        self._policy.use(await running_experiments(self._graph))
        wanted = self._policy.models
        if wanted != self._models.keys():
            await self._use(await self._loaded(wanted))

    async def _begin_holdout(self, share: float) -> None:
        step = Step("tastegraph", milliseconds(self._clock()))
        await change_experiment(self._graph, lambda records: holdout_begun(records, share, step))
        self._holdout = 0.0  # once is enough: it stays in the graph

    async def guard(self) -> None:
        """Stop experiments that do harm. Raises a GraphError."""
        for told in await stop_harmful(self._graph, self._clock):
            log.warning("%s", told)

    async def _loaded(self, wanted: set[str]) -> dict[str, ModelArtefact]:
        models: dict[str, ModelArtefact] = {}
        for version in sorted(wanted):
            model = self._models.get(version) or await self._loader.load(version, WHAT)
            if model:
                models[version] = model
        return models

    async def _use(self, models: dict[str, ModelArtefact]) -> None:
        if models.keys() == self._models.keys():
            return
        try:
            await self._snapshots.use_others(list(models.values()))
        except (ModelError, ValueError, KeyError) as error:
            for version in models.keys() - self._models.keys():
                self._loader.refuse(version, WHAT, error)
            return
        self._models = models
        self._policy.use_models(models.keys())
