"""What is done to a person's data is on record first, and they see it, on both engines."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import pytest

from events.audit.log import AuditLog
from events.audit.verification import verify
from graph.connection import Graph
from graph.people.profiles import load_profile
from service.http.auth import LocalKey, guest_of
from service.opening import audit_log
from tests.support.api import Api
from tests.support.emptying import ask

DECLARE = """mutation { answer: setAllergies(allergies: [{allergenId: "milk"}]) { __typename
    ... on GraphAway { message } } }"""
ACTS = {
    "declare allergies": DECLARE,
    "declare avoids,limits": "mutation { answer: setAvoids(ingredients: []) { __typename } }",
    "declare diets": "mutation { answer: setDiets(diets: []) { __typename } }",
    "declare preferences": "mutation { answer: setPreferences { __typename } }",
    "consent remembering": "mutation { answer: setConsents(remembering: true) { __typename } }",
    "export everything": "{ answer: myData { __typename } }",
    "erase everything": 'mutation { answer: eraseMe(confirm: "annie") { __typename } }',
}
LOG = """{ answer: me { ... on Me { accessLog { action what byYou role } } } }"""
JOIN = """mutation($token: String!) { answer: joinHistory(guestToken: $token) { __typename } }"""
ADD = """mutation { answer: addDrink(
    drink: {id: "tea", name: "Tea", kind: "tea", recipe: [], recipeComplete: false}) {
    __typename } }"""


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return audit_log(tmp_path)


@pytest.fixture
async def api(graph: Graph, log: AuditLog, tmp_path: Path) -> Api:
    """A service that knows of milk, with a record of its own."""
    await ask(graph, "CREATE (:Allergen {id: 'milk', name: 'Milk'})")
    api = Api(graph)
    checked = partial(guest_of, LocalKey(tmp_path / "key"))
    api.dependencies = replace(api.dependencies, audit=log, guest_of=checked)
    await api.start()
    return api


async def acts(api: Api, user: str) -> list[str]:
    seen = (await api.ask(LOG, user))["accessLog"]
    return [f"{entry['action']} {','.join(entry['what'])}" for entry in seen]


async def test_every_act_is_on_record_without_its_values(api: Api, log: AuditLog) -> None:
    for query in ACTS.values():
        await api.ask(query, "annie")
    assert await acts(api, "annie") == list(reversed(ACTS))
    assert await acts(api, "bert") == []
    written = log.entries_file.read_bytes()
    assert b"milk" not in written and b"annie" not in written
    assert (verify(log).findings, verify(log).size) == ([], len(ACTS))


async def test_joining_is_about_both(api: Api, log: AuditLog, tmp_path: Path) -> None:
    token = LocalKey(tmp_path / "key").issue("guest-1", guest=True)
    await api.ask(DECLARE, "guest-1")
    await api.ask(JOIN, "annie", token=token)
    assert await acts(api, "annie") == ["join everything"]
    [joined, declared] = await log.about("guest-1", 5)
    assert (joined.action, declared.action) == ("join", "declare")
    assert joined.actor == log.pseudonyms.of("annie") != joined.about


async def test_an_operators_act_is_on_record_by_name(api: Api, log: AuditLog) -> None:
    await api.ask(ADD, "olga", operator=True)
    assert b'"actor":"olga"' in log.entries_file.read_bytes()
    assert await acts(api, "olga") == []


@pytest.mark.parametrize("query", ACTS.values(), ids=list(ACTS))
async def test_an_act_that_cannot_be_recorded_does_not_happen(
    api: Api, graph: Graph, log: AuditLog, query: str
) -> None:
    await api.ask(DECLARE, "annie")
    before = asdict(await load_profile(graph, "annie"))
    log.entries_file.unlink()
    answer = await api.ask(query, "annie")
    assert answer["__typename"] == "GraphAway"
    assert asdict(await load_profile(graph, "annie")) == before
