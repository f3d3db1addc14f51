"""The composition root: everything is built here, once, and passed down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from embeddings.registry.store import ModelStore
from events.recording import record
from gql.request.context import Dependencies
from gql.request.cursors import Cursors
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.engine.embedded import EmbeddedEngine
from recommend.alerts.watch import AlertWatch
from recommend.context.model_store import ContextModelStore
from recommend.experiments.shadow import Shadow
from recommend.ranking.pages import Pages
from recommend.ranking.recommender import Recommender
from recommend.state.snapshot_store import SnapshotStore
from recommend.tracking.erasure import Eraser
from recommend.tracking.impressions import ImpressionLog
from service.background.jobs import (
    CONTEXTS_PAUSE,
    ENGINE_PAUSE,
    ERASURES_PAUSE,
    EXPIRY_PAUSE,
    FORGETTING_PAUSE,
    OFFERS_PAUSE,
    POPULARITY_PAUSE,
    SHADOW_COUNT_PAUSE,
    SHADOW_PAUSE,
    Expiry,
    last_flush,
    repeat,
    watch_engine,
)
from service.background.model_follower import PAUSE as MODEL_PAUSE
from service.background.model_follower import ModelFollower, ShadowCounter
from service.http.auth import KeySet, Verifier, guest_of
from service.http.connection_limits import ConnectionLimits, within_descriptors
from service.http.rates import Rates
from service.http.readiness import Readiness
from service.http.service import Service
from service.http.trusted_documents import read_trusted_documents
from service.http.websocket import OpenSockets
from service.metrics import Metrics
from service.opening import cursor_key, local_key, open_graph
from service.settings import Settings


@asynccontextmanager
async def open_service(settings: Settings) -> AsyncGenerator[Service]:
    """Yield the service on the graph that the settings name."""
    async with (
        open_graph(settings) as (graph, engine),
        run_service(settings, graph, engine) as service,
    ):
        yield service


@asynccontextmanager
async def run_service(
    settings: Settings, graph: Graph, engine: EmbeddedEngine | None, clock: Clock = utc_now
) -> AsyncGenerator[Service]:
    """Yield the service on an open graph, with its catalogue and its active model in memory."""
    verifier = make_verifier(settings)
    documents = read_trusted_documents(settings.documents)
    metrics = Metrics()
    most, most_each = settings.connections
    connection_limits = ConnectionLimits(
        within_descriptors(most), most_each, settings.trusted_proxies
    )
    snapshots = SnapshotStore(graph)
    context_models = ContextModelStore(graph, snapshots)
    impressions = ImpressionLog(graph, metrics, settings.remember_days, clock)
    alerts = AlertWatch(graph, snapshots, impressions, metrics, clock=clock)
    shadow = Shadow(snapshots, metrics, clock)
    recommender = Recommender(
        graph, snapshots, metrics, clock, note=impressions.note, answered=shadow.answered
    )
    pages = Pages(recommender)
    eraser = Eraser(graph, [snapshots, impressions, shadow, pages], clock)
    follower = ModelFollower(graph, snapshots, ModelStore(settings.models), metrics, shadow)
    expiry = Expiry(graph, settings.shelf_life, clock, settings.operator)
    await expiry.sweep()
    await follower.catch_up()
    await snapshots.snapshot()
    metrics.drinks.set_function(lambda: float(_drinks(snapshots)))
    metrics.catalogue_version.set_function(lambda: float(_version(snapshots)))
    metrics.connections.set_function(lambda: float(connection_limits.open))
    metrics.subscriptions.set_function(lambda: float(alerts.listeners))
    dependencies = Dependencies(
        graph=graph,
        snapshots=snapshots,
        recommender=recommender,
        context_models=context_models,
        record=partial(record, graph, clock=clock),
        impressions=impressions,
        alerts=alerts,
        eraser=eraser,
        pages=pages,
        cost_limits=settings.cost_limits,
        clock=clock,
        guest_of=partial(guest_of, verifier),
        cursors=Cursors(cursor_key(settings.home)),
    )

    work = [
        repeat(follower.catch_up, MODEL_PAUSE),
        repeat(snapshots.refresh_popularity, POPULARITY_PAUSE, sparing=True),
        repeat(context_models.refresh, CONTEXTS_PAUSE, sparing=True, at_once=True),
        repeat(shadow.work, SHADOW_PAUSE, sparing=True),
        repeat(ShadowCounter(graph, shadow).flush, SHADOW_COUNT_PAUSE),
        repeat(impressions.flush, OFFERS_PAUSE),
        repeat(impressions.forget_old, FORGETTING_PAUSE, sparing=True),
        repeat(expiry.sweep, EXPIRY_PAUSE),
        repeat(eraser.catch_up, ERASURES_PAUSE),
        repeat(eraser.forget_old_records, FORGETTING_PAUSE, sparing=True),
    ]
    if engine:
        work.append(repeat(partial(watch_engine, engine), ENGINE_PAUSE))
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield Service(
            dependencies,
            verifier,
            metrics,
            graph,
            OpenSockets(),
            Rates(settings.rate_limits),
            documents,
            connection_limits,
            Readiness(graph),
        )
    finally:
        dependencies.reading.close()
        await alerts.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await verifier.close()
        await last_flush(impressions)


def make_verifier(settings: Settings) -> Verifier:
    """Return the token verifier: an identity provider's keys, or a key of our own."""
    if settings.jwks_url:
        return KeySet(settings.jwks_url, settings.jwt_issuer, settings.jwt_audience)
    return local_key(settings.home)


def _drinks(snapshots: SnapshotStore) -> int:
    return len(snapshots.current.catalogue.drinks) if snapshots.current else 0


def _version(snapshots: SnapshotStore) -> int:
    return snapshots.current.catalogue.version if snapshots.current else -1
