"""A guest's history joins an account, proved by the guest's own token, on both engines."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from events.recording import Interaction, record
from graph.connection import Graph
from graph.people.declarations import declare_allergies
from graph.people.profiles import load_profile
from graph.safety_rule import Allergy
from service.http.auth import LocalKey, guest_of
from tests.support.api import Api
from tests.support.emptying import ask

JOIN = """mutation($token: String!) { answer: joinHistory(guestToken: $token) { __typename
    ... on JoinedHistory { events apart me { allergies { allergenId } } }
    ... on InvalidInput { argument message advice } } }"""
DECLARE = """mutation { answer: setAllergies(allergies: []) { __typename
    ... on InvalidInput { argument message advice } } }"""
LIST = """{ answer: recommendations(first: 10) { __typename
    ... on Recommendations { allergiesDeclared items { drink { id } safety { status } } } } }"""
BOUGHT = Interaction("e1", "tea", "purchase", 1.0, 1772366400000)


@pytest.fixture
def key(tmp_path: Path) -> LocalKey:
    return LocalKey(tmp_path / "key")


@pytest.fixture
async def api(graph: Graph, key: LocalKey) -> Api:
    """Two drinks, one with milk; a guest allergic to milk who bought the other."""
    await ask(
        graph,
        "CREATE (milk:Allergen {id: 'milk', name: 'Milk'}) "
        "CREATE (leaf:Ingredient {id: 'leaf', name: 'Leaf', reviewed: true, changedAt: 1}) "
        "CREATE (dairy:Ingredient {id: 'dairy', name: 'Dairy', reviewed: true, changedAt: 1}) "
        "CREATE (dairy)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(milk) "
        "CREATE (:Drink {id: 'tea', name: 'Tea', recipeComplete: true, changedAt: 1})"
        "-[:CONTAINS]->(leaf) "
        "CREATE (:Drink {id: 'latte', name: 'Latte', recipeComplete: true, changedAt: 1})"
        "-[:CONTAINS]->(dairy)",
    )
    await declare_allergies(graph, "guest-1", [Allergy("milk", "SEVERE")], "2026-01-01", None)
    await record(graph, "guest-1", [BOUGHT])
    api = Api(graph)
    api.dependencies = replace(api.dependencies, guest_of=partial(guest_of, key))
    await api.start()
    return api


async def test_a_history_joins_an_account_that_nobody_had_seen(
    api: Api, graph: Graph, key: LocalKey
) -> None:
    token = key.issue("guest-1", guest=True)
    joined = await api.ask(JOIN, "ann", token=token)
    assert joined == {
        "__typename": "JoinedHistory",
        "events": 1,
        "apart": 0,
        "me": {"allergies": [{"allergenId": "milk"}]},
    }
    assert [event.drink_id for event in (await load_profile(graph, "ann")).history] == ["tea"]
    again = await api.ask(JOIN, "ann", token=token)
    assert (again["argument"], again["message"]) == (
        "guestToken",
        "This guest has already joined an account.",
    )


async def test_the_guests_token_is_never_unchecked_afterwards(
    api: Api, graph: Graph, key: LocalKey
) -> None:
    await api.ask(JOIN, "ann", token=key.issue("guest-1", guest=True))
    for user in ("guest-1", "ann"):
        shown = await api.ask(LIST, user)
        assert shown["allergiesDeclared"]
        assert "latte" not in {item["drink"]["id"] for item in shown["items"]}
        assert {item["safety"]["status"] for item in shown["items"]} <= {"SAFE"}
    refused = await api.ask(DECLARE, "guest-1")
    assert refused["__typename"] == "InvalidInput"
    assert "ann" not in str(refused)
    assert (await load_profile(graph, "guest-1")).declared


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("somebody", "not the token of a guest"),
        ("late", "not the token of a guest"),
        ("nonsense", "not the token of a guest"),
        ("unseen", "Nothing is kept about this guest"),
        ("self", "cannot be merged into itself"),
    ],
)
async def test_only_a_good_token_of_a_guest_proves_it(
    api: Api, graph: Graph, key: LocalKey, who: str, words: str
) -> None:
    tokens = {
        "somebody": key.issue("guest-1"),
        "late": key.issue("guest-1", seconds=-60, guest=True),
        "nonsense": "nonsense",
        "unseen": key.issue("guest-2", guest=True),
        "self": key.issue("ann", guest=True),
    }
    refused = await api.ask(JOIN, "ann", token=tokens[who])
    assert (refused["__typename"], refused["argument"]) == ("InvalidInput", "guestToken")
    assert words in refused["message"]
    assert (await load_profile(graph, "guest-1")).history


async def test_nobody_joins_without_signing_in(api: Api, key: LocalKey) -> None:
    token = key.issue("guest-1", guest=True)
    assert (await api.ask(JOIN, None, token=token))["__typename"] == "NotSignedIn"
