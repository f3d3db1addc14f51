"""Segments in the graph: computed, kept, replaced, seen by Cypher, left with the person."""

from __future__ import annotations

import pytest

from graph.audience.segments import SMALLEST_SEGMENT, segments
from graph.clock import milliseconds, utc_now
from graph.connection import Graph
from graph.experiments.records import running_experiments
from graph.people.privacy import erase
from graph.people.profiles import load_profile
from learning.experiments.policy import ExperimentPolicy
from learning.segments.computing import compute_segments, keep_segments
from learning.segments.definition import Rule, Segments
from recommend.ranking.request import RecommendationRequest
from tests.support.consents import set_consents
from tests.support.emptying import ask
from tests.support.experiments import begin, definition

PEOPLE = SMALLEST_SEGMENT + 2
COFFEE = Segments(segments=(Rule(id="coffee-people", name="Coffee people", kinds=("coffee",)),))
MENU = """
CREATE (roasted:Flavor {id: 'roasted', name: 'Roasted'})
CREATE (tea:Drink {id: 'tea', name: 'Tea', kind: 'tea', recipeComplete: true, changedAt: 1})
CREATE (mocha:Drink {id: 'mocha', name: 'Mocha', kind: 'coffee', changedAt: 1})
CREATE (mocha)-[:HAS_FLAVOR]->(roasted)
WITH tea, mocha
UNWIND range(1, $people) AS n
CREATE (fond:User {id: 'fond-' + toString(n), version: 1})
CREATE (other:User {id: 'other-' + toString(n), version: 1})
CREATE (fond)-[:PURCHASED {eventId: 'e', type: 'purchase', at: $at, price: 4.5}]->(mocha)
CREATE (other)-[:PURCHASED {eventId: 'e', type: 'purchase', at: $at, value: 2.0}]->(tea)
RETURN count(*) AS people
"""
MEMBERS = """MATCH (user:User)-[member:IN_SEGMENT]->(segment:Segment {id: 'coffee-people'})
RETURN user.id AS id, member.since AS since ORDER BY id"""


@pytest.fixture
async def shop(graph: Graph) -> Graph:
    await ask(graph, MENU, people=PEOPLE, at=milliseconds(utc_now()) - 86_400_000)
    return graph


async def compute(graph: Graph, later: int = 0) -> list[str]:
    now = milliseconds(utc_now()) + later
    return await keep_segments(graph, await compute_segments(graph, COFFEE, now), now)


async def members(graph: Graph) -> list[str]:
    return [row["id"] for row in await ask(graph, MEMBERS, "read")]


async def test_a_segment_is_kept_explained_and_on_the_profile(shop: Graph) -> None:
    before = (await load_profile(shop, "fond-1")).version
    await compute(shop)
    [record] = await segments(shop)
    assert (record.id, record.people, record.kind) == ("coffee-people", PEOPLE, "rule")
    assert [(flavor.id, flavor.lift) for flavor in record.flavors] == [("roasted", 2.0)]
    profile = await load_profile(shop, "fond-1")
    assert profile.segments == ("coffee-people",) and profile.version == before + 1
    assert (await load_profile(shop, "other-1")).segments == ()


async def test_computed_again_people_leave_and_the_rest_stay(shop: Graph) -> None:
    await compute(shop)
    since = await ask(shop, MEMBERS, "read")
    await ask(
        shop,
        "MATCH (:User {id: 'fond-1'})-[bought:PURCHASED]->() DELETE bought RETURN count(*) AS n",
    )
    assert await compute(shop, later=5) == []
    assert await ask(shop, MEMBERS, "read") == [row for row in since if row["id"] != "fond-1"]


async def test_what_became_too_small_is_gone(shop: Graph) -> None:
    await compute(shop)
    await ask(
        shop,
        "MATCH (user:User)-[bought:PURCHASED]->() WHERE user.id IN ['fond-1', 'fond-2', 'fond-3'] "
        "DELETE bought RETURN count(*) AS n",
    )
    assert await compute(shop, later=5) == ["coffee-people"]
    assert await segments(shop, fewest=1) == []
    assert (await load_profile(shop, "fond-9")).segments == ()


async def test_who_refuses_or_is_erased_is_in_none(shop: Graph) -> None:
    await compute(shop)
    await set_consents(shop, "fond-1", personalisation=False, remembering=None)
    await set_consents(shop, "fond-2", personalisation=None, remembering=False)
    await erase(shop, "fond-3")
    left = {"fond-1", "fond-2", "fond-3"}
    assert not left & set(await members(shop))
    # fewer than the least are told of nowhere
    assert await segments(shop) == []
    await compute(shop, later=5)
    assert not left & set(await members(shop))


async def test_an_experiment_takes_in_only_its_segments(shop: Graph) -> None:
    await compute(shop)
    await begin(shop, definition().model_copy(update={"segments": ("coffee-people",)}))
    policy = ExperimentPolicy(_nothing_shown)
    policy.use(await running_experiments(shop))
    for person, exposed in (("fond-1", 1), ("other-1", 0)):
        plan = await policy.plan(RecommendationRequest(person, 5), await load_profile(shop, person))
        assert len(plan.exposures) == exposed


async def _nothing_shown(_: str) -> object:
    raise AssertionError("no rotation")
