"""Learning by itself, on both engines: trained, tried, promoted, or rolled back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from embeddings.evaluation.promotion import PromotionDecision
from embeddings.registry import lifecycle
from embeddings.registry.store import ModelStore
from graph.clock import milliseconds, utc_now
from graph.connection import Graph
from graph.experiments.records import ExperimentState, experiments
from graph.models.active import active_version
from graph.models.shadows import models_in_use
from learning.operations import Experiments
from learning.results.canary import NEWER
from learning.results.guarding import stop_harmful
from service.training.learning import Learner, LearningPlan
from service.training.retrain import Retrained
from tests.support.emptying import ask
from tests.support.experiments import START, write_outcomes
from tests.support.models import ACCEPTED, REFUSED, put_model

DAY = timedelta(days=1)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime.fromtimestamp(START / 1000, UTC)

    def __call__(self) -> datetime:
        return self.now


class Shop:
    """A learner whose training is brief, and what it has been told to train."""

    def __init__(self, graph: Graph, store: ModelStore) -> None:
        self.graph, self.store, self.clock = graph, store, Clock()
        self.decision: PromotionDecision = ACCEPTED
        self.trained: list[str] = []
        self.drift: str | None = None
        plan = LearningPlan(events=20, hours=24)
        trials = Experiments(graph, store.load, self.clock)
        self.learner = Learner(graph, store, trials, self.train, plan, "anna", self.clock)
        self.learner = replace(self.learner, drift=self.look)

    async def look(self, model: str, since: int) -> str | None:
        return self.drift

    async def train(self, activate: bool) -> Retrained:
        artefact = await put_model(self.graph, self.store, len(self.trained) + 1, self.decision)
        self.trained.append(artefact.version)
        if activate and self.decision.passed:
            await lifecycle.activate(self.graph, artefact, "anna")
        return Retrained(artefact, self.decision)

    async def rounds(self, count: int) -> list[str]:
        """Do so many rounds, a day apart; return what they did."""
        done: list[str] = []
        for _ in range(count):
            done += await self.learner.round()
            self.clock.now += DAY
        return done


@pytest.fixture
def shop(filled: Graph, store: ModelStore) -> Shop:
    return Shop(filled, store)


async def happen(graph: Graph, count: int) -> None:
    """Let people have drinks, from now on."""
    await ask(
        graph,
        "MATCH (user:User), (drink:Drink) WITH user, drink LIMIT 1 UNWIND range(1, $count) AS n "
        "CREATE (user)-[:VIEWED {eventId: 'new-' + toString(n), type: 'view', at: $at}]->(drink) "
        "RETURN count(*) AS made",
        "write",
        count=count,
        at=milliseconds(utc_now()),
    )


async def test_the_first_model_is_active_at_once(shop: Shop) -> None:
    [said] = await shop.rounds(1)
    assert said.startswith(f"Model {shop.trained[0]} is active")
    assert await active_version(shop.graph) == shop.trained[0]
    assert await experiments(shop.graph) == []


async def test_nothing_is_trained_until_enough_is_new(shop: Shop) -> None:
    await shop.rounds(1)
    await happen(shop.graph, 19)
    assert await shop.rounds(3) == [] and len(shop.trained) == 1
    await happen(shop.graph, 1)
    assert len(await shop.rounds(1)) == 2 and len(shop.trained) == 2


async def test_drift_is_a_reason_to_train_and_makes_a_model_stale(shop: Shop) -> None:
    await shop.rounds(1)
    assert await shop.rounds(2) == []
    shop.drift, shop.decision = "tea is 50% of what people choose, and was 25%", REFUSED
    [said] = await shop.rounds(1)
    assert f"{shop.trained[1]} was trained, since tea is 50%" in said and "refused" in said
    active = await lifecycle.active_model(shop.graph)
    assert active and active.version == shop.trained[0]
    assert active.stale_why == shop.drift and active.stale_since
    assert (await models_in_use(shop.graph)).stale
    shop.decision = ACCEPTED
    await shop.rounds(5)
    assert await active_version(shop.graph) == shop.trained[2]
    assert not (await models_in_use(shop.graph)).stale
    [record] = await experiments(shop.graph)
    assert shop.drift in record.definition["hypothesis"]


async def test_a_model_that_does_no_harm_is_promoted_after_all_shares(shop: Shop) -> None:
    await shop.rounds(1)
    await happen(shop.graph, 20)
    first, second = shop.trained[0], "20261102T080000Z-00000002"
    said = await shop.rounds(4)
    assert [line.split("tried on ")[1] for line in said if "tried on" in line] == [
        "0.5% of people.",
        "5.0% of people.",
        "25.0% of people.",
        "50.0% of people.",
    ]
    assert await active_version(shop.graph) == first
    [said] = await shop.rounds(1)
    assert said.startswith(f"Model {second} is active: it did no harm")
    assert await active_version(shop.graph) == second
    [record] = await experiments(shop.graph)
    assert record.state is ExperimentState.DECIDED and record.decision
    assert record.decision["arm"] == NEWER
    assert [line.get("ramp") for line in record.history if "ramp" in line] == [0.01, 0.1, 0.5, 1.0]


async def test_what_a_guardrail_stops_is_rolled_back_and_not_tried_again(shop: Shop) -> None:
    await shop.rounds(1)
    await happen(shop.graph, 20)
    await shop.rounds(1)
    [canary] = await experiments(shop.graph)
    chances = {
        "as-is": {"VIEWED": 0.5, "PURCHASED": 0.5},
        "newer": {"VIEWED": 0.1, "PURCHASED": 0.1},
    }
    await write_outcomes(shop.graph, canary.id, chances, 600, 4)
    shop.clock.now += 6 * DAY
    assert len(await stop_harmful(shop.graph, shop.clock)) == 1
    [said] = await shop.rounds(1)
    assert said.startswith(f"Model {shop.trained[1]} ranks for nobody any more: newer has less")
    assert await active_version(shop.graph) == shop.trained[0]
    [record] = await experiments(shop.graph)
    assert record.state is ExperimentState.DECIDED and record.decision
    assert record.decision["arm"] == "as-is"
    assert await shop.rounds(3) == [] and len(shop.trained) == 2


async def test_what_the_gate_of_models_refuses_is_not_tried(shop: Shop) -> None:
    await shop.rounds(1)
    await happen(shop.graph, 20)
    shop.decision = REFUSED
    [said] = await shop.rounds(1)
    assert "and refused" in said and await experiments(shop.graph) == []
    assert await active_version(shop.graph) == shop.trained[0]


async def test_a_round_that_ended_after_promoting_is_ended_by_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.rounds(1)
    await happen(shop.graph, 20)
    await shop.rounds(4)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Experiments, "stop", killed)
        await shop.learner.round()
    assert await active_version(shop.graph) == shop.trained[1]
    [said] = await shop.rounds(1)
    assert said.startswith(f"Model {shop.trained[1]} is active")
    [record] = await experiments(shop.graph)
    assert record.decision and record.decision["arm"] == NEWER
