"""Decisions of exploring policies in random worlds that change, each checked by the rule's model.

.venv/bin/python -m benchmarks.exploring --decisions 1000000

A decision is a drink that a policy put in a place of somebody's list, past the masks and the gate
in the graph (embedded engine). Between lists recipes, evidence and profiles change. The
propensities of each place are summed over all drinks that might have been drawn. Simulated.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from events.impressions import Impression
from graph.connection import Graph
from graph.experiments.exposures import Exposure
from graph.people.profiles import Profile
from learning.policies.book import PolicyBook
from learning.policies.rewards import Reward, Rewards
from recommend.ranking.drawing import Exploration, Pool
from recommend.ranking.policy import Plan
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest
from service.opening import open_graph
from service.settings import read_settings
from tests.support.api import Api
from tests.support.changes import Writer
from tests.support.emptying import empty
from tests.support.expectations import safe
from tests.support.random_graphs import random_world, write
from tests.support.random_offers import furnish, write_offers

DRAWING = ("epsilon", "thompson", "linucb", "new-drinks")
DRINKS, PEOPLE, PLACES = 120, 12, 20
ROUNDS, TOGETHER, ROUNDS_A_CHANGE = 400, 16, 10
LEAST_SAFE = 25  # lists of people who may have few drinks are short, and take as long


@dataclass
class Seen:
    """What was decided so far; `off` is how far from 1 propensities of a place ever added up."""

    lists: int = 0
    unsafe: int = 0
    explored: int = 0
    off: float = 0.0
    decisions: Counter[str] = field(default_factory=Counter[str])


class Summed:
    """A policy that notes what the propensities of each place add up to."""

    def __init__(self, policy: Any, seen: Seen) -> None:
        self._policy, self._seen = policy, seen
        self.name = policy.name

    def wants(self, row_of: Mapping[str, int]) -> Any:
        return self._policy.wants(row_of)

    def begin(self, pool: Pool) -> Any:
        chances = self._policy.begin(pool)

        def summed(left: Any) -> Any:
            own = chances(left)
            self._seen.off = max(self._seen.off, abs(float(np.sum(own)) - 1.0))
            return own

        return summed


class InTurn:
    """Draws each list by the next policy."""

    def __init__(self, draw: random.Random, drinks: Sequence[str], seen: Seen) -> None:
        rewards = Rewards()
        rewards.add(
            Reward(draw.choice(drinks), draw.randint(1, 9), draw.gauss(0, 1), draw.randint(0, 1))
            for _ in range(500)
        )
        self._book, self._seen, self._turn = PolicyBook(rewards), seen, 0

    async def plan(self, request: RecommendationRequest, profile: Profile) -> Plan:
        self._turn += 1
        exploration = self._book.exploration(DRAWING[self._turn % len(DRAWING)])
        if exploration is None:
            raise AssertionError("each of these draws")
        summed: Any = Summed(exploration.policy, self._seen)
        return Plan(request.reranking, exploration=Exploration(summed, exploration.others))


async def world_of_lists(graph: Graph, seed: int, seen: Seen, most: int) -> None:
    draw = random.Random(seed)
    world = random_world(seed, drinks=DRINKS, people=PEOPLE)
    furnish(draw, world)
    await write(world, graph)
    await write_offers(world, graph)
    api = Api(graph)
    await api.start()
    shown: list[Impression] = []

    def note(shown_: Impression, exposures: Sequence[Exposure], /, *, disagreed: bool) -> None:
        shown.append(shown_)

    policy = InTurn(draw, world.ids("drink"), seen)
    recommender = Recommender(
        graph, api.snapshots, api.metrics, api.dependencies.clock, note=note, policy=policy
    )
    writer = Writer(world, graph, draw)
    allowed = {person: safe(world, person) for person in sorted(world.people)}
    people = [person for person in allowed if len(allowed[person]) >= LEAST_SAFE]
    for number in range(ROUNDS if people else 0):
        if sum(seen.decisions.values()) >= most:
            break
        if number % ROUNDS_A_CHANGE == ROUNDS_A_CHANGE - 1:
            await draw.choice(writer.harmful if draw.random() < 0.3 else writer.ordinary)()
            allowed = {person: safe(world, person) for person in people}
        shown.clear()
        asked = [RecommendationRequest(draw.choice(people), PLACES) for _ in range(TOGETHER)]
        await asyncio.gather(*map(recommender.recommend, asked))
        seen.lists += TOGETHER
        for impression in shown:
            for drink in impression.drinks:
                seen.decisions[impression.policy] += 1
                seen.explored += drink.propensity < 0.5
                seen.unsafe += drink.drink_id not in allowed[impression.user_id]
    await api.settle()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="End after these.")
    chosen = parser.parse_args()
    seen, began, seed = Seen(), time.monotonic(), chosen.seed
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings({**os.environ, "TASTEGRAPH_HOME": str(Path(home) / "home")})
        async with open_graph(settings) as (graph, _):
            while sum(seen.decisions.values()) < chosen.decisions:
                if time.monotonic() - began > chosen.seconds:
                    break
                await empty(graph)
                await world_of_lists(graph, 70_000 + seed, seen, chosen.decisions)
                seed += 1
                report(seen, seed - chosen.seed, time.monotonic() - began)


def report(seen: Seen, worlds: int, seconds: float) -> None:
    by_policy = ", ".join(f"{name} {count:,}" for name, count in sorted(seen.decisions.items()))
    print(
        f"{sum(seen.decisions.values()):,} decisions in {seen.lists:,} lists of {worlds:,} worlds, "
        f"{seconds:,.0f} s: {seen.unsafe} unsafe; {seen.explored:,} had a chance under a half; "
        f"propensities add up to 1 within {seen.off:.1e} ({by_policy})",
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main())
