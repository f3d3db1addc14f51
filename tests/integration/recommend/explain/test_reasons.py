"""Reasons are paths that are there, of the person's own, discreet, and read in one query."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from graph.connection import Graph
from graph.errors import GraphDeadlineMissed
from graph.people.drink_paths import PEOPLE_ALIKE, REASON_PATHS
from graph.people.profiles import Profile, load_profile
from graph.query import Query
from graph.safety_rule import Allergy, Person
from recommend.explain.reasons import find_reasons
from recommend.state.basis import Basis
from tests.support.api import Answer, Api
from tests.support.emptying import ask
from tests.support.everything import WRITE_EVERYTHING
from tests.support.expectations import safe
from tests.support.random_graphs import World, random_world, write
from tests.support.random_offers import FLAVORS, STYLES, furnish, random_model, write_offers

REASONS = """query ($first: Int!) { answer: recommendations(first: $first) { __typename
  ... on Recommendations { items { drink { id }
    reasons(first: 10) { kind sentence strength path { id name } } } } } }"""
PLAIN = """query { answer: recommendations { __typename
  ... on Recommendations { items { drink { id } } } } }"""
LABELS = {"INGREDIENT": "Ingredient", "FLAVOR": "Flavor", "STYLE": "Style"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the queries that are sent, as they are sent."""
    names: list[str] = []
    run = Graph.run

    async def counted(self: Graph, query: Query, **given: Any) -> Any:
        names.append(query.name)
        return await run(self, query, **given)

    monkeypatch.setattr(Graph, "run", counted)
    return names


@pytest.mark.parametrize("seed", range(3))
async def test_every_reason_is_true(graph: Graph, asked: list[str], seed: int) -> None:
    draw = random.Random(seed)
    world = random_world(11_000 + seed, drinks=24, people=4)
    furnish(draw, world)
    for user, person in world.people.items():  # so that much is safe, and there is much to tell
        world.people[user] = Person(
            tuple(
                replace(allergy, severity="MILD", accepts_traces=True)
                for allergy in person.allergies[:1]
            )
        )
    await write(world, graph)
    await write_offers(world, graph)
    likes = await write_likes(draw, world, graph)
    api = Api(graph, random_model(draw, world) if seed % 2 else None)
    await api.start()
    kinds: set[str] = set()
    for user in sorted(world.people):
        asked.clear()
        answer = await api.ask(REASONS, user, first=10)
        if answer.get("items"):
            assert asked.count("recommend/reason_paths") == 1
        for item in answer.get("items", []):
            for reason in item["reasons"]:
                check(world, user, likes, item["drink"]["id"], reason)
                kinds.add(reason["kind"])
        asked.clear()
        await api.ask(PLAIN, user)
        assert "recommend/reason_paths" not in asked
    assert kinds, "nothing was looked at"


async def write_likes(draw: random.Random, world: World, graph: Graph) -> dict[str, set[str]]:
    likes: dict[str, set[str]] = {}
    names = {"Ingredient": world.ids("ingredient"), "Flavor": FLAVORS, "Style": tuple(STYLES)}
    for user in world.people:
        for label, ids in names.items():
            liked = draw.choice(ids)
            likes.setdefault(user, set()).add(liked)
            await ask(
                graph,
                f"MATCH (u:User {{id: $user}}) MATCH (n:{label} {{id: $liked}}) "
                "MERGE (u)-[:LIKES]->(n)",
                user=user,
                liked=liked,
            )
    return likes


