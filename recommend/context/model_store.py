"""Keeping the context model as recent as the purchases in the graph."""

from __future__ import annotations

from graph.connection import Graph
from graph.memory import give_back
from recommend.context.model import ContextModel, load_context_model
from recommend.state.snapshot_store import SnapshotStore


class ContextModelStore:
    """The current context model; a model itself never changes."""

    def __init__(
        self, graph: Graph, snapshots: SnapshotStore, model: ContextModel | None = None
    ) -> None:
        """Start with a model; without one no context has an effect."""
        self._graph = graph
        self._snapshots = snapshots
        self._model = model or ContextModel()

    @property
    def current(self) -> ContextModel:
        """The model to answer requests with."""
        return self._model

    async def refresh(self) -> None:
        """Learn the model again. On a GraphError, keep the previous one and raise."""
        drinks = (await self._snapshots.snapshot()).catalogue.drinks
        self._model = await load_context_model(self._graph, drinks)
        give_back()
