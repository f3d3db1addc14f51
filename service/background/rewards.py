"""Following what lists earn, for policies that learn: from the log, a minute behind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from events.log import LogUnavailable
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from learning.attribution.joining import JoinedList, Joiner
from learning.attribution.reading import impressions_and_outcomes
from learning.experiments.policy import ExperimentPolicy
from learning.policies.names import LEARNED
from learning.policies.rewards import Reward, Rewards, features_of
from recommend.state.snapshot_store import SnapshotStore
from service.background.event_stream import EventStream

PAUSE = 60.0
DAYS = 28
WINDOW_MS = 3_600_000
"""A drink was opened if that was within an hour: who learns from a day learns a day late."""


class RewardFollower:
    """Adds up what came of lists, while a policy that learns draws any."""

    def __init__(
        self,
        graph: Graph,
        stream: EventStream,
        snapshots: SnapshotStore,
        policy: ExperimentPolicy,
        rewards: Rewards,
        clock: Clock = utc_now,
    ) -> None:
        self._graph = graph
        self._stream = stream
        self._snapshots = snapshots
        self._policy = policy
        self._rewards = rewards
        self._clock = clock
        self._joiners: dict[int, Joiner] = {}
        self._next: dict[int, int] = {}

    async def catch_up(self) -> None:
        """Add what has come in since the last time, and whose hour is over. Raises a GraphError."""
        if not self._policy.draws_by & LEARNED:
            return
        log = self._stream.log
        try:
            await log.ready()
            if not self._next:
                since = milliseconds(self._clock() - timedelta(days=DAYS))
                self._next = {
                    part: await log.offset_at(part, since) for part in range(log.partitions)
                }
            await self._read()
        except LogUnavailable:
            return  # the stream says so; what is missed is read next time

    async def _read(self) -> None:
        log, letters = self._stream.log, self._stream.letters
        async for found in impressions_and_outcomes(self._graph, log, letters, self._next):
            joiner = self._joiners.setdefault(found.partition, Joiner(WINDOW_MS))
            self._rewards.add(
                self._earned(joiner.joined(found.impressions, found.outcomes, found.received))
            )
            self._next[found.partition] = found.end
        now = milliseconds(self._clock())
        for joiner in self._joiners.values():
            self._rewards.add(self._earned(joiner.closed(now)))

    def _earned(self, lists: Iterable[JoinedList]) -> Iterable[Reward]:
        current = self._snapshots.current
        for joined in lists:
            for drink in joined.shown.drinks:
                row = current.catalogue.row_of.get(drink.drink_id) if current else None
                known = current.catalogue.drinks[row] if current and row is not None else None
                yield Reward(
                    drink.drink_id,
                    drink.place,
                    drink.relevance or 0.0,
                    float(drink.drink_id in joined.opened),
                    features_of(known) if known else None,
                )