def check(
    world: World, user: str, likes: dict[str, set[str]], drink: str, reason: dict[str, Any]
) -> None:
    """The path is in the world, begins with what this person did or likes, and tells nothing."""
    kind, path = reason["kind"], [step["id"] for step in reason["path"]]
    assert path[-1] == drink
    assert reason["sentence"].endswith(".")
    own = {event.drink for event in world.histories.get(user, ())}
    if kind.startswith("SHARED"):
        had, shared, _ = path
        assert had in own & safe(world, user)
        what = kind.removeprefix("SHARED_").lower()
        assert shared in things(world, had, what) & things(world, drink, what), reason
        assert what != "ingredient" or tells_nothing(world, user, shared), reason
    elif kind.startswith("LIKED"):
        what = kind.removeprefix("LIKED_").lower()
        assert path[0] in likes[user]
        assert path[-2] in things(world, drink, what), reason
        assert what != "ingredient" or tells_nothing(world, user, path[0]), reason
    else:
        assert kind in ("POPULAR", "PEOPLE_ALIKE")
        assert not set(path) & (set(world.people) - {user})


def things(world: World, drink: str, what: str) -> set[str]:
    if what != "ingredient":
        return set(world.graph.nodes["drink", drink][f"{what}s"])
    edges = world.graph.out_edges(("drink", drink), data="type")
    return {name for _, (_, name), type_ in edges if type_ == "CONTAINS"}


def tells_nothing(world: World, user: str, ingredient: str) -> bool:
    """Whether no evidence about an ingredient itself is of an allergen that was declared."""
    declared = {("allergen", allergy.allergen) for allergy in world.people[user].allergies}
    edges = world.graph.out_edges(("ingredient", ingredient), data="type")
    against = {end for _, end, type_ in edges if type_ in ("HAS_ALLERGEN", "MAY_CONTAIN")}
    return not declared & against


async def test_what_is_gone_or_new_since_the_answer_is_no_reason(graph: Graph) -> None:
    """Reasons are found in memory and in the graph: neither alone is enough."""
    await graph.run(WRITE_EVERYTHING)
    api = Api(graph)
    await api.start()
    snapshot = await api.snapshots.snapshot()
    basis = Basis(snapshot, await guest(graph))
    assert "SHARED_STYLE" in await kinds_of(graph, basis, "negroni")
    await ask(
        graph,
        "MATCH (d:Drink {id: 'negroni'}) MATCH (p:Ingredient {id: 'cream'}) "
        "CREATE (d)-[:CONTAINS {optional: false}]->(p)",
    )
    assert "SHARED_INGREDIENT" not in await kinds_of(graph, basis, "negroni")  # not in memory
    await ask(graph, "MATCH (:Drink {id: 'negroni'})-[r:OF_STYLE]->(:Style) DELETE r")
    assert "SHARED_STYLE" not in await kinds_of(graph, basis, "negroni")  # not in the graph
    await ask(graph, "MATCH (:User {id: 'guest-1'})-[r:RATED]->(:Drink) DELETE r")
    assert await kinds_of(graph, basis, "negroni") <= {"POPULAR"}  # no more of the person's own


async def test_a_reason_names_nothing_that_tells_of_an_allergy(graph: Graph) -> None:
    await graph.run(WRITE_EVERYTHING)
    await ask(
        graph,
        "MATCH (d:Drink) WHERE d.id IN ['negroni', 'house-tea'] MATCH (p:Ingredient {id: 'gin'}) "
        "MERGE (d)-[:CONTAINS]->(p)",
    )
    await ask(
        graph,
        "MATCH (u:User {id: 'guest-1'}) MATCH (d:Drink {id: 'house-tea'}) "
        "CREATE (u)-[:PURCHASED {eventId: 'own', type: 'purchase', at: 1}]->(d)",
    )
    api = Api(graph)
    await api.start()
    someone = await guest(graph)
    snapshot = await api.snapshots.snapshot()
    assert "SHARED_INGREDIENT" in await kinds_of(graph, Basis(snapshot, someone), "negroni")
    await ask(
        graph,
        "MATCH (p:Ingredient {id: 'gin'}) MATCH (a:Allergen {id: 'almond'}) "
        "CREATE (p)-[:MAY_CONTAIN {source: 'Maker', observedAt: '2026-01-01'}]->(a)",
    )
    fresh = Api(graph)
    await fresh.start()
    snapshot = await fresh.snapshots.snapshot()
    accepting = replace(someone, allergies=(Allergy("almond", "MILD", accepts_traces=True),))
    assert "SHARED_INGREDIENT" not in await kinds_of(graph, Basis(snapshot, accepting), "negroni")


