"""Learning by itself: trained when enough is new, tried on few, promoted or rolled back.

Each round looks at what is there and does the next step of it, so that rounds may end anywhere, and
another process may go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from embeddings.registry import lifecycle
from embeddings.registry.store import ModelStore
from embeddings.training.content.trainer import TrainingFailed
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.errors import TastegraphError
from graph.experiments.records import ExperimentRecord, ExperimentState
from graph.models.records import RegisteredModel, mark_stale, models
from graph.people.histories import events_since
from learning.errors import ExperimentRefused
from learning.operations import Experiments
from learning.results.canary import (
    CONTROL,
    NEWER,
    CanaryStep,
    canary_of,
    is_open,
    model_of,
    next_step,
)
from learning.results.verdict import VerdictKind
from service.training.retrain import Retrained

log = logging.getLogger("tastegraph.learning")

FEWEST_EVENTS = 100
NEW_SHARE = 0.05
"""New are enough events when they are a twentieth of those that the newest model learned from."""

Train = Callable[[bool], Awaitable[Retrained]]
"""Trains a model, and makes it active at once if told to and if it passes the gate."""

LookForDrift = Callable[[str, int], Awaitable[str | None]]
"""Returns what has changed for a model after a moment (epoch ms), in words; None: nothing."""


async def no_drift(model: str, since: int) -> str | None:
    """Look for no drift."""
    return None


@dataclass(frozen=True)
class LearningPlan:
    """How many new events are enough (None: by `NEW_SHARE`), and how long each share lasts."""

    events: int | None = None
    hours: float = 24.0


@dataclass(frozen=True)
class Learner:
    """Does the next step of learning; `by` is who, for the history."""

    graph: Graph
    store: ModelStore
    experiments: Experiments
    train: Train
    plan: LearningPlan
    by: str
    clock: Clock = utc_now
    drift: LookForDrift = no_drift

    async def round(self) -> list[str]:
        """Do what is due, and return it in words.

        Raises a GraphError, ExperimentRefused, ModelRefused, or TrainingFailed.
        """
        canary = next(filter(is_open, await self.experiments.all()), None)
        if canary:
            return await self._go_on(canary)
        return await self._train_if_due()

    async def _train_if_due(self) -> list[str]:
        known = await models(self.graph)
        active = await lifecycle.active_model(self.graph)
        why = await self._why_train(known[0], active) if known else "there was none"
        if why is None:
            return []
        if active:
            await mark_stale(self.graph, active.version, why, self.clock)
        trained = await self.train(active is None)
        version, reason = trained.artefact.version, trained.decision.reason
        if not trained.decision.passed:
            return [f"Model {version} was trained, since {why}, and refused: {reason}."]
        if active is None:
            return [f"Model {version} is active: {reason}."]
        canary = await self.experiments.draft(canary_of(version, why), self.by)
        begun = await self._go_on(canary)
        return [f"Model {version} was trained, since {why}: {reason}.", *begun]

    async def _why_train(
        self, newest: RegisteredModel, active: RegisteredModel | None
    ) -> str | None:
        """Return why it is time to train, in words: enough is new, or drift is seen."""
        since = milliseconds(datetime.fromisoformat(newest.trained_at))
        learned_from = int(newest.lineage.get("events") or 0)
        wanted = self.plan.events or max(FEWEST_EVENTS, round(NEW_SHARE * learned_from))
        new = await events_since(self.graph, since)
        if new >= wanted:
            return f"{new:,} events are new"
        return await self.drift(active.version, since) if active else None

    async def _go_on(self, canary: ExperimentRecord) -> list[str]:
        """Do the next step of a canary."""
        shown = await self.experiments.show(canary.id)
        active = await lifecycle.active_model(self.graph)
        coming = next_step(
            shown.record,
            shown.verdict,
            active.version if active else None,
            milliseconds(self.clock()),
            self.plan.hours,
        )
        if coming.step is CanaryStep.RAMP:
            return [await self._ramp(shown.record, coming.ramp)]
        if coming.step is CanaryStep.PROMOTE:
            return [await self._promote(shown.record, shown.verdict.kind, coming.why)]
        if coming.step is CanaryStep.ROLL_BACK:
            return [await self._roll_back(shown.record, coming.why)]
        return []

    async def _ramp(self, canary: ExperimentRecord, ramp: float) -> str:
        move = self.experiments.ramp
        if canary.state is ExperimentState.DRAFT:
            move = self.experiments.start
        await move(canary.id, ramp, self.by)
        return f"Model {model_of(canary)} is tried on {ramp / 2:.1%} of people."

    async def _promote(self, canary: ExperimentRecord, kind: VerdictKind, why: str) -> str:
        """Make the model active first: whoever finds it so knows how the canary ended."""
        version = model_of(canary)
        artefact = await asyncio.to_thread(self.store.load, version)
        await lifecycle.activate(self.graph, artefact, self.by)
        await self._stop(canary, "It did no harm.")
        despite = None if kind is VerdictKind.SHIP else "A canary only has to do no harm."
        await self.experiments.decide(canary.id, NEWER, self.by, "It did no harm.", despite)
        return f"Model {version} is active: it did no harm. {why}"

    async def _roll_back(self, canary: ExperimentRecord, why: str) -> str:
        await self._stop(canary, why)
        try:
            await self.experiments.decide(canary.id, CONTROL, self.by, why)
        except ExperimentRefused:  # a split that cannot be trusted, which is the reason
            await self.experiments.decide(canary.id, CONTROL, self.by, why, why)
        return f"Model {model_of(canary)} ranks for nobody any more: {why}"

    async def _stop(self, canary: ExperimentRecord, why: str) -> None:
        if canary.state is ExperimentState.RUNNING:
            await self.experiments.stop(canary.id, self.by, why)


async def go_on(learner: Learner, pause: float, say: Callable[[list[str]], None]) -> NoReturn:
    """Do rounds with so many seconds between them.

    What a round could not do is logged, and tried again in the next.
    """
    while True:
        try:
            say(await learner.round())
        except (TastegraphError, TrainingFailed) as error:
            log.warning("this round did not end: %s", error)
        await asyncio.sleep(pause)
