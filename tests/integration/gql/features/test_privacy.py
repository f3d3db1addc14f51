"""What people decide about their own data, as clients send it, on both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from embeddings.registry.store import ModelStore
from graph.connection import Graph
from graph.people.consent_rules import put_consent_rules
from graph.people.deciding import mark_child
from tests.support.api import Api
from tests.support.emptying import ask
from tests.support.models import put_model

LIST = """query { answer: recommendations(first: 10) { __typename
    ... on Recommendations { modelVersion allergiesDeclared items { drink { id } } } } }"""
CONSENTS = """mutation($p: Boolean, $r: Boolean) {
    answer: setConsents(personalisation: $p, remembering: $r) { __typename
    ... on Me { consents { personalisation remembering } } ... on InvalidInput { argument } } }"""
MY_DATA = "{ answer: myData { __typename ... on MyData { userId known data } } }"
ERASE = """mutation($id: ID!) { answer: eraseMe(confirm: $id) { __typename
    ... on Erased { known relationships changesKept } ... on InvalidInput { argument } } }"""
BUY = """mutation($drink: ID!, $event: ID!) { answer: recordInteractions(interactions:
    [{eventId: $event, drinkId: $drink, type: PURCHASE}]) {
    ... on RecordedInteractions { recorded repeated } } }"""
DRINKS = 12


@pytest.fixture
async def api(graph: Graph, tmp_path: Path) -> Api:
    """A service with a model, whose people like one half of the drinks or the other.

    Drinks 0 to 5 are for ann's half; number 0 has milk. The other half is more popular.
    """
    await ask(
        graph,
        "CREATE (milk:Allergen {id: 'milk', name: 'Milk'}) "
        "CREATE (tea:Ingredient {id: 'tea', name: 'Tea', reviewed: true, changedAt: 1}) "
        "CREATE (dairy:Ingredient {id: 'dairy', name: 'Dairy', reviewed: true, changedAt: 1}) "
        "CREATE (dairy)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(milk) "
        "WITH tea, dairy UNWIND range(0, 11) AS n "
        "CREATE (drink:Drink {id: 'drink-' + toString(n), name: 'Drink', recipeComplete: true, "
        "  changedAt: 1}) CREATE (drink)-[:CONTAINS]->(tea) RETURN count(*) AS n",
    )
    await ask(
        graph,
        "MATCH (d:Drink {id: 'drink-0'}) MATCH (i:Ingredient {id: 'dairy'}) "
        "CREATE (d)-[:CONTAINS]->(i) RETURN 1 AS one",
    )
    rows = [
        {"user": f"fan-{person}", "drink": f"drink-{number}", "at": 1000 * person + number}
        for person in range(30)
        for number in (range(6) if person % 3 == 0 else range(6, 12))
        if (person + number) % 5
    ]
    await ask(
        graph,
        "UNWIND $rows AS row MERGE (u:User {id: row.user}) WITH u, row "
        "MATCH (d:Drink {id: row.drink}) CREATE (u)-[:PURCHASED {eventId: row.user + row.drink, "
        "  type: 'purchase', at: row.at}]->(d) RETURN count(*) AS n",
        rows=rows,
    )
    await ask(graph, "MATCH (c:Catalogue) SET c.version = 1, c.structureVersion = 1")
    artefact = await put_model(graph, ModelStore(tmp_path), 1)
    running = Api(graph, artefact)
    await running.start()
    return running


async def drinks(api: Api, user: str = "annie") -> tuple[str, list[str]]:
    answer = await api.ask(LIST, user)
    return answer["modelVersion"], [item["drink"]["id"] for item in answer["items"]]


async def buy(api: Api, *numbers: int, user: str = "annie") -> Any:
    return [
        await api.ask(BUY, user, drink=f"drink-{number}", event=f"{user}-{number}")
        for number in numbers
    ]


async def test_without_consent_a_list_is_popularity_among_the_safe(api: Api) -> None:
    await buy(api, 1, 2)
    version, mine = await drinks(api)
    assert version != "popularity" and mine[0] in {f"drink-{n}" for n in (0, 3, 4, 5)}
    answer = await api.ask(CONSENTS, "annie", p=False)
    assert answer["consents"] == {"personalisation": False, "remembering": True}
    await api.ask(
        'mutation { answer: setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }',
        "annie",
    )
    version, popular = await drinks(api)
    everybody = (
        "{ answer: popularDrinks(first: 12) { ... on Recommendations { items { drink { id } } } } }"
    )
    by_all = [item["drink"]["id"] for item in (await api.ask(everybody, "annie"))["items"]]
    assert version == "popularity" and popular == by_all[:10]
    assert "drink-0" not in by_all and len(by_all) == DRINKS - 1
    await api.ask(CONSENTS, "annie", p=True)
    version, again = await drinks(api)
    assert version != "popularity" and set(again[:3]) == {"drink-3", "drink-4", "drink-5"}
    assert (await api.ask(CONSENTS, "annie"))["argument"] == "personalisation"


async def test_who_refuses_is_not_learned_from(api: Api, graph: Graph) -> None:
    from embeddings.data.export import export_graph

    assert "fan-1" in (await export_graph(graph)).users
    await api.ask(CONSENTS, "fan-1", p=False)
    assert "fan-1" not in (await export_graph(graph)).users


async def test_my_data_has_what_i_did_and_erasing_me_leaves_nothing(api: Api, graph: Graph) -> None:
    await buy(api, 1, 2)
    await drinks(api)
    await api.snapshots.refresh_popularity()
    assert api.snapshots.current is not None
    liked = float(api.snapshots.current.scorer.popularity.sum())
    export = await api.ask(MY_DATA, "annie")
    data = export["data"]
    assert export["known"] and {
        interaction["to"]["id"] for interaction in data["interactions"]
    } == {
        "drink-1",
        "drink-2",
    }
    assert (await api.ask(ERASE, "annie", id="ben"))["argument"] == "confirm"
    assert (await api.ask(MY_DATA, "annie"))["known"]
    gone = await api.ask(ERASE, "annie", id="annie")
    assert gone == {"__typename": "Erased", "known": True, "relationships": 2, "changesKept": 0}
    await api.dependencies.impressions.flush()
    export = await api.ask(MY_DATA, "annie")
    assert not export["known"] and export["data"]["interactions"] == []
    rows = await ask(graph, "MATCH (n) RETURN properties(n) AS said", "read")
    rows += await ask(graph, "MATCH ()-[r]->() RETURN properties(r) AS said", "read")
    assert "annie" not in json.dumps(rows)
    await api.snapshots.refresh_popularity()
    assert float(api.snapshots.current.scorer.popularity.sum()) < liked
    # an event with the same key begins a new life, of which this is all
    assert await buy(api, 1) == [{"recorded": 1, "repeated": 0}]
    data = (await api.ask(MY_DATA, "annie"))["data"]
    assert [interaction["to"]["id"] for interaction in data["interactions"]] == ["drink-1"]
    version = data["profile"]["version"]
    assert data["profile"] == {"id": "annie", "version": version, "simulated": False}


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_nobody_can_ask_or_erase_without_a_token(api: Api) -> None:
    for query in (MY_DATA, ERASE.replace("$id)", '"annie")').replace("($id: ID!)", "")):
        assert (await api.ask(query, None))["__typename"] == "NotSignedIn"


async def test_a_model_holds_nothing_of_anybody(api: Api, graph: Graph, tmp_path: Path) -> None:
    await buy(api, 1, 2)
    await put_model(graph, ModelStore(tmp_path), 2)
    files = files_of(tmp_path)
    assert len(files) >= 6
    for file in files:
        content = file.read_bytes()
        assert b"drink-1" in content or file.name != "config.json"
        assert b"fan-1" not in content and b"annie" not in content


DECIDE = """mutation($d: [ConsentDecision!]!, $about: ID) {
    answer: decideConsents(decisions: $d, surface: "test", about: $about) { __typename
    ... on ConsentReceipt { id effects { store what count } me { id } }
    ... on InvalidInput { argument message } } }"""
DECLARE = """mutation { answer: setAllergies(allergies: [{allergenId: "milk"}]) { __typename
    ... on InvalidInput { argument } } }"""
STANDING = """{ answer: me { ... on Me { allergies { allergenId } consents { child
    purposes { purpose state askFirst history { receiptId given by surface textHash } } }
    accessLog { action what } } } }"""


async def test_a_new_installation_asks_and_a_no_acts_everywhere(api: Api, graph: Graph) -> None:
    await put_consent_rules(graph, {})
    elsewhere = Api(graph, api.artefact)
    await elsewhere.start()
    await buy(api, 1, 2)
    assert (await drinks(api))[0] == "popularity"
    refused = await api.ask(DECLARE, "annie")
    assert (refused["__typename"], refused["argument"]) == ("InvalidInput", "consents")
    assert not (await api.ask(LIST, "annie"))["allergiesDeclared"]
    yes = [said("SAFETY"), said("PERSONALISATION")]
    for wrong in ([], [yes[0], yes[0]], [{**yes[0], "textVersion": "0"}], [bare("SAFETY", True)]):
        assert (await api.ask(DECIDE, "annie", d=wrong))["argument"] == "decisions"
    assert (await api.ask(DECIDE, "annie", d=yes))["me"] == {"id": "annie"}
    assert (await api.ask(DECLARE, "annie"))["__typename"] == "Me"
    for process in (api, elsewhere):
        version, mine = await drinks(process)
        assert version != "popularity" and "drink-0" not in mine

    receipt = await api.ask(DECIDE, "annie", d=[bare("SAFETY"), bare("PERSONALISATION")])
    assert {"store": "graph", "what": "allergies deleted", "count": 1} in receipt["effects"]
    for process in (elsewhere, api):
        assert (await drinks(process))[0] == "popularity"
        assert not (await process.ask(LIST, "annie"))["allergiesDeclared"]
    me = await elsewhere.ask(STANDING, "annie")
    by_purpose = {each["purpose"]: each for each in me["consents"]["purposes"]}
    assert {name for name, each in by_purpose.items() if each["askFirst"]} == {
        "SAFETY",
        "PERSONALISATION",
    }
    assert by_purpose["TRAINING"]["state"] == "NOT_ASKED"
    safety = by_purpose["SAFETY"]
    assert safety["state"] == "REFUSED" and me["allergies"] == []
    given = {act["given"]: act for act in safety["history"]}
    assert given[False]["receiptId"] == receipt["id"] and given[False]["textHash"] is None
    assert given[True]["textHash"] and given[True]["by"] == "person"
    log = (await api.ask(STANDING, "annie"))["accessLog"]
    acts = [entry["what"] for entry in log if entry["action"] == "consent"]
    assert acts == [["safety", "personalisation"]] * 2


async def test_a_guardian_agrees_for_a_child_with_their_own_token(api: Api, graph: Graph) -> None:
    await put_consent_rules(graph, {})
    await mark_child(graph, "kid", ["mum"], api.dependencies.clock)
    yes = [said("PERSONALISATION")]
    for who, about in (("kid", None), ("annie", "kid")):
        assert (await api.ask(DECIDE, who, d=yes, about=about))["argument"] == "about"
    receipt = await api.ask(DECIDE, "mum", d=yes, about="kid")
    assert receipt["__typename"] == "ConsentReceipt" and receipt["me"] is None
    consents = (await api.ask(STANDING, "kid"))["consents"]
    assert consents["child"]
    [mine] = [each for each in consents["purposes"] if each["purpose"] == "PERSONALISATION"]
    assert mine["state"] == "GIVEN" and mine["history"][0]["by"] == "guardian"


def said(purpose: str) -> dict[str, Any]:
    return {"purpose": purpose, "given": True, "textVersion": "template-1"}


def bare(purpose: str, given: bool = False) -> dict[str, Any]:
    return {"purpose": purpose, "given": given}
