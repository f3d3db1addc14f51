"""What requests and the work in the background share: built here, on a graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from embeddings.registry.store import ModelStore
from events.recording import record
from gql.request.context import Dependencies
from gql.request.cursors import Cursors
from graph.clock import Clock
from graph.connection import Graph
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
from recommend.tracking.erasure import Eraser, Memory, Store
from recommend.tracking.impressions import ImpressionLog
from recommend.watching.lists import ListWatch
from recommend.watching.versions import VersionWatch
from service.background.event_stream import EventStream
from service.background.experiments import ExperimentFollower
from service.background.jobs import Expiry
from service.background.model_follower import ModelFollower
from service.background.rewards import RewardFollower
from service.background.windows import TrendFollower, make_follower, make_runner
from service.doctor.running import RunningDoctor
from service.http.auth import Verifier, guest_of
from service.metrics import ServiceMetrics
from service.opening import audit_log, cursor_key
from service.settings import Settings
from service.sharing import Sharing
from streams.flink.follower import ResultsFollower
from streams.runner import WindowRunner


@dataclass(frozen=True)
class Components:
    """One of each."""

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
    ) -> Components:
        """Build them on a graph; nothing is read or started yet."""
        impressions = ImpressionLog(
            graph, metrics, settings.remember_days, clock, stream.log, stream.kept
        )
        rewards, models = Rewards(), ModelStore(settings.models)
        policy, gate = _policy(settings, impressions, rewards), _gate(settings, graph, metrics)
        shadow = Shadow(snapshots, metrics, clock)
        noted, answered = impressions.note, shadow.answered
        recommender = Recommender(graph, snapshots, metrics, clock, noted, answered, policy, gate)
        versions, pages, trends = (
            VersionWatch(graph, snapshots),
            Pages(recommender),
            TrendStore(clock),
        )
        windows = make_runner(settings, stream.log, metrics, clock)
        memories: list[Memory] = [snapshots, impressions, shadow, pages]
        stores: list[Store] = [stream.kept, windows] if windows else [stream.kept]
        return Components(
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
            eraser=Eraser(
                graph, [*memories, *([graph.sealing] if graph.sealing else [])], clock, stores
            ),
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


def _policy(settings: Settings, impressions: ImpressionLog, rewards: Rewards) -> ExperimentPolicy:
    return ExperimentPolicy(
        impressions.shown,
        settings.holdout,
        on=settings.remember_days > 0,
        policies=PolicyBook(rewards),
        policy=settings.policy,
    )


def _gate(settings: Settings, graph: Graph, metrics: ServiceMetrics) -> ConfirmedGate | None:
    kept = settings.kept_answers
    return ConfirmedGate(graph, kept, metrics) if kept else None


def dependencies_of(
    settings: Settings,
    graph: Graph,
    parts: Components,
    verifier: Verifier,
    metrics: ServiceMetrics,
    clock: Clock,
) -> Dependencies:
    """Return what resolvers use. Raises what reading polls, triggers and texts of consent does."""
    recording = partial(record, graph, clock=clock, log=parts.stream.log)
    triggers = read_triggers(settings.triggers) if settings.triggers else Triggers()
    if settings.triggers:
        alerted = metrics.trigger_alerts.inc
        sink = TriggerSink(graph, parts.snapshots, triggers, clock, alerted)
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
        models=ModelStore(settings.models),
        trends=parts.trends,
        consent_texts=read_consent_texts(settings.consent_texts),
        ask_first=settings.ask_first,
        cost_limits=settings.cost_limits,
        clock=clock,
        guest_of=partial(guest_of, verifier),
        logged=parts.stream.of_people,
        check_model=ModelStore(settings.models).load,
        cursors=Cursors(cursor_key(settings.home)),
        four_eyes_hours=settings.four_eyes_hours,
        support_minutes=settings.support_minutes,
        settings=settings.shown,
        check_health=RunningDoctor(
            settings, graph, parts.snapshots, parts.stream, metrics, clock
        ).report,
    )
