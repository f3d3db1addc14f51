"""What is loaded once, before there are workers: catalogue, model, schema, application."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console

from embeddings.registry.store import ModelStore
from gql.schema import make_schema
from graph.catalogue.kept import CatalogueFiles
from graph.clock import utc_now
from graph.connection import Graph
from recommend.state.loaded import Loaded
from recommend.state.snapshot_store import SnapshotStore
from service.background.jobs import Expiry
from service.background.model_follower import ModelFollower
from service.cli.server import prepared
from service.cli.workers.application import Application
from service.http.demo import Demo
from service.metrics import ServiceMetrics
from service.opening import open_graph
from service.settings import Settings


@dataclass(frozen=True)
class Made:
    """What all workers of a generation have; nothing in it has a thread, a socket or a loop."""

    loaded: Loaded
    application: Application
    demo: Demo | None


async def made(settings: Settings, console: Console, *, empty: bool) -> Made:
    """Prepare the graph, and return what is made from it. Raises a GraphError."""
    async with open_graph(settings) as (graph, _):
        demo = await prepared(graph, settings, console, empty=empty)
        loaded = await _loaded(settings, graph)
    loaded.complete()
    application = Application(make_schema(), demo, settings.cors_origins)
    return Made(loaded, application, demo)


async def _loaded(settings: Settings, graph: Graph) -> Loaded:
    snapshots = SnapshotStore(graph, files=CatalogueFiles(settings.home / "catalogue"))
    await Expiry(graph, settings.shelf_life, utc_now, settings.operator).sweep()
    models = ModelStore(settings.models)
    await ModelFollower(graph, snapshots, models, ServiceMetrics()).catch_up()
    await snapshots.snapshot()
    await snapshots.keep()
    return snapshots.loaded()
