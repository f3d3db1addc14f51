"""What runs for as long as the service does."""

from __future__ import annotations

from functools import partial

from graph.connection import Graph
from graph.engine.embedded import EmbeddedEngine
from service.background.event_stream import LAG_PAUSE, RETENTION_PAUSE
from service.background.experiments import GUARD_PAUSE
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
    Work,
    repeat,
    watch_engine,
)
from service.background.model_follower import PAUSE as MODEL_PAUSE
from service.background.model_follower import ShadowCounter
from service.background.rewards import PAUSE as REWARDS_PAUSE
from service.background.windows import COMPUTE_PAUSE, FOLLOW_PAUSE, compute, follow
from service.components import Components
from service.sharing import Sharing


def work_of(
    graph: Graph,
    engine: EmbeddedEngine | None,
    parts: Components,
    sharing: Sharing,
    *,
    consume: bool,
) -> list[Work]:
    """Return what runs in this process, of a number that share a home."""
    work = [*_following(graph, parts, sharing), *_tending(parts, sharing)]
    if sharing.serves:
        work += _serving(parts)
    if sharing.keeps:
        work += _keeping(parts, consume=consume)
    return [*work, repeat(partial(watch_engine, engine), ENGINE_PAUSE)] if engine else work


def _following(graph: Graph, parts: Components, sharing: Sharing) -> list[Work]:
    """Bring into memory what is new in the graph, and write what was noted for it."""
    lead, shadow = sharing.lead, parts.shadow
    return [
        repeat(parts.follower.catch_up, MODEL_PAUSE),
        repeat(parts.experiments.catch_up, EXPERIMENTS_PAUSE),
        repeat(
            lead.only(parts.snapshots.refresh_popularity, parts.snapshots.follow_popularity),
            POPULARITY_PAUSE,
            sparing=True,
            at_once=parts.snapshots.popularity_is_old,
        ),
        parts.snapshots.warm(),
        repeat(shadow.work, SHADOW_PAUSE, sparing=True),
        repeat(ShadowCounter(graph, shadow).flush, SHADOW_COUNT_PAUSE),
        repeat(parts.impressions.flush, OFFERS_PAUSE),
        repeat(parts.eraser.catch_up, ERASURES_PAUSE),
        repeat(parts.trend_follower.catch_up, FOLLOW_PAUSE),
        parts.stream.tend_broker(),
    ]


def _tending(parts: Components, sharing: Sharing) -> list[Work]:
    """Keep house; the process that leads does it for all."""
    lead, snapshots, stream = sharing.lead, parts.snapshots, parts.stream
    return [
        repeat(lead.only(parts.experiments.guard), GUARD_PAUSE, sparing=True),
        repeat(lead.only(snapshots.keep), KEEPING_PAUSE),
        repeat(lead.only(snapshots.check), CHECKING_PAUSE, sparing=True),
        repeat(lead.only(parts.impressions.forget_old), FORGETTING_PAUSE, sparing=True),
        repeat(lead.only(parts.expiry.sweep), EXPIRY_PAUSE),
        repeat(lead.only(parts.eraser.forget_old_records), FORGETTING_PAUSE, sparing=True),
        repeat(lead.only(stream.measure), LAG_PAUSE),
        repeat(lead.only(stream.forget_old), RETENTION_PAUSE, sparing=True),
    ]


def _serving(parts: Components) -> list[Work]:
    """Learn what only those who answer use."""
    contexts = parts.context_models.refresh
    return [
        repeat(parts.rewards.catch_up, REWARDS_PAUSE, sparing=True),
        repeat(contexts, CONTEXTS_PAUSE, sparing=True, at_once=True),
    ]


def _keeping(parts: Components, *, consume: bool) -> list[Work]:
    """Do what one process does for all who share a home."""
    stream = parts.stream
    work: list[Work] = [
        stream.consume() if consume else stream.consume_leftover(),
        stream.telling.run(),
    ]
    if parts.windows:
        work.append(repeat(partial(compute, parts.windows), COMPUTE_PAUSE))
    if parts.results:
        work.append(repeat(partial(follow, parts.results), COMPUTE_PAUSE))
    return work