async def guest(graph: Graph) -> Profile:
    """Somebody of the graph, as if they had declared nothing."""
    profile = await load_profile(graph, "guest-1")
    return replace(profile, allergies=(), avoids=(), diets=(), unresolved=())


async def kinds_of(graph: Graph, basis: Basis, drink: str) -> set[str]:
    return {reason.kind.value for reason in (await find_reasons(graph, basis, [drink]))[drink]}


async def test_people_alike_are_others_each_counted_once(graph: Graph) -> None:
    await graph.run(WRITE_EVERYTHING)
    asked: dict[str, Any] = {
        "hadIds": ["flat-white"],
        "drinkIds": ["negroni"],
        "people": 1_000,
        "most": 10_000,
    }

    async def counts() -> dict[str, list[int]]:
        return {
            user: [row["people"] for row in await graph.run(PEOPLE_ALIKE, userId=user, **asked)]
            for user in ("guest-1", "alike-1")
        }

    before = await counts()
    assert before["guest-1"][0] - 1 == before["alike-1"][0] >= 4  # not the person who asks
    await ask(
        graph,
        "MATCH (u:User {id: 'alike-2'})-[:PURCHASED]->(d:Drink) UNWIND range(1, 50) AS n "
        "CREATE (u)-[:PURCHASED {eventId: 'more-' + toString(n), type: 'purchase'}]->(d)",
    )
    assert await counts() == before


async def test_reasons_that_cannot_be_read_leave_the_list(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    await graph.run(WRITE_EVERYTHING)
    api = Api(graph)
    await api.start()
    run = Graph.run

    async def late(self: Graph, query: Query, **given: Any) -> Any:
        if query in (REASON_PATHS, PEOPLE_ALIKE):
            raise GraphDeadlineMissed("too late")
        return await run(self, query, **given)

    question = REASONS.replace("sentence strength", "sentence").replace(
        "drink { id }", "drink { id } reasonsMissing"
    )
    there = (await api.ask(question, "somebody-new", first=5))["items"]
    assert there and not any(item["reasonsMissing"] for item in there)
    monkeypatch.setattr(Graph, "run", late)
    without = (await api.ask(question, "somebody-new", first=5))["items"]
    assert [item["drink"] for item in without] == [item["drink"] for item in there]
    assert all((item["reasons"], item["reasonsMissing"]) == ([], "LATE") for item in without)


async def test_the_moment_and_what_is_popular_are_reasons_too(graph: Graph) -> None:
    await graph.run(WRITE_EVERYTHING)
    await ask(graph, "MATCH (d:Drink {id: 'negroni'}) SET d.kind = 'tea'")
    api = Api(graph)
    await api.start()
    query = """query { answer: recommendations(context: {season: "winter"}) { __typename
      ... on Recommendations { items { drink { id } reasons { kind sentence } } } } }"""
    answer: Answer = await api.ask(query, "newcomer")
    reasons_of = {item["drink"]["id"]: item["reasons"] for item in answer["items"]}
    assert reasons_of["negroni"][0] == {
        "kind": "CONTEXT",
        "sentence": "Tea is wanted more in winter.",
    }
    assert [reason["kind"] for reason in reasons_of["flat-white"]] == ["POPULAR"]


async def test_who_refused_a_personal_order_is_told_nothing_of_what_they_did(graph: Graph) -> None:
    await graph.run(WRITE_EVERYTHING)
    api = Api(graph)
    await api.start()
    snapshot, personal = await api.dependencies.snapshots.snapshot(), await guest(graph)
    told = await kinds_of(graph, Basis(snapshot, personal), "negroni")
    assert any(sentence.startswith(("SHARED", "LIKED", "PEOPLE")) for sentence in told), told
    refused = replace(personal, personalisation=False)
    assert await kinds_of(graph, Basis(snapshot, refused), "negroni") <= {"POPULAR", "CONTEXT"}
