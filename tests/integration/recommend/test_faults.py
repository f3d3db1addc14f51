"""When the graph is away, slow, or says otherwise than memory: a typed failure, never a drink."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from typing import Any

import pytest

from graph.connection import Address, Graph, connect
from graph.safety_rule import Allergy, Person
from tests.support.api import PATHS, Api
from tests.support.emptying import ask
from tests.support.expectations import expected, safe
from tests.support.proxy import proxied
from tests.support.random_graphs import World, random_world, write
from tests.support.random_offers import furnish, write_offers

DEADLINE = 1.0
OTHERS = {
    "drink": 'query { answer: drink(id: "drink-0") { __typename ... on Drink '
    "{ id safety { status } } ... on Failure { message } } }",
    "whyNot": 'query { answer: whyNot(drinkId: "drink-0") { __typename ... on Failure '
    "{ message } } }",
    "swap": 'query { answer: swap(drinkId: "drink-0") { __typename ... on Failure { message } } }',
    "relaxations": "query { answer: relaxations { __typename ... on Failure { message } } }",
    "pairing": 'query { answer: pairing(foods: ["flavor-0"]) { __typename ... on Pairings '
    "{ items { rank } } ... on Failure { message } } }",
    "groupRecommendations": "query { answer: groupRecommendations(guests: "
    '[{name: "a", allergies: []}]) { __typename ... on GroupRecommendations '
    "{ items { rank } } ... on Failure { message } } }",
    "me": "query { answer: me { __typename ... on Failure { message } } }",
    "setAllergies": "mutation { answer: setAllergies(allergies: []) { __typename } }",
    "recordInteractions": 'mutation { answer: recordInteractions(interactions: [{eventId: "e", '
    'drinkId: "drink-0", type: VIEW}]) { __typename } }',
}


def variables(path: str) -> dict[str, Any]:
    return {"first": 5, **({"drinkId": "drink-0"} if path == "similarDrinks" else {})}


@pytest.fixture
async def world(graph: Graph) -> World:
    """Twelve drinks, all known and safe for 'guest', who is allergic to what none of them has."""
    made = random_world(11, drinks=12, people=1)
    furnish(random.Random(11), made)
    made.people = {"guest": Person((Allergy("allergen-0", "SEVERE"),))}
    made.declared, made.histories = {"guest"}, {}
    for node in list(made.graph.nodes):
        if node[0] == "ingredient":
            made.graph.nodes[node]["reviewed"] = True
        if node[0] == "drink":
            made.graph.nodes[node].update(recipe_complete=True, begins=None, ends=None)
            made.relate(node, "CONTAINS", ("ingredient", "ingredient-0"))
    against = ("HAS_ALLERGEN", "MAY_CONTAIN")
    for start, end, key, data in list(made.graph.edges(keys=True, data=True)):
        if data["type"] in against:
            made.graph.remove_edge(start, end, key)
    await write(made, graph)
    await write_offers(made, graph)
    assert expected(made, "guest", {}) == set(made.ids("drink"))
    return made


async def plan_queries(graph: Graph) -> None:
    """Ask each path once: a server that has just started plans a query for longer than DEADLINE."""
    api = Api(graph)
    await api.start()
    for path in PATHS:
        await api.ask(PATHS[path], "guest", **variables(path))


@pytest.mark.parametrize("path", [*PATHS, *OTHERS])
async def test_a_graph_that_was_never_there(path: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, and nobody listens
        address = Address(f"bolt://127.0.0.1:{closed.getsockname()[1]}", "u", "p", "d")
        async with connect(address, deadline=DEADLINE) as nowhere:
            given = variables(path) if path in PATHS else {}
            began = time.monotonic()
            answer = await Api(nowhere).ask(PATHS.get(path) or OTHERS[path], "guest", **given)
            assert time.monotonic() - began < 3 * DEADLINE + 1
    assert answer["__typename"] == "GraphAway"
    assert "items" not in answer


@pytest.mark.parametrize("fault", ["frozen", "cut"])
async def test_a_graph_that_goes_away_and_comes_back(
    graph: Graph, address: Address, world: World, fault: str
) -> None:
    """Memory is warm and could answer by itself: it must not."""
    await plan_queries(graph)
    async with proxied(address) as (line, near), connect(near, deadline=DEADLINE) as graph:
        api = Api(graph)
        await api.start()
        before = {path: await api.ask(PATHS[path], "guest", **variables(path)) for path in PATHS}
        assert all(len(answer["items"]) == 5 for answer in before.values())
        line.freeze() if fault == "frozen" else line.cut()
        for path, query in (*PATHS.items(), *OTHERS.items()):
            began = time.monotonic()
            given = variables(path) if path in PATHS else {}
            answer = await api.ask(query, "guest", **given)
            assert answer["__typename"] == "GraphAway" and not answer.get("items"), path
            assert time.monotonic() - began < 3 * DEADLINE + 1, path
        line.thaw() if fault == "frozen" else line.mend()
        for path in PATHS:
            again = await api.ask(PATHS[path], "guest", **variables(path))
            assert again["items"] == before[path]["items"]


async def test_a_graph_that_goes_away_in_the_middle_of_a_request(
    address: Address, world: World
) -> None:
    async with proxied(address) as (line, near), connect(near, deadline=DEADLINE) as graph:
        api = Api(graph)
        await api.start()
        asked = [
            asyncio.create_task(api.ask(PATHS[path], "guest", **variables(path)))
            for path in PATHS
            for _ in range(5)
        ]
        await asyncio.sleep(0.005)
        line.cut()
        for answer in await asyncio.gather(*asked):
            whole = len(answer.get("items", [])) == 5
            assert whole if "items" in answer else answer["__typename"] == "GraphAway"


@pytest.mark.parametrize("path", PATHS)
async def test_a_disagreement_drops_the_drink_counts_it_and_fills_the_place(
    graph: Graph, world: World, path: str
) -> None:
    api = Api(graph)
    await api.start()
    before = await api.ask(PATHS[path], "guest", **variables(path))
    ids = [item["drink"]["id"] for item in before["items"]]
    for name in ids[:2]:  # past the versions: memory cannot know
        world.relate(("drink", name), "HAS_ALLERGEN", ("allergen", "allergen-0"))
        await ask(
            graph,
            "MATCH (d:Drink {id: $id}) MATCH (a:Allergen {id: 'allergen-0'}) "
            "CREATE (d)-[:HAS_ALLERGEN]->(a)",
            id=name,
        )
    assert not set(ids[:2]) & safe(world, "guest")
    answer = await api.ask_twice(PATHS[path], "guest", **variables(path))
    drinks = [item["drink"]["id"] for item in answer["items"]]
    assert drinks[:3] == ids[2:] and len(drinks) == 5
    assert api.disagreements == 2
    if path != "drinks":
        assert [item["rank"] for item in answer["items"]] == [1, 2, 3, 4, 5]
    await api.settle()  # the catalogue was read again: now memory knows
    assert (await api.ask(PATHS[path], "guest", **variables(path)))["items"] == answer["items"]
    assert api.disagreements == 2


async def test_a_catalogue_that_never_rests_is_no_reason_for_less(
    graph: Graph, address: Address, world: World
) -> None:
    async def write_on() -> None:
        while True:
            await ask(graph, "MATCH (c:Catalogue {id: 'catalogue'}) SET c.version = c.version + 1")

    async with connect(address, deadline=30.0) as other:
        api = Api(other)
        await api.start()
        writing = asyncio.create_task(write_on())
        for _ in range(5):
            for path in PATHS:
                answer = await api.ask(PATHS[path], "guest", **variables(path))
                assert len(answer["items"]) == 5, path
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        assert api.repeats > 0


async def test_what_another_process_declares_holds_for_the_next_request(
    graph: Graph, address: Address, world: World
) -> None:
    mutation = (
        "mutation ($ids: [AllergyInput!]!) { answer: setAllergies(allergies: $ids) { __typename } }"
    )
    async with connect(address, deadline=30.0) as other:
        here, there = Api(graph), Api(other)
        for api in (here, there):
            await api.start()
            answer = await api.ask(PATHS["recommendations"], "newcomer", first=5)
            assert {item["safety"]["status"] for item in answer["items"]} == {"NOT_CHECKED"}
        name = world.ids("drink")[0]
        world.relate(("drink", name), "HAS_ALLERGEN", ("allergen", "allergen-0"))
        await ask(
            graph,
            "MATCH (c:Catalogue {id: 'catalogue'}) SET c.version = c.version + 1 "
            "WITH c MATCH (d:Drink {id: $id}) MATCH (a:Allergen {id: 'allergen-0'}) "
            "SET d.changedAt = c.version CREATE (d)-[:HAS_ALLERGEN]->(a)",
            id=name,
        )
        await there.ask(mutation, "newcomer", ids=[{"allergenId": "allergen-0"}])
        for api in (here, there):
            answer = await api.ask(PATHS["recommendations"], "newcomer", first=100)
            ids = {item["drink"]["id"] for item in answer["items"]}
            assert ids == set(world.ids("drink")) - {name}
            assert {item["safety"]["status"] for item in answer["items"]} == {"SAFE"}
            assert (api.disagreements, answer["allergiesDeclared"]) == (0, True)


@pytest.mark.parametrize("path", PATHS)
async def test_leaving_out_an_ingredient_that_is_not_known_is_refused(
    graph: Graph, world: World, path: str
) -> None:
    api = Api(graph)
    await api.start()
    mistyped = {"withoutIngredients": ["ingredient-zero"]}
    answer = await api.ask(PATHS[path], "guest", **{**variables(path), "filter": mistyped})
    assert answer["__typename"] == "InvalidInput"


async def test_a_page_after_a_drink_that_is_not_there_is_refused(
    graph: Graph, world: World
) -> None:
    api = Api(graph)
    await api.start()
    answer = await api.ask(PATHS["drinks"], "guest", first=5, after="no-such-drink")
    assert answer["__typename"] == "InvalidInput"
