"""The composition root: everything is built here, once, and passed down."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from embeddings.registry.store import ModelStore
from events.recording import record
from gql.request.context import Dependencies
from gql.request.cursors import Cursors
from graph.catalogue.kept import CatalogueFiles
from graph.clock import Clock, utc_now
from graph.connection import Graph
from graph.engine.embedded import EmbeddedEngine
from graph.people.consent_texts import read_consent_texts
from graph.verdicts.confirmed_gate import ConfirmedGate
from learning.experiments.policy import ExperimentPolicy
from learning.policies.book import PolicyBook
from learning.policies.rewards import Rewards
from learning.polls.definition import read_polls
from learning.polls.polling import Polling
from learning.triggers.definition import Triggers, read_triggers
from learning.triggers.offers import Offers
from learning.triggers.sink import KIND as TRIGGERS
from learning.triggers.sink import TriggerSink
from recommend.alerts.watch import AlertWatch
from recommend.context.model_store import ContextModelStore
from recommend.context.trends import TrendStore
from recommend.experiments.shadow import Shadow
from recommend.ranking.pages import Pages
from recommend.ranking.recommender import Recommender
from recommend.state.snapshot_store import SnapshotStore
from recommend.tracking.erasure import Eraser, Store
from recommend.tracking.impressions import ImpressionLog
from recommend.watching.lists import ListWatch
from recommend.watching.versions import VersionWatch
from service.background.change_stream import ChangeStream, open_changes
from service.background.event_stream import (
    LAG_PAUSE,
    RETENTION_PAUSE,
    EventStream,
    make_collector,
    open_stream,
)
from service.background.experiments import GUARD_PAUSE, ExperimentFollower
from service.background.experiments import PAUSE as EXPERIMENTS_PAUSE
from service.background.jobs import (
    CHECKING_PAUSE,
    CONTEXTS_PAUSE,
    ENGINE_PAUSE,
    ERASURES_PAUSE,
    EXPIRY_PAUSE,
    FORGETTING_PAUSE,
    KEEPING_PAUSE,
    OFFERS_PAUSE,
    POPULARITY_PAUSE,
    SHADOW_COUNT_PAUSE,
    SHADOW_PAUSE,
    Expiry,
    Work,
    in_background,
    last_flush,
    repeat,
    watch_engine,
)
from service.background.model_follower import PAUSE as MODEL_PAUSE
from service.background.model_follower import ModelFollower, ShadowCounter
from service.background.rewards import PAUSE as REWARDS_PAUSE
from service.background.rewards import RewardFollower
from service.background.windows import (
    COMPUTE_PAUSE,
    FOLLOW_PAUSE,
    TrendFollower,
    compute,
    follow,
    make_follower,
    make_runner,
)
from service.http.auth import KeySet, Verifier, guest_of
from service.http.limits.connection_limits import ConnectionLimits, within_descriptors
from service.http.limits.rates import Rates
from service.http.limits.turns import Turns
from service.http.readiness import Readiness
from service.http.service import Service
from service.http.trusted_documents import read_trusted_documents
from service.http.websocket import OpenSockets
from service.metrics import ServiceMetrics
from service.opening import audit_log, cursor_key, local_key, open_graph
from service.settings import Settings
from service.sharing import ALONE, Sharing
from streams.flink.follower import ResultsFollower
from streams.runner import WindowRunner


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
    verifier = make_verifier(settings)
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
        parts = _Components.of(here, graph, snapshots, stream, metrics, clock)
        await parts.load(sharing)
        turns = sharing.turns(settings)
        _watch(metrics, parts, limits, turns, sharing)
        dependencies = _dependencies(settings, graph, parts, verifier, clock)
        closing.push_async_callback(last_flush, parts.impressions)
        closing.push_async_callback(sharing.lead.only(snapshots.keep))
        closing.push_async_callback(verifier.close)
        work = _work(graph, engine, parts, sharing, consume=settings.consume)
        work += sharing.work(metrics, snapshots)
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


@dataclass(frozen=True)
class _Components:
    """What requests and the work in the background share, one of each."""

    snapshots: SnapshotStore
    context_models: ContextModelStore
    impressions: ImpressionLog
    versions: VersionWatch
    alerts: AlertWatch
    lists: ListWatch
    shadow: Shadow
    gate: ConfirmedGate | None
    recommender: Recommender
    pages: Pages
    eraser: Eraser
    follower: ModelFollower
    experiments: ExperimentFollower
    rewards: RewardFollower
    expiry: Expiry
    stream: EventStream
    trends: TrendStore
    trend_follower: TrendFollower
    windows: WindowRunner | None
    results: ResultsFollower | None

    @staticmethod
    def of(
        settings: Settings,
        graph: Graph,
        snapshots: SnapshotStore,
        stream: EventStream,
        metrics: ServiceMetrics,
        clock: Clock,
    ) -> _Components:
        impressions = ImpressionLog(
            graph, metrics, settings.remember_days, clock, stream.log, stream.kept
        )
        shadow = Shadow(snapshots, metrics, clock)
        rewards = Rewards()
        policy = ExperimentPolicy(
            impressions.shown,
            settings.holdout,
            on=settings.remember_days > 0,
            policies=PolicyBook(rewards),
            policy=settings.policy,
        )
        models = ModelStore(settings.models)
        kept = settings.kept_answers
        gate = ConfirmedGate(graph, kept, metrics) if kept else None
        recommender = Recommender(
            graph,
            snapshots,
            metrics,
            clock,
            note=impressions.note,
            answered=shadow.answered,
            policy=policy,
            gate=gate,
        )
        versions = VersionWatch(graph, snapshots)
        pages = Pages(recommender)
        trends = TrendStore(clock)
        windows = make_runner(settings, stream.log, metrics, clock)
        stores: list[Store] = [stream.kept, windows] if windows else [stream.kept]
        return _Components(
            snapshots=snapshots,
            context_models=ContextModelStore(graph, snapshots),
            impressions=impressions,
            versions=versions,
            alerts=AlertWatch(graph, snapshots, impressions, metrics, versions, clock),
            lists=ListWatch(graph, versions, recommender, metrics),
            shadow=shadow,
            gate=gate,
            recommender=recommender,
            pages=pages,
            eraser=Eraser(graph, [snapshots, impressions, shadow, pages], clock, stores),
            follower=ModelFollower(graph, snapshots, models, metrics, shadow),
            experiments=ExperimentFollower(
                graph, policy, snapshots, models, metrics, clock, settings.holdout
            ),
            rewards=RewardFollower(graph, stream, snapshots, policy, rewards, clock),
            expiry=Expiry(graph, settings.shelf_life, clock, settings.operator),
            stream=stream,
            trends=trends,
            trend_follower=TrendFollower(settings.features, trends),
            windows=windows,
            results=make_follower(settings, clock),
        )

    async def load(self, sharing: Sharing) -> None:
        """Bring the catalogue and the active model into memory, nothing too old among it."""
        if sharing.loaded:
            await self.snapshots.refresh(sharing.loaded.snapshot)
        else:
            await self.expiry.sweep()
        await self.follower.catch_up()
        await self.snapshots.snapshot()
        await self.experiments.catch_up()
        await self.trend_follower.catch_up()


def _dependencies(
    settings: Settings, graph: Graph, parts: _Components, verifier: Verifier, clock: Clock
) -> Dependencies:
    recording = partial(record, graph, clock=clock, log=parts.stream.log)
    triggers = read_triggers(settings.triggers) if settings.triggers else Triggers()
    if settings.triggers:
        sink = TriggerSink(graph, parts.snapshots, triggers, clock)
        parts.stream.telling.relay.add_kind(TRIGGERS, sink)
    offers = Offers(graph, parts.recommender, triggers, clock)
    polls = read_polls(settings.polls)
    asking = (graph, parts.snapshots, parts.recommender, recording, polls, clock, offers)
    return Dependencies(
        graph=graph,
        snapshots=parts.snapshots,
        recommender=parts.recommender,
        context_models=parts.context_models,
        record=recording,
        impressions=parts.impressions,
        alerts=parts.alerts,
        lists=parts.lists,
        eraser=parts.eraser,
        audit=audit_log(settings.home, clock),
        pages=parts.pages,
        polling=Polling(*asking),
        offers=offers,
        trends=parts.trends,
        consent_texts=read_consent_texts(settings.consent_texts),
        ask_first=settings.ask_first,
        cost_limits=settings.cost_limits,
        clock=clock,
        guest_of=partial(guest_of, verifier),
        logged=parts.stream.of_people,
        check_model=ModelStore(settings.models).load,
        cursors=Cursors(cursor_key(settings.home)),
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
    parts: _Components,
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


def _work(
    graph: Graph,
    engine: EmbeddedEngine | None,
    parts: _Components,
    sharing: Sharing,
    *,
    consume: bool,
) -> list[Work]:
    """Return what runs for as long as the service does, some of it in one process only."""
    lead = sharing.lead
    impressions, shadow, eraser = parts.impressions, parts.shadow, parts.eraser
    work: list[Work] = [
        repeat(parts.follower.catch_up, MODEL_PAUSE),
        repeat(parts.experiments.catch_up, EXPERIMENTS_PAUSE),
        repeat(lead.only(parts.experiments.guard), GUARD_PAUSE, sparing=True),
        repeat(
            lead.only(parts.snapshots.refresh_popularity, parts.snapshots.follow_popularity),
            POPULARITY_PAUSE,
            sparing=True,
            at_once=parts.snapshots.popularity_is_old,
        ),
        parts.snapshots.warm(),
        repeat(lead.only(parts.snapshots.keep), KEEPING_PAUSE),
        repeat(lead.only(parts.snapshots.check), CHECKING_PAUSE, sparing=True),
        repeat(shadow.work, SHADOW_PAUSE, sparing=True),
        repeat(ShadowCounter(graph, shadow).flush, SHADOW_COUNT_PAUSE),
        repeat(impressions.flush, OFFERS_PAUSE),
        repeat(lead.only(impressions.forget_old), FORGETTING_PAUSE, sparing=True),
        repeat(lead.only(parts.expiry.sweep), EXPIRY_PAUSE),
        repeat(eraser.catch_up, ERASURES_PAUSE),
        repeat(lead.only(eraser.forget_old_records), FORGETTING_PAUSE, sparing=True),
        repeat(lead.only(parts.stream.measure), LAG_PAUSE),
        repeat(lead.only(parts.stream.forget_old), RETENTION_PAUSE, sparing=True),
        repeat(parts.trend_follower.catch_up, FOLLOW_PAUSE),
        parts.stream.tend_broker(),
    ]
    if sharing.serves:
        work.append(repeat(parts.rewards.catch_up, REWARDS_PAUSE, sparing=True))
        contexts = parts.context_models.refresh
        work.append(repeat(contexts, CONTEXTS_PAUSE, sparing=True, at_once=True))
    if sharing.keeps:
        work.append(parts.stream.consume() if consume else parts.stream.consume_leftover())
        work.append(parts.stream.telling.run())
        if parts.windows:
            work.append(repeat(partial(compute, parts.windows), COMPUTE_PAUSE))
        if parts.results:
            work.append(repeat(partial(follow, parts.results), COMPUTE_PAUSE))
    return [*work, repeat(partial(watch_engine, engine), ENGINE_PAUSE)] if engine else work


def make_verifier(settings: Settings) -> Verifier:
    """Return the token verifier: an identity provider's keys, or a key of our own."""
    if settings.jwks_url:
        return KeySet(settings.jwks_url, settings.jwt_issuer, settings.jwt_audience)
    return local_key(settings.home)


def _drinks(snapshots: SnapshotStore) -> int:
    return len(snapshots.current.catalogue.drinks) if snapshots.current else 0


def _version(snapshots: SnapshotStore) -> int:
    return snapshots.current.catalogue.version if snapshots.current else -1
