"""Lists of a running service are ranked by arms, and whatever an arm says, the gate is last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from embeddings.registry.store import ModelStore
from graph.connection import Graph
from graph.experiments.exposures import Exposure, exposed_people
from graph.experiments.records import ExperimentState, experiments
from graph.people.profiles import Profile
from learning.experiments.policy import ExperimentPolicy
from recommend.ranking.policy import Plan
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest
from recommend.ranking.reranking import Attribute, Boost, RerankingOptions
from recommend.tracking.impressions import Shown
from service.background.experiments import ExperimentFollower
from tests.integration.recommend.ranking.test_pages import LIST, PAGE, ids, nuts
from tests.integration.recommend.ranking.test_pages import api as api
from tests.support.api import Api
from tests.support.emptying import ask
from tests.support.experiments import START, begin, definition
from tests.support.model_world import filled as filled
from tests.support.models import put_model

PEOPLE = [f"person-{number}" for number in range(1, 13)]
TEA_FIRST = {"attribute": "kind", "id": "infusion", "factor": 10}


def follower(api: Api, graph: Graph, folder: Path) -> ExperimentFollower:
    store = ModelStore(folder)
    return ExperimentFollower(graph, api.experiments, api.snapshots, store, api.metrics)


@pytest.fixture
async def tried(api: Api, graph: Graph, tmp_path: Path) -> AsyncIterator[Api]:
    """A service in which half of the people get infusions first."""
    await ask(
        graph,
        "MATCH (d:Drink) WHERE d.id IN ['d19', 'd20'] SET d.kind = 'infusion', d.changedAt = 2 "
        "WITH count(d) AS n MATCH (c:Catalogue) SET c.version = 2 RETURN n",
    )
    arms = [{"name": "as-is"}, {"name": "infusions", "boosts": [TEA_FIRST]}]
    await begin(graph, definition("infusions-first", arms=arms))
    await follower(api, graph, tmp_path).catch_up()
    yield api


async def exposed(graph: Graph, experiment: str) -> dict[str, int]:
    counts = await exposed_people(graph, experiment, START)
    return {count.arm: count.people for count in counts}


def drinks(answer: Any) -> list[str]:
    return [item["drink"]["id"] for item in answer["items"]]


async def test_a_list_and_its_pages_are_ranked_by_the_arm(tried: Api, graph: Graph) -> None:
    firsts: set[str] = set()
    for person in PEOPLE:
        whole = drinks(await tried.ask(LIST, person))
        page = await tried.ask(PAGE, person, first=5)
        assert ids(page) == whole[:5]
        rest = await tried.ask(PAGE, person, first=100, after=page["pageInfo"]["endCursor"])
        assert ids(page) + ids(rest) == whole
        firsts.add(whole[0])
    assert firsts == {"d23", "d20"}
    await tried.dependencies.impressions.flush()
    counts = await exposed(graph, "infusions-first")
    assert counts.keys() == {"as-is", "infusions"} and sum(counts.values()) == len(PEOPLE)


async def test_an_arm_is_noted_of_personal_lists_even_without_drinks(
    tried: Api, graph: Graph
) -> None:
    popular = "{ answer: popularDrinks(first: 3) { ... on Recommendations { items { score } } } }"
    await tried.ask(popular, "ann")
    await tried.dependencies.impressions.flush()
    assert await exposed(graph, "infusions-first") == {}
    answer = await tried.ask(PAGE, "ann", first=5, filter={"search": "no drink is called this"})
    assert ids(answer) == []
    await tried.dependencies.impressions.flush()
    assert sum((await exposed(graph, "infusions-first")).values()) == 1


class Hostile:
    """A policy that wants everything moved, by a model that is not there."""

    async def plan(self, request: RecommendationRequest, profile: Profile) -> Plan:
        boosts = (Boost(Attribute.KIND, "infusion", 10.0),)
        options = RerankingOptions(diversity=1.0, boosts=boosts)
        return Plan(options, "no-such-model", (Exposure("no-such-experiment", "any", 1),))


async def test_no_policy_gets_past_the_gate(api: Api, graph: Graph) -> None:
    await nuts(graph)
    recommender = Recommender(graph, api.snapshots, api.metrics, api._clock, policy=Hostile())
    request = RecommendationRequest("ann", 50, exclude=("d01",))
    items = (await recommender.recommend(request)).items
    got = {item.drink.id for item in items}
    assert len(got) == 15  # of 24, every third has nuts, and one is excluded
    assert not got & {f"d{number:02}" for number in (*range(0, 24, 3), 1)}
    assert all(item.safety.safe for item in items)


async def test_an_arm_ranks_with_its_own_model_once_that_is_there(
    filled: Graph, tmp_path: Path
) -> None:
    store = ModelStore(tmp_path / "models")
    active, other = await put_model(filled, store, 1), await put_model(filled, store, 2)
    api = Api(filled, active)
    await api.start()
    arms = [{"name": "as-is"}, {"name": "newer", "model": other.version}]
    await begin(filled, definition("newer-model", arms=arms))

    async def versions() -> set[str]:
        query = "{ answer: recommendations { ... on Recommendations { modelVersion } } }"
        return {(await api.ask(query, person))["modelVersion"] for person in PEOPLE}

    await follower(api, filled, tmp_path / "elsewhere").catch_up()
    assert await versions() == {active.version}
    await api.dependencies.impressions.flush()
    assert await exposed(filled, "newer-model") == {}
    await follower(api, filled, tmp_path / "models").catch_up()
    assert await versions() == {active.version, other.version}
    await api.snapshots.refresh_popularity()
    await api.snapshots.use_model(other)
    await api.snapshots.use_model(active)
    assert await versions() == {active.version, other.version}
    await api.dependencies.impressions.flush()
    counts = await exposed(filled, "newer-model")
    assert len(counts) == 2 and sum(counts.values()) == len(PEOPLE)


async def test_a_server_with_a_holdout_begins_to_measure_it_once(
    api: Api, graph: Graph, tmp_path: Path
) -> None:
    store, policy = ModelStore(tmp_path), ExperimentPolicy(_never_shown, 0.5)
    for share in (0.5, 0.3):
        following = ExperimentFollower(
            graph, policy, api.snapshots, store, api.metrics, holdout=share
        )
        await following.catch_up()
    [record] = await experiments(graph)
    assert record.id == "holdout" and record.state is ExperimentState.RUNNING
    request = RecommendationRequest("ann", 5)
    [exposure] = (await policy.plan(request, Profile("ann"))).exposures
    assert exposure.experiment == "holdout"


async def _never_shown(_user: str) -> Shown:
    return Shown(0.0, {})


async def test_the_word_for_the_page_comes_with_the_list(
    api: Api, graph: Graph, tmp_path: Path
) -> None:
    arms = [{"name": "as-is"}, {"name": "short", "page": "compact"}]
    await begin(graph, definition("shorter-cards", arms=arms))
    await follower(api, graph, tmp_path).catch_up()
    for field, of in (
        ("recommendations", "Recommendations"),
        ("recommendationsConnection", "RecommendationConnection"),
    ):
        query = f"{{ answer: {field}(first: 2) {{ ... on {of} {{ pageVariant }} }} }}"
        words = {(await api.ask(query, person))["pageVariant"] for person in PEOPLE}
        assert words == {None, "compact"}
