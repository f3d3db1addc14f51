"""Pages of one list never shift under the reader, and hold nothing that is not safe by then."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from graph.connection import Graph
from graph.people.declarations import declare_allergies
from graph.safety_rule import Allergy
from recommend.ranking import pages as pages_module
from tests.support.api import Api
from tests.support.emptying import ask

DRINKS, SIZE = 24, 5
CONTROLS = "$boosts: [Boost!], $diversity: Float! = 0, $rotation: Float! = 0"
CONTROLLED = "boosts: $boosts, diversity: $diversity, rotation: $rotation"
PAGE = f"query ($first: Int!, $after: String, $filter: DrinkFilter, $exclude: [ID!], {CONTROLS}) {{"
PAGE += f"""answer: recommendationsConnection(
    first: $first, after: $after, filter: $filter, exclude: $exclude, {CONTROLLED}
  ) {{"""
PAGE += """
    __typename
    ... on RecommendationConnection { listId modelVersion
      edges { cursor node { rank score drink { id } safety { status } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
    ... on InvalidInput { argument } ... on Failure { message advice } } }"""
BY_NAME = """query ($first: Int!, $after: String, $filter: DrinkFilter) {
  answer: drinksConnection(first: $first, after: $after, filter: $filter) { __typename
    ... on DrinkConnection { edges { cursor node { id name } safety { status } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
    ... on InvalidInput { argument } } }"""
LIST = f"query ({CONTROLS}) {{ answer: recommendations(first: 100, {CONTROLLED}) {{"
LIST += """
    ... on Recommendations { items { rank score drink { id } } } } }"""


def drink_id(number: int) -> str:
    return f"d{number:02}"


@pytest.fixture
async def api(graph: Graph) -> AsyncIterator[Api]:
    """A service over drinks of tea, each more popular than the one before; every third has nuts."""
    await ask(
        graph,
        "CREATE (:Allergen {id: 'milk', name: 'Milk'}) CREATE (nut:Allergen {id: 'nut'}) "
        "CREATE (dairy:Ingredient {id: 'dairy', name: 'Dairy', reviewed: true, changedAt: 1}) "
        "CREATE (nuts:Ingredient {id: 'nuts', name: 'Nuts', reviewed: true, changedAt: 1}) "
        "CREATE (:Ingredient {id: 'tea', name: 'Tea', reviewed: true, changedAt: 1}) "
        "CREATE (nuts)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(nut) "
        "CREATE (:User {id: 'ann', version: 1}) RETURN 1 AS one",
    )
    await ask(
        graph,
        "MATCH (milk:Allergen {id: 'milk'}) MATCH (dairy:Ingredient {id: 'dairy'}) "
        "CREATE (dairy)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(milk) "
        "RETURN 1 AS one",
    )
    rows = [
        [drink_id(number), "nuts" if number % 3 == 0 else "tea", number] for number in range(DRINKS)
    ]
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (part:Ingredient {id: row[1]}) "
        "CREATE (d:Drink {id: row[0], name: row[0], recipeComplete: true, changedAt: 1}) "
        "CREATE (d)-[:CONTAINS]->(part) WITH d, row UNWIND range(0, row[2]) AS n "
        "CREATE (:User {id: row[0] + '-' + toString(n), version: 1})"
        "-[:PURCHASED {eventId: row[0] + toString(n), type: 'purchase', at: 1}]->(d)",
        rows=rows,
    )
    await ask(graph, "MATCH (c:Catalogue) SET c.version = 1, c.structureVersion = 1 RETURN 1 AS o")
    yield await process(graph)


async def process(graph: Graph) -> Api:
    """A service process, with a memory of its own."""
    api = Api(graph)
    await api.start()
    return api


def ids(page: Any) -> list[str]:
    return [edge["node"]["drink"]["id"] for edge in page["edges"]]


async def read_on(api: Api, page: Any, *, user: str = "ann", **more: Any) -> list[str]:
    """All drinks that come after a page, a page at a time."""
    drinks: list[str] = []
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        page = await api.ask(PAGE, user, first=SIZE, after=after, **more)
        assert page["__typename"] == "RecommendationConnection", page
        assert page["pageInfo"]["hasPreviousPage"]
        assert {edge["node"]["safety"]["status"] for edge in page["edges"]} <= {
            "SAFE",
            "NOT_CHECKED",
        }
        drinks += ids(page)
    return drinks


async def nuts(graph: Graph) -> None:
    allergy = [Allergy("nut", "SEVERE", False)]
    await declare_allergies(graph, "ann", allergy, "2026-11-21", None)


async def test_all_pages_together_are_the_list(api: Api) -> None:
    whole = (await api.ask(LIST, "ann"))["items"]
    first = await api.ask(PAGE, "ann", first=SIZE)
    assert first["pageInfo"]["hasPreviousPage"] is False
    assert first["pageInfo"]["startCursor"] == first["edges"][0]["cursor"]
    shown = ids(first) + await read_on(api, first)
    assert shown == [item["drink"]["id"] for item in whole] and len(shown) == DRINKS
    last = await api.ask(PAGE, "ann", first=100, after=first["edges"][1]["cursor"])
    assert [edge["node"]["rank"] for edge in last["edges"]] == list(range(3, DRINKS + 1))
    assert [edge["node"]["score"] for edge in last["edges"]] == [
        item["score"] for item in whole[2:]
    ]
    assert last["listId"] == first["listId"]
    beyond = await api.ask(PAGE, "ann", first=1, after=last["edges"][-1]["cursor"])
    assert beyond["edges"] == [] and beyond["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    "controls",
    [
        {"diversity": 0.7},
        {"boosts": [{"attribute": "KIND", "id": "infusion", "factor": 10}]},
        {"boosts": [{"attribute": "KIND", "id": "infusion", "factor": 0.1}], "diversity": 0.3},
    ],
)
async def test_a_list_can_be_moved_and_is_then_the_same_on_all_pages(
    api: Api, graph: Graph, controls: dict[str, Any]
) -> None:
    plain = [item["drink"]["id"] for item in (await api.ask(LIST, "ann"))["items"]]
    await ask(
        graph,
        "MATCH (d:Drink) WHERE d.id ENDS WITH '7' OR d.id ENDS WITH '4' "
        "MATCH (c:Catalogue) SET c.version = 2, d.changedAt = 2, d.kind = 'infusion' "
        "RETURN count(*) AS n",
    )
    api = await process(graph)
    whole = [item["drink"]["id"] for item in (await api.ask(LIST, "ann", **controls))["items"]]
    assert whole != plain and sorted(whole) == sorted(plain)
    first = await api.ask(PAGE, "ann", first=SIZE, **controls)
    assert ids(first) + await read_on(api, first, **controls) == whole
    after = first["pageInfo"]["endCursor"]
    other = await api.ask(PAGE, "ann", first=SIZE, after=after)
    assert (other["__typename"], other["argument"]) == ("InvalidInput", "after")


async def test_a_rotated_list_stays_though_its_pages_count_as_shown(api: Api) -> None:
    begun = ids(await api.ask(PAGE, "ann", first=SIZE))
    first = await api.ask(PAGE, "ann", first=SIZE, rotation=1.0)
    assert set(ids(first)).isdisjoint(begun)
    shown = ids(first) + await read_on(api, first, rotation=1.0)
    assert sorted(shown) == [drink_id(number) for number in range(DRINKS)]


async def test_what_changes_meanwhile_moves_nothing_and_shows_nothing_unsafe(
    api: Api, graph: Graph
) -> None:
    whole = [item["drink"]["id"] for item in (await api.ask(LIST, "ann"))["items"]]
    first = await api.ask(PAGE, "ann", first=SIZE)
    bought, spilled = whole[SIZE + 1], whole[SIZE + 2]
    await ask(
        graph,
        "MATCH (d:Drink {id: $bought}) MATCH (ann:User {id: 'ann'}) SET ann.version = 2 "
        "CREATE (ann)-[:PURCHASED {eventId: 'e', type: 'purchase', at: 1}]->(d) RETURN 1 AS one",
        bought=bought,
    )
    again = await read_on(api, first)
    assert again == whole[SIZE:]  # bought drinks come last, but not in a list that was begun
    await nuts(graph)
    await ask(
        graph,
        "MATCH (d:Drink {id: $spilled}) MATCH (part:Ingredient {id: 'nuts'}) "
        "MATCH (c:Catalogue) SET c.version = 2, d.changedAt = 2 "
        "CREATE (d)-[:CONTAINS]->(part) RETURN 1 AS one",
        spilled=spilled,
    )
    safe = [drink for drink in whole[SIZE:] if int(drink[1:]) % 3 and drink != spilled]
    assert await read_on(api, first) == safe
    await ask(graph, "MATCH (d:Drink {id: $gone}) DETACH DELETE d", gone=safe[-1])  # and no version
    await read_on(api, first)
    await api.gate.check()
    assert await read_on(api, first) == safe[:-1]
    begun = await api.ask(PAGE, "ann", first=100)
    assert begun["listId"] != first["listId"] and set(ids(begun)).isdisjoint({spilled})


async def test_another_process_goes_on_with_the_same_list_or_says_that_it_is_gone(
    api: Api, graph: Graph
) -> None:
    first = await api.ask(PAGE, "ann", first=SIZE)
    rest = await read_on(api, first)
    other = await process(graph)
    assert await read_on(other, first) == rest  # made anew, and found to be the same
    await nuts(graph)
    third = await process(graph)
    after = first["pageInfo"]["endCursor"]
    gone = await third.ask(PAGE, "ann", first=SIZE, after=after)
    assert gone["__typename"] == "ListExpired" and "without after" in gone["advice"]
    safe = [drink for drink in rest if int(drink[1:]) % 3]
    for kept in (api, other):
        assert await read_on(kept, first) == safe


async def test_a_process_whose_memory_is_old_looks_again_before_a_list_is_gone(
    api: Api, graph: Graph
) -> None:
    old = await process(graph)
    await old.ask(LIST, "ann")
    await nuts(graph)
    first = await api.ask(PAGE, "ann", first=SIZE)
    assert await read_on(old, first) == await read_on(api, first)


async def test_lists_are_forgotten_after_a_while_and_when_there_are_many(
    api: Api, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    kept = pages_module.Pages(api.dependencies.recommender, lambda: now)
    api.dependencies = replace(api.dependencies, pages=kept)
    first = await api.ask(PAGE, "ann", first=SIZE)
    await nuts(graph)
    now = pages_module.KEPT_SECONDS - 1
    assert ids(await api.ask(PAGE, "ann", first=SIZE, after=first["pageInfo"]["endCursor"]))
    now += pages_module.KEPT_SECONDS
    gone = await api.ask(PAGE, "ann", first=SIZE, after=first["pageInfo"]["endCursor"])
    assert gone["__typename"] == "ListExpired"
    most = 2 * kept._kept.weight  # room for two lists
    monkeypatch.setattr(kept._kept, "_most", most)
    for name in ("ben", "cem", "dan", "eva"):
        await api.ask(PAGE, name, first=SIZE)
    assert 0 < kept._kept.weight <= most and len(kept._kept) < 4


async def test_a_cursor_is_good_for_its_person_and_its_question_only(api: Api) -> None:
    first = await api.ask(PAGE, "ann", first=SIZE)
    after = first["pageInfo"]["endCursor"]
    forged = base64.urlsafe_b64encode(b"\x02" + base64.urlsafe_b64decode(after + "==")[1:]).decode()
    for user, asked in (
        ("ben", {"after": after}),
        ("ann", {"after": after, "filter": {"servedHot": True}}),
        ("ann", {"after": after, "exclude": ["d01"]}),
        ("ann", {"after": "d01"}),
        ("ann", {"after": forged}),
        ("ann", {"after": "é"}),
        ("ann", {"after": "A" * 5000}),
    ):
        refused = await api.ask(PAGE, user, first=SIZE, **asked)
        assert (refused["__typename"], refused["argument"]) == ("InvalidInput", "after"), asked
    assert (await api.ask(PAGE, None, first=1))["__typename"] == "NotSignedIn"
    by_name = await api.ask(BY_NAME, "ann", first=SIZE)
    mine = by_name["pageInfo"]["endCursor"]
    assert (await api.ask(BY_NAME, "ann", first=SIZE, after=mine))["edges"]
    assert (await api.ask(PAGE, "ann", first=SIZE, after=mine))["argument"] == "after"
    for user in ("ben", None):
        assert (await api.ask(BY_NAME, user, first=SIZE, after=mine))["argument"] == "after"
    excluded = await api.ask(PAGE, "ann", first=SIZE, exclude=["d23", "d22"])
    again = await api.ask(
        PAGE, "ann", first=1, exclude=["d22", "d23"], after=excluded["edges"][0]["cursor"]
    )
    assert ids(again) == ids(excluded)[1:2]  # the order of what is excluded says nothing


async def test_drinks_by_name_go_on_wherever_the_reader_was(api: Api, graph: Graph) -> None:
    page = await api.ask(BY_NAME, None, first=SIZE)
    assert [edge["node"]["id"] for edge in page["edges"]] == [drink_id(n) for n in range(SIZE)]
    await ask(
        graph,
        "MATCH (old:Drink {id: 'd04'}) DETACH DELETE old WITH 1 AS one "
        "MATCH (c:Catalogue) SET c.version = 2, c.structureVersion = 2 "
        "CREATE (:Drink {id: 'a', name: 'aa', recipeComplete: true, changedAt: 2}) "
        "CREATE (:Drink {id: 'z', name: 'd05', recipeComplete: true, changedAt: 2}) "
        "RETURN 1 AS one",
    )
    node_ids: list[str] = []
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        page = await (await process(graph)).ask(BY_NAME, None, first=SIZE, after=after)
        node_ids += [edge["node"]["id"] for edge in page["edges"]]
    assert node_ids == ["d05", "z", *(drink_id(n) for n in range(6, DRINKS))]
    for wrong in ("d05", "WzFd", "e30", "", "!"):
        refused = await api.ask(BY_NAME, None, first=1, after=wrong or "=")
        assert refused["argument"] == "after"


async def test_a_list_is_nobody_elses_even_with_its_id_and_the_key_of_cursors(api: Api) -> None:
    """One's own cursor with the `listId` of another: the list of neither is answered."""
    mine, other = [await api.ask(PAGE, name, first=SIZE) for name in ("ben", "ann")]
    cursors = api.dependencies.cursors
    raw = bytearray(cursors.read(mine["pageInfo"]["endCursor"], "list", "ben"))
    raw[17:33] = base64.urlsafe_b64decode(other["listId"] + "==")
    for erased in (False, True):
        if erased:
            await api.dependencies.eraser.erase("ann")
        signed = cursors.cursor(bytes(raw), "list", "ben")
        assert (await api.ask(PAGE, "ben", first=SIZE, after=signed))["__typename"] == "ListExpired"
        bare = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        assert (await api.ask(PAGE, "ben", first=SIZE, after=bare))["argument"] == "after"
    again = await api.ask(PAGE, "ben", first=SIZE, after=mine["pageInfo"]["endCursor"])
    assert again["listId"] == mine["listId"]


async def test_pages_of_a_search_begin_with_what_fits_best(graph: Graph, api: Api) -> None:
    names = ["Chocolate Cola", "Cola", "Piña Colada", "Cola Float", "Big Cola"]
    await ask(
        graph,
        "MATCH (c:Catalogue) SET c.version = 2 WITH c UNWIND $names AS name "
        "CREATE (:Drink {id: name, name: name, recipeComplete: true, changedAt: 2}) "
        "RETURN count(*) AS n",
        names=names,
    )
    wanted = {"search": "COLA"}
    read, after = list[str](), None
    for size in (1, 2, 1, 1):
        page = await (await process(graph)).ask(
            BY_NAME, None, first=size, after=after, filter=wanted
        )
        read += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert read == ["Cola", "Cola Float", "Big Cola", "Chocolate Cola", "Piña Colada"]
    assert page["pageInfo"]["hasNextPage"] is False
    listed = "query ($after: ID, $filter: DrinkFilter) { answer: drinks(first: 2, after: $after, "
    listed += "filter: $filter) { ... on DrinkPage { items { drink { id } } endCursor } } }"
    first = await api.ask(listed, None, filter=wanted)
    then = await api.ask(listed, None, filter=wanted, after=first["endCursor"])
    ids = [item["drink"]["id"] for page in (first, then) for item in page["items"]]
    assert ids == ["Cola", "Cola Float", "Big Cola", "Chocolate Cola"]
