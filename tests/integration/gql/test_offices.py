"""Support, admins and auditors: what each gets, and what the person sees of it, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from events.audit.entry import Role as Act
from events.audit.four_eyes import FourEyes, Somebody
from events.audit.guarded import Guarded
from events.audit.log import AuditLog
from events.audit.reading import newest
from gql.request.context import Context
from gql.request.policy import AUDITORS, POLICY, Role
from graph.connection import Graph
from service.opening import audit_log
from service.settings import read_settings
from tests.support.api import Api, Claims, schema
from tests.support.emptying import ask

DECLARE = 'mutation { answer: setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }'
LOG = "{ answer: me { ... on Me { accessLog { action role what why byYou } } } }"
VISIT = """mutation($person: ID! = "annie", $reason: String! = "ticket 17: no drinks are offered") {
  answer: visitPerson(userId: $person, reason: $reason) {
    __typename ... on Visit { visit until } ... on InvalidInput { argument advice } } }"""
PERSON = """query($visit: ID!) { answer: person(visit: $visit) { __typename
    ... on VisitedPerson { reason until person { id allergies { allergenId } accessLog { why } } }
    ... on InvalidInput { argument } ... on Failure { message } } }"""
RECORD = """query($before: Int) { answer: actsOnRecord(first: 2, before: $before) { __typename
    ... on ActsOnRecord { checkpoint items { number action role actor about why } } } }"""
ADD_KEY = """mutation { answer: addApiKey(name: "till 3", scopes: [EVENTS], days: 30) {
    __typename ... on AddedApiKey { id key } } }"""
KEYS = """{ answer: apiKeys { __typename
    ... on ApiKeys { items { id name scopes state by usedAt revokedAt } } } }"""


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return audit_log(tmp_path)


@pytest.fixture
async def api(graph: Graph, log: AuditLog) -> Api:
    await ask(graph, "CREATE (:Allergen {id: 'milk', name: 'Milk'})")
    api = Api(graph)
    api.dependencies = replace(api.dependencies, audit=log, support_minutes=5)
    await api.start()
    await api.ask(DECLARE, "annie")
    return api


async def asked(api: Api, text: str, role: Role, who: str = "olga", **variables: Any) -> Any:
    context = Context(api.dependencies, Claims(who, frozenset({role})))
    result = await schema().execute(text, variable_values=variables, context_value=context)
    assert not result.errors, result.errors
    assert result.data
    return result.data["answer"]


async def code(api: Api, text: str, role: Role) -> str:
    context = Context(api.dependencies, Claims("olga", frozenset({role})))
    result = await schema().execute(text, context_value=context)
    assert result.errors and result.data is None
    return str((result.errors[0].extensions or {})["code"])


async def test_support_sees_a_person_for_a_reason_and_the_person_sees_that(api: Api) -> None:
    visit = await asked(api, VISIT, Role.SUPPORT)
    seen = await asked(api, PERSON, Role.SUPPORT, visit=visit["visit"])
    assert seen["person"]["id"] == "annie"
    assert seen["person"]["allergies"] == [{"allergenId": "milk"}]
    reason = "ticket 17: no drinks are offered"
    looked = {"action": "look", "role": "support", "why": reason, "byYou": False}
    [profile, begun, *_] = (await api.ask(LOG, "annie"))["accessLog"]
    assert profile == {**looked, "what": ["profile"]}
    assert begun == {**looked, "what": ["visit of 5 minutes"]}
    assert (await api.ask(LOG, "olga"))["accessLog"] == []


@pytest.mark.parametrize("reason", ["", "   ", "why not", "x" * 201, "ticket 17:\u0000 a look"])
async def test_without_a_reason_nobody_is_shown(api: Api, reason: str) -> None:
    answer = await asked(api, VISIT, Role.SUPPORT, reason=reason)
    assert (answer["__typename"], answer["argument"]) == ("InvalidInput", "reason")
    assert "look" not in {act["action"] for act in (await api.ask(LOG, "annie"))["accessLog"]}


async def test_a_visit_ends(api: Api) -> None:
    visit = (await asked(api, VISIT, Role.SUPPORT))["visit"]
    now = api.dependencies.clock
    api.dependencies = replace(api.dependencies, clock=lambda: now() + timedelta(minutes=5))
    answer = await asked(api, PERSON, Role.SUPPORT, visit=visit)
    assert answer["__typename"] == "VisitEnded" and "ended at" in answer["message"]
    assert len((await api.ask(LOG, "annie"))["accessLog"]) == 2  # the declaration, and the visit


async def test_a_visit_is_nobody_elses_and_cannot_be_made_up(api: Api) -> None:
    visit = (await asked(api, VISIT, Role.SUPPORT))["visit"]
    for who, said in (("oscar", visit), ("olga", visit[:-2] + "AA"), ("olga", "nothing")):
        answer = await asked(api, PERSON, Role.SUPPORT, who, visit=said)
        assert (answer["__typename"], answer["argument"]) == ("InvalidInput", "visit")
    [begun, *_] = (await api.ask(LOG, "annie"))["accessLog"]
    assert begun["what"] == ["visit of 5 minutes"]


async def test_of_somebody_unknown_there_is_nothing_to_see(api: Api) -> None:
    answer = await asked(api, VISIT, Role.SUPPORT, person="nobody")
    assert (answer["__typename"], answer["argument"]) == ("InvalidInput", "userId")


async def test_a_look_that_cannot_be_recorded_does_not_happen(api: Api, log: AuditLog) -> None:
    visit = (await asked(api, VISIT, Role.SUPPORT))["visit"]
    log.entries_file.unlink()
    assert (await asked(api, PERSON, Role.SUPPORT, visit=visit))["__typename"] == "GraphAway"
    assert (await asked(api, VISIT, Role.SUPPORT))["__typename"] == "GraphAway"


async def test_an_auditor_reads_the_record_and_nothing_else(api: Api, log: AuditLog) -> None:
    first = await asked(api, RECORD, Role.AUDITOR)
    assert [act["action"] for act in first["items"]] == ["look", "declare"]
    [own, declared] = first["items"]
    assert (own["role"], own["actor"], own["about"]) == ("auditor", "olga", None)
    assert declared["about"] == declared["actor"] == log.pseudonyms.of("annie")
    assert log.signer.read(first["checkpoint"]).size == 2
    older = await asked(api, RECORD, Role.AUDITOR, before=1)
    assert [act["number"] for act in older["items"]] == [0]
    assert [field for field, roles in POLICY.items() if Role.AUDITOR in roles] == [
        "Query.actsOnRecord",
        "Query.roles",
    ]
    assert POLICY["Query.actsOnRecord"] == AUDITORS
    for text in ("{ me { __typename } }", "{ ...all } fragment all on Query { flavors { id } }"):
        assert await code(api, text, Role.AUDITOR) == "NOT_ALLOWED"


async def test_an_admin_manages_keys_and_sees_nobody(api: Api, log: AuditLog) -> None:
    added = await asked(api, ADD_KEY, Role.ADMIN)
    [key] = (await asked(api, KEYS, Role.ADMIN))["items"]
    assert (key["id"], key["state"], key["by"]) == (added["id"], "works", "olga")
    assert added["key"].startswith("tgk_") and added["key"] not in str(key)
    revoke = f'mutation {{ answer: revokeApiKey(id: "{key["id"]}") {{ __typename }} }}'
    assert (await asked(api, revoke, Role.ADMIN))["__typename"] == "RevokedApiKey"
    [key] = (await asked(api, KEYS, Role.ADMIN))["items"]
    assert key["state"] == "revoked" and key["revokedAt"]
    assert log.entries_file.read_text("utf-8").count('"role":"admin"') == 2
    assert added["key"] not in log.entries_file.read_text("utf-8")
    for text in ("{ me { __typename } }", "{ myData { __typename } }", LOG, DECLARE):
        assert await code(api, text, Role.ADMIN) == "NOT_ALLOWED"


async def test_settings_are_shown_without_secrets(api: Api) -> None:
    environment = {
        "TASTEGRAPH_OPERATOR": "olga",
        "TASTEGRAPH_WRITE_KEYS": "a-canary-write-key-of-some-length",
        "TASTEGRAPH_MASTER_KEY": "a-canary",
    }
    shown = read_settings(environment).shown
    api.dependencies = replace(api.dependencies, settings=shown)
    text = "{ answer: settings { ... on Settings { items { name value isSet secret } } } }"
    answer = await asked(api, text, Role.ADMIN)
    assert "canary" not in str(answer)
    said = {item["name"]: item for item in answer["items"]}
    assert said["TASTEGRAPH_OPERATOR"]["value"] == "olga"
    assert said["TASTEGRAPH_MASTER_KEY"] == {
        "name": "TASTEGRAPH_MASTER_KEY",
        "value": None,
        "isSet": True,
        "secret": True,
    }


async def test_a_second_person_approves_by_the_api_what_is_theirs_to_approve(
    api: Api, log: AuditLog
) -> None:
    today = api.dependencies.clock
    api.dependencies = replace(api.dependencies, audit=audit_log(log.folder.parent, today))
    eyes = FourEyes(api.dependencies.audit, hours=24)
    anna = Somebody("anna", Act.FOOD_SAFETY, "graphql")
    proposal = await eyes.propose(Guarded.RECALLS, ["WITHDRAWAL", "drink-1"], anna)
    text = f'''mutation {{ answer: approveProposal(id: "{proposal}") {{ __typename
        ... on Proposal {{ state approvedBy }} ... on InvalidInput {{ argument }} }} }}'''
    listed = "{ answer: proposals { ... on Proposals { items { id state by } } } }"
    assert (await asked(api, listed, Role.ADMIN))["items"] == []
    [open_] = (await asked(api, listed, Role.FOOD_SAFETY))["items"]
    assert open_ == {"id": proposal, "state": "open", "by": "anna"}
    for role, who in ((Role.ADMIN, "olga"), (Role.FOOD_SAFETY, "anna")):
        assert (await asked(api, text, role, who))["__typename"] == "InvalidInput"
    assert (await asked(api, text, Role.OPERATOR))["__typename"] == "NotAllowed"
    done = await asked(api, text, Role.FOOD_SAFETY, "bert")
    assert done == {"__typename": "Proposal", "state": "approved", "approvedBy": "bert"}


async def test_who_holds_both_offices_approves_each_in_its_own(api: Api, log: AuditLog) -> None:
    today = api.dependencies.clock
    api.dependencies = replace(api.dependencies, audit=audit_log(log.folder.parent, today))
    eyes = FourEyes(api.dependencies.audit, hours=24)
    both = Context(api.dependencies, Claims("olga", frozenset({Role.FOOD_SAFETY, Role.ADMIN})))
    kinds = {Guarded.MASTER_KEYS: Act.ADMIN, Guarded.RECALLS: Act.FOOD_SAFETY}
    for kind in kinds:
        proposal = await eyes.propose(kind, ["it"], Somebody("anna", Act.COMMAND, "command"))
        text = f'mutation {{ approveProposal(id: "{proposal}") {{ __typename }} }}'
        answer = await schema().execute(text, context_value=both)
        assert answer.data == {"approveProposal": {"__typename": "Proposal"}}
    said = [each for _, each in newest(api.dependencies.audit, 10) if each.action == "approve"]
    assert {Guarded(each.what[1]): each.role for each in said} == kinds
