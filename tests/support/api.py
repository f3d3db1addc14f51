"""The API of one running service, as the composition root builds it, without HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import strawberry

from embeddings.data.dataset import FloatArray
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from events.recording import record
from gql.request.context import Context, Dependencies
from gql.request.cursors import Cursors
from gql.request.policy import Role
from gql.schema import make_schema
from graph.clock import utc_now
from graph.connection import Graph
from graph.verdicts.confirmed_gate import ConfirmedGate
from learning.experiments.policy import ExperimentPolicy
from learning.polls.definition import read_polls
from learning.polls.polling import Polling
from learning.triggers.definition import Triggers
from learning.triggers.offers import Offers
from recommend.alerts.watch import AlertWatch
from recommend.context.model import ContextModel
from recommend.context.model_store import ContextModelStore
from recommend.context.trends import Trends, TrendStore
from recommend.ranking.pages import Pages
from recommend.ranking.recommender import Recommender
from recommend.state.snapshot import Snapshot
from recommend.state.snapshot_store import SnapshotStore
from recommend.tracking.erasure import Eraser
from recommend.tracking.impressions import ImpressionLog
from recommend.watching.lists import ListWatch
from recommend.watching.versions import VersionWatch
from service.metrics import ServiceMetrics
from service.opening import audit_log
from tests.support.random_offers import TODAY

Answer = dict[str, Any]

_ITEM = """
fragment item on Recommendation {
  rank score drink { id name } safety { status catalogueVersion verdicts { allergenId verdict } }
}
fragment wrong on Failure { message advice }
"""
_OFFER = """
fragment offer on Recommendations {
  items { ...item } modelVersion catalogueVersion recommendationId allergiesDeclared
}
"""
_PAGE = "fragment page on DrinkPage { items { ...item } endCursor catalogueVersion }"

PATHS = {
    "recommendations": """
query ($first: Int!, $filter: DrinkFilter, $context: Context, $exclude: [ID!], $boosts: [Boost!],
       $diversity: Float! = 0, $rotation: Float! = 0, $minimumRelevance: Float) {
  answer: recommendations(
    first: $first, filter: $filter, context: $context, exclude: $exclude, boosts: $boosts,
    diversity: $diversity, rotation: $rotation, minimumRelevance: $minimumRelevance
  ) { __typename ...offer ...wrong } }"""
    + _OFFER
    + _ITEM,
    "popularDrinks": """
query ($first: Int!, $filter: DrinkFilter, $boosts: [Boost!], $diversity: Float! = 0) {
  answer: popularDrinks(first: $first, filter: $filter, boosts: $boosts, diversity: $diversity) {
    __typename ...offer ...wrong } }"""
    + _OFFER
    + _ITEM,
    "similarDrinks": """
query ($drinkId: ID!, $first: Int!, $filter: DrinkFilter, $boosts: [Boost!],
       $diversity: Float! = 0) {
  answer: similarDrinks(
    drinkId: $drinkId, first: $first, filter: $filter, boosts: $boosts, diversity: $diversity
  ) { __typename ...offer ...wrong } }"""
    + _OFFER
    + _ITEM,
    "trendingDrinks": """
query ($first: Int!, $filter: DrinkFilter, $boosts: [Boost!], $diversity: Float! = 0) {
  answer: trendingDrinks(first: $first, filter: $filter, boosts: $boosts, diversity: $diversity) {
    __typename ...offer ...wrong } }"""
    + _OFFER
    + _ITEM,
    "drinksNear": """
query ($first: Int!, $filter: DrinkFilter, $boosts: [Boost!], $diversity: Float! = 0,
       $id: ID! = "flavor-0") {
  answer: drinksNear(
    kind: FLAVOR, id: $id, first: $first, filter: $filter, boosts: $boosts, diversity: $diversity
  ) { __typename ...offer ...wrong } }"""
    + _OFFER
    + _ITEM,
    "drinks": """
