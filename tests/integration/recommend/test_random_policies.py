"""Whatever policies draw and rankings pick, in worlds that change: nothing unsafe.

A case is one list. `TASTEGRAPH_CASES` says how many decisions there are in all, over both engines.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Sequence

import pytest

from events.impressions import Impression
from graph.connection import Graph
from graph.experiments.exposures import Exposure
from graph.people.profiles import Profile
from learning.policies.book import PolicyBook
from learning.policies.names import POLICIES
from learning.policies.rewards import Reward, Rewards
from recommend.ranking.interleaving import Team
from recommend.ranking.policy import Plan
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest
from recommend.ranking.reranking import RerankingOptions
from tests.support.api import Api
from tests.support.changes import Writer
from tests.support.expectations import safe
from tests.support.random_graphs import random_world, write
from tests.support.random_offers import furnish, write_offers

CASES = int(os.environ.get("TASTEGRAPH_CASES", "2000"))
LISTS = 40
WORLDS = math.ceil(CASES / 2 / (LISTS * 5))
TEAMS = (Team("as-is", RerankingOptions()), Team("varied", RerankingOptions(diversity=0.7)))


class AnyPolicy:
    """Draws each list by another policy, or interleaves two rankings."""

    def __init__(self, draw: random.Random, drinks: Sequence[str]) -> None:
        self._draw = draw
        rewards = Rewards()
        rewards.add(
            Reward(draw.choice(drinks), draw.randint(1, 9), draw.gauss(0, 1), draw.randint(0, 1))
            for _ in range(500)
        )
        self._book = PolicyBook(rewards)

    async def plan(self, request: RecommendationRequest, profile: Profile) -> Plan:
        name = self._draw.choice((*POLICIES, "interleaved"))
        if name == "interleaved":
            return Plan(request.reranking, teams=TEAMS)
        return Plan(request.reranking, exploration=self._book.exploration(name))


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_what_policies_draw_is_what_the_rule_allows(graph: Graph, seed: int) -> None:
    draw = random.Random(seed)
    world = random_world(9000 + seed, drinks=draw.choice((8, 16, 40)), people=5)
    furnish(draw, world)
    await write(world, graph)
    await write_offers(world, graph)
    api = Api(graph)
    await api.start()
    shown: list[Impression] = []

    def note(
        impression: Impression, exposures: Sequence[Exposure] = (), *, disagreed: bool
    ) -> None:
        shown.append(impression)

    policy = AnyPolicy(draw, world.ids("drink"))
    recommender = Recommender(
        graph, api.snapshots, api.metrics, api._clock, note=note, policy=policy
    )
    writer = Writer(world, graph, draw)
    people, decisions, drawn = sorted(world.people), 0, 0
    for _ in range(LISTS):
        for _ in range(draw.choice((0, 0, 1))):
            await draw.choice(writer.harmful if draw.random() < 0.3 else writer.ordinary)()
        user = draw.choice(people)
        shown.clear()
        found = await recommender.recommend(RecommendationRequest(user, draw.randint(1, 12)))
        ids = [item.drink.id for item in found.items]
        assert set(ids) <= safe(world, user), (seed, user)
        assert len(set(ids)) == len(ids)
        decisions += len(ids)
        for impression in shown:
            assert [drink.drink_id for drink in impression.drinks] == ids
            assert impression.safe >= len(ids) and impression.recommendation_id == found.id
            assert all(0 < drink.propensity <= 1 for drink in impression.drinks)
            drawn += sum(bool(drink.under or drink.team) for drink in impression.drinks)
    await api.settle()
    assert drawn > 0 or not decisions
