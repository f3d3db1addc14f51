"""The composition root: everything is built here, once, and passed down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from embeddings.registry.store import ModelStore
from events.recording import record
from gql.request.context import Parts
from gql.request.cursors import Cursors
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.engine.embedded import EmbeddedEngine
from recommend.alerts.watch import AlertWatch
from recommend.context.model import Occasions, load_occasions
from recommend.experiments.shadow import Shadow
from recommend.ranking.pages import Pages
from recommend.ranking.recommender import Recommender
from recommend.state.snapshot_store import Keeper
from recommend.tracking.erasure import Forgetting
from recommend.tracking.impressions import OffersMade
from service.background.jobs import (
    ENGINE_PAUSE,
    ERASURES_PAUSE,
    EXPIRY_PAUSE,
    FORGETTING_PAUSE,
    OCCASIONS_PAUSE,
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
from service.http.auth import KeySet, Verifier
from service.http.connection_limits import Doors, within_descriptors
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
    doors = Doors(within_descriptors(most), most_each, settings.trusted_proxies)
    keeper = Keeper(graph)
    offers = OffersMade(graph, metrics, settings.remember_days, clock)
    alerts = AlertWatch(graph, keeper, offers, metrics, clock=clock)
    shadow = Shadow(keeper, metrics, clock)
    recommender = Recommender(
        graph, keeper, metrics, clock, note=offers.note, answered=shadow.answered
    )
    pages = Pages(recommender)
    forgetting = Forgetting(graph, [keeper, offers, shadow, pages], clock)
    follower = ModelFollower(graph, keeper, ModelStore(settings.models), metrics, shadow)
    expiry = Expiry(graph, settings.shelf_life, clock, settings.operator)
    await expiry.sweep()
    await follower.catch_up()
    await keeper.snapshot()
    metrics.drinks.set_function(lambda: float(_drinks(keeper)))
    metrics.catalogue_version.set_function(lambda: float(_version(keeper)))
    metrics.connections.set_function(lambda: float(doors.open))
    metrics.subscriptions.set_function(lambda: float(alerts.listeners))
    parts = Parts(
        graph=graph,
        keeper=keeper,
        recommender=recommender,
        occasions=Occasions(),
        record=partial(record, graph, clock=clock),
        offers=offers,
        alerts=alerts,
        forgetting=forgetting,
        pages=pages,
        cost_limits=settings.cost_limits,
        clock=clock,
        cursors=Cursors(cursor_key(settings.home)),
    )

    async def refresh_occasions() -> None:
        drinks = (await keeper.snapshot()).catalogue.drinks
        parts.occasions = await load_occasions(graph, drinks)

    work = [
        repeat(follower.catch_up, MODEL_PAUSE),
        repeat(keeper.refresh_popularity, POPULARITY_PAUSE, sparing=True),
        repeat(refresh_occasions, OCCASIONS_PAUSE, sparing=True, at_once=True),
        repeat(shadow.work, SHADOW_PAUSE, sparing=True),
        repeat(ShadowCounter(graph, shadow).flush, SHADOW_COUNT_PAUSE),
        repeat(offers.flush, OFFERS_PAUSE),
        repeat(offers.forget_old, FORGETTING_PAUSE, sparing=True),
        repeat(expiry.sweep, EXPIRY_PAUSE),
        repeat(forgetting.catch_up, ERASURES_PAUSE),
        repeat(forgetting.forget_old_records, FORGETTING_PAUSE, sparing=True),
    ]
    if engine:
        work.append(repeat(partial(watch_engine, engine), ENGINE_PAUSE))
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield Service(
            parts,
            verifier,
            metrics,
            graph,
            OpenSockets(),
            Rates(settings.rate_limits),
            documents,
            doors,
            Readiness(graph),
        )
    finally:
        parts.reading.close()
        await alerts.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await verifier.close()
        await last_flush(offers)


def make_verifier(settings: Settings) -> Verifier:
    """Return what checks tokens: an identity provider's keys, or a key of our own."""
    if settings.jwks_url:
        return KeySet(settings.jwks_url, settings.jwt_issuer, settings.jwt_audience)
    return local_key(settings.home)


def _drinks(keeper: Keeper) -> int:
    return len(keeper.current.catalogue.drinks) if keeper.current else 0


def _version(keeper: Keeper) -> int:
    return keeper.current.catalogue.version if keeper.current else -1
