"""The composition root: everything is built here, once, and passed down."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from graph.catalogue.kept import CatalogueFiles
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.engine.embedded import EmbeddedEngine
from recommend.state.snapshot_store import SnapshotStore
from service.access.key_ring import PAUSE, USES_PAUSE, KeyRing
from service.background.change_stream import ChangeStream, open_changes
from service.background.event_stream import make_collector, open_stream
from service.background.jobs import in_background, last_flush, repeat
from service.components import Components, dependencies_of
from service.http.auth import KeySet, Verifier
from service.http.limits.connection_limits import ConnectionLimits, within_descriptors
from service.http.limits.rates import Rates
from service.http.limits.turns import Turns
from service.http.readiness import Readiness
from service.http.service import Service
from service.http.trusted_documents import read_trusted_documents
from service.http.websocket import OpenSockets
from service.metrics import ServiceMetrics
from service.opening import local_key, open_graph
from service.settings import Settings
from service.sharing import ALONE, Sharing
from service.work import work_of


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
    settings: Settings,
    graph: Graph,
    engine: EmbeddedEngine | None,
    clock: Clock = utc_now,
    sharing: Sharing = ALONE,
) -> AsyncGenerator[Service]:
    """Yield the service on an open graph, with its catalogue and its active model in memory.

    A process that is one of several shares some of it with the others.
    """
    verifier = KeyRing(graph, make_verifier(settings), clock)
    documents = read_trusted_documents(settings.documents)
    limits = _connection_limits(settings, sharing)
    metrics = ServiceMetrics(sharing.metrics)
    async with AsyncExitStack() as closing:
        closing.callback(sharing.lead.release)
        files = CatalogueFiles(settings.home / "catalogue")
        snapshots = SnapshotStore(graph, clock, files, sharing.loaded, sharing.call)
        stream = await closing.enter_async_context(
            open_stream(settings, graph, metrics, snapshots.forget_each, clock)
        )
        changes = await closing.enter_async_context(open_changes(settings, graph, metrics, clock))
        here = replace(settings, kept_answers=sharing.part_of(settings.kept_answers))
        parts = Components.of(here, graph, snapshots, stream, metrics, clock)
        await parts.load(sharing)
        await verifier.catch_up()
        turns = sharing.turns(settings)
        _watch(metrics, parts, limits, turns, sharing)
        dependencies = dependencies_of(settings, graph, parts, verifier, metrics, clock)
        closing.push_async_callback(last_flush, parts.impressions)
        closing.push_async_callback(sharing.lead.only(snapshots.keep))
        closing.push_async_callback(verifier.close)
        work = work_of(graph, engine, parts, sharing, consume=settings.consume)
        work += sharing.work(metrics, snapshots)
        work += [repeat(verifier.catch_up, PAUSE), repeat(verifier.note_used, USES_PAUSE)]
        work += [changes.run()] if changes and sharing.keeps else []
        if parts.windows:
            closing.push_async_callback(parts.windows.close)
        if parts.results:
            closing.push_async_callback(parts.results.close)
        await closing.enter_async_context(in_background(work))
        closing.push_async_callback(parts.versions.close)
        closing.push_async_callback(parts.alerts.close)
        if parts.gate:
            closing.push_async_callback(parts.gate.close)
        closing.callback(dependencies.reading.close)
        yield Service(
            dependencies,
            verifier,
            metrics,
            graph,
            OpenSockets(),
            Rates(settings.rate_limits, buckets=sharing.buckets()),
            turns,
            documents,
            limits,
            Readiness(graph),
            make_collector(stream, snapshots, settings.home, clock),
            settings.write_keys,
            changes if isinstance(changes, ChangeStream) else None,
        )


def _connection_limits(settings: Settings, sharing: Sharing) -> ConnectionLimits:
    most, most_each = settings.connections
    here = within_descriptors(most)
    trusted = settings.trusted_proxies
    return ConnectionLimits(
        most, most_each, trusted, sharing.counts(), most_here=here, sharing=sharing.workers
    )


def _watch(
    metrics: ServiceMetrics,
    parts: Components,
    limits: ConnectionLimits,
    turns: Turns,
    sharing: Sharing,
) -> None:
    """Let the gauges ask when they are read."""
    metrics.workers.set(sharing.serves)
    metrics.restarts.inc(sharing.replaces)
    metrics.follow(metrics.drinks, lambda: float(_drinks(parts.snapshots)))
    metrics.follow(metrics.catalogue_version, lambda: float(_version(parts.snapshots)))
    metrics.follow(metrics.connections, lambda: float(limits.open))
    metrics.follow(metrics.waiting, lambda: float(turns.waiting))
    metrics.follow(metrics.subscriptions, lambda: float(parts.versions.subscriptions))
    metrics.follow(metrics.trends_age, lambda: parts.trends.age)


def make_verifier(settings: Settings) -> Verifier:
    """Return the token verifier: an identity provider's keys, or a key of our own."""
    if settings.jwks_url:
        return KeySet(
            settings.jwks_url, settings.jwt_issuer, settings.jwt_audience, settings.role_claims
        )
    return local_key(settings.home)


def _drinks(snapshots: SnapshotStore) -> int:
    return len(snapshots.current.catalogue.drinks) if snapshots.current else 0


def _version(snapshots: SnapshotStore) -> int:
    return snapshots.current.catalogue.version if snapshots.current else -1
