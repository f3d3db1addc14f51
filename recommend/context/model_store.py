"""Keeping the context model as new as the purchases in the graph."""

from __future__ import annotations

from graph.connection import Graph
from recommend.context.model import ContextModel, load_context_model
from recommend.state.snapshot_store import SnapshotStore


class ContextModelStore:
    """The current context model; a model itself never changes."""

    def __init__(
        self, graph: Graph, snapshots: SnapshotStore, model: ContextModel | None = None
    ) -> None:
        """Begin with a model; without one no context has an effect."""
        self._graph = graph
        self._snapshots = snapshots
        self._model = model or ContextModel()

    @property
    def current(self) -> ContextModel:
        """The model that requests are to be answered with."""
        return self._model

    async def refresh(self) -> None:
        """Learn the model anew. Raises a GraphError, and keeps the one before."""
        drinks = (await self._snapshots.snapshot()).catalogue.drinks
        self._model = await load_context_model(self._graph, drinks)