query ($first: Int!, $after: ID, $filter: DrinkFilter) {
  answer: drinks(first: $first, after: $after, filter: $filter) {
    __typename ...page ...wrong } }"""
    + _PAGE
    + _ITEM,
}

_CONTEXT_MODEL = ContextModel(
    {
        ("daypart", "evening"): {("kind", "coffee"): -3.0, ("style", "style-1"): 2.0},
        ("season", "winter"): {("kind", "tea"): 4.0, ("flavor", "flavor-0"): -1.0},
    }
)


class AllTrending(Trends):
    """Trends in which every drink there is rises, each by its own."""

    def scores(self, snapshot: Snapshot, place: str) -> FloatArray:
        ids = [drink.id for drink in snapshot.catalogue.drinks]
        return np.array([hash((place, id_)) % 89 for id_ in ids], dtype=np.float32)


@dataclass(frozen=True)
class Claims:
    """Somebody who is signed in."""

    user_id: str
    roles: frozenset[Role] = frozenset({Role.PERSON})
    developer: bool = False


class Api:
    """One service process: its own memory, its own metrics, over a graph that others write too."""

    def __init__(
        self,
        graph: Graph,
        artefact: ModelArtefact | None = None,
        triggers: Triggers | None = None,
    ) -> None:
        self.metrics = ServiceMetrics()
        self.today = TODAY
        self.snapshots = SnapshotStore(graph)
        offers = ImpressionLog(graph, self.metrics, days=30)
        self.experiments = ExperimentPolicy(offers.shown)
        self.gate = ConfirmedGate(
            graph, 10_000, self.metrics, settled=0, pause=3600, now=lambda: 1.0
        )
        recommender = Recommender(
            graph,
            self.snapshots,
            self.metrics,
            clock=self._clock,
            note=offers.note,
            policy=self.experiments,
            gate=self.gate,
        )
        self.versions = VersionWatch(graph, self.snapshots)
        pages = Pages(recommender)
        trends = TrendStore()
        trends.replace(AllTrending(as_of=2**62))
        offers_made = Offers(graph, recommender, triggers or Triggers(), self._clock)
        self.dependencies = Dependencies(
            graph=graph,
            snapshots=self.snapshots,
            recommender=recommender,
            context_models=ContextModelStore(graph, self.snapshots, _CONTEXT_MODEL),
            record=partial(record, graph),
            impressions=offers,
            alerts=AlertWatch(
                graph, self.snapshots, offers, self.metrics, self.versions, self._clock
            ),
            lists=ListWatch(graph, self.versions, recommender, self.metrics),
            audit=audit_log(Path(mkdtemp()), self._clock),
            eraser=Eraser(graph, [self.snapshots, offers, pages]),
            pages=pages,
            polling=Polling(
                graph,
                self.snapshots,
                recommender,
                partial(record, graph),
                read_polls(),
                self._clock,
                offers_made,
            ),
            offers=offers_made,
            models=ModelStore(Path(mkdtemp())),
            trends=trends,
            clock=self._clock,
            cursors=Cursors(b"one installation"),
        )
        self._schema = schema()
        self.artefact = artefact

    def _clock(self) -> datetime:
        return datetime.combine(self.today, utc_now().timetz())

    async def start(self) -> None:
        await self.snapshots.use_model(self.artefact)
        await self.snapshots.snapshot()

    async def ask(
        self, query: str, user: str | None, *, operator: bool = False, **variables: Any
    ) -> Answer:
        """The field `answer` of a request; an error that clients are not told of fails."""
        roles = {Role.PERSON, Role.OPERATOR} if operator else {Role.PERSON}
        viewer = Claims(user, frozenset(roles)) if user else None
        context = Context(self.dependencies, viewer)
        result = await self._schema.execute(query, variable_values=variables, context_value=context)
        for error in result.errors or ():
            assert (error.extensions or {}).get("code") == "GRAPH_AWAY", error.original_error
        if result.errors:
            return {"__typename": "GraphAway"}
        assert result.data is not None
        return result.data["answer"]

    async def ask_twice(
        self, query: str, user: str | None, *, operator: bool = False, **variables: Any
    ) -> Answer:
        """The second answer, once all of the first is checked: what was kept may be no longer true
        if somebody wrote by hand past the versions."""
        await self.ask(query, user, operator=operator, **variables)
        await self.gate.check()
        return await self.ask(query, user, operator=operator, **variables)

    @property
    def disagreements(self) -> float:
        return _value(self.metrics, "tastegraph_safety_disagreements_total")

    @property
    def repeats(self) -> float:
        return _value(self.metrics, "tastegraph_stale_requests_total")

    async def settle(self) -> None:
        """Wait for what is done beside requests: reading anew, and checking what was served."""
        await self.gate.check()
        running = asyncio.all_tasks()
        tasks = [task for task in running if "SnapshotStore.reload" in repr(task.get_coro())]
        await asyncio.gather(*tasks)


def _value(metrics: ServiceMetrics, name: str) -> float:
    lines = metrics.text().decode().splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(name + " "))


_MADE: list[strawberry.Schema] = []


def schema() -> strawberry.Schema:
    """The schema, made once: that takes long."""
    if not _MADE:
        _MADE.append(make_schema())
    return _MADE[0]
