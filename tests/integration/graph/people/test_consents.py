"""Consents: nothing is assumed, each purpose apart, each act kept, on both engines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.analytics.warehouse_rows import PEOPLE
from graph.audience.polls import ASK_PERSON
from graph.audience.segments import CUSTOMERS, JOIN_SEGMENT
from graph.audience.triggers import FIRE_TRIGGER
from graph.connection import Graph
from graph.errors import ConsentNeeded, GuardianNeeded
from graph.experiments.exposures import EXPOSE_PEOPLE
from graph.people.consent_rules import consent_rules, put_consent_rules
from graph.people.consent_texts import read_consent_texts
from graph.people.consents import Answer, consents_of, texts_shown
from graph.people.deciding import Act, Actor, Decision, Receipt, decide, mark_child
from graph.people.declarations import declare_allergies, declare_avoids, declare_diets
from graph.people.histories import HISTORIES, PREFERENCES
from graph.people.interactions import add_events
from graph.people.privacy import erase, not_remembered, personal_record
from graph.people.profiles import load_profile
from graph.people.purposes import ALL, USES, Ground, Purpose, held_before
from graph.people.recommended import REMEMBER_RECOMMENDED, purchases_in_context
from graph.safety_rule import Allergy
from graph.schema import RECORD_SCHEMA_VERSION, apply_schema
from tests.support.emptying import ask
from tests.support.pages import DOCS, first_cells

AT = 1_767_225_600_000
NOW = "2026-02-01T00:00:00Z"
TEXTS = read_consent_texts()
SELF = Act(Actor.PERSON, "storefront")
MILK = [Allergy("milk", "SEVERE", False)]


@pytest.fixture
async def new(graph: Graph) -> Graph:
    """A new installation: nothing holds before a yes. Ann came herself, card was brought."""
    await put_consent_rules(graph, {})
    await ask(
        graph,
        "CREATE (:Drink {id: 'tea', name: 'Tea', changedAt: 1}) "
        "CREATE (:Allergen {id: 'milk', name: 'Milk'}) CREATE (:Diet {id: 'vegan', name: 'Vegan'}) "
        "CREATE (:Flavor {id: 'citrus', name: 'Citrus'}) "
        "CREATE (:Ingredient {id: 'gin', name: 'Gin'}) CREATE (:Segment {id: 'regulars'}) "
        "CREATE (:Experiment {id: 'bolder'}) RETURN 1 AS one",
    )
    await add_events(graph, [bought("ann")])
    await add_events(graph, [bought("card")], ground=Ground.CONTRACT)
    for person in ("ann", "card"):
        await ask(
            graph,
            "MATCH (u:User {id: $id}) MATCH (f:Flavor) CREATE (u)-[:LIKES]->(f) RETURN 1 AS one",
            id=person,
        )
    return graph


def bought(person: str) -> dict[str, Any]:
    said = {"userId": person, "drinkId": "tea", "type": "purchase", "value": 1.0, "at": AT}
    return {**said, "eventId": f"{person}-1", "context": {"context_daypart": "evening"}}


async def agree(graph: Graph, person: str, *purposes: Purpose, given: bool = True) -> Receipt:
    wanted = [Decision(each, given, TEXTS.of(each, "en")) for each in purposes]
    return await decide(graph, person, wanted, SELF)


async def used(graph: Graph, person: str) -> set[str]:
    """What a person is used for now, by what every query of the house does with them."""
    await ask(graph, "MATCH ()-[r:RECOMMENDED|EXPOSED_TO|ASKED|TRIGGERED|IN_SEGMENT]->() DELETE r")
    mark = {"userId": person, "erasureId": "none", "at": AT}
    exposed = {**mark, "experimentId": "bolder", "arm": "a", "bucket": 1}
    wrote = {
        "remembered": await graph.run(REMEMBER_RECOMMENDED, rows=[{**mark, "drinkId": "tea"}]),
        "asked": await graph.run(ASK_PERSON, **mark, pollId="p", askId="a", drinkIds=[]),
        "in experiments": [
            row for row in await graph.run(EXPOSE_PEOPLE, rows=[exposed]) if row["exposed"]
        ],
        "in segments": [
            row
            for row in await graph.run(JOIN_SEGMENT, id="regulars", userIds=[person], at=AT)
            if row["joined"]
        ],
        "triggered": await graph.run(
            FIRE_TRIGGER, userId=person, triggerId="t", id="e t", at=AT, until=AT, drinkId="tea"
        ),
        "learned from": await graph.run(HISTORIES),
        "tastes learned": await graph.run(PREFERENCES),
        "in contexts": await purchases_in_context(graph, 10),
        "customer": await graph.run(CUSTOMERS, since=0),
        "named": [{"userId": row["id"]} for row in await graph.run(PEOPLE) if row["named"]],
    }
    found = {
        name
        for name, rows in wrote.items()
        if any(row.get("userId", person) == person for row in rows)
    }
    profile = await load_profile(graph, person)
    found |= {f"profile {name}" for name in SWITCHES if getattr(profile, name)}
    if person not in await not_remembered(graph, [person]):
        found.add("lists kept")
    return found


SWITCHES = ("personalisation", "remembering", "experiments", "marketing")
LEARNED = {"learned from", "tastes learned", "in contexts"}
REMEMBERED = {"remembered", "lists kept", "profile remembering"}
BROUGHT = {
    *LEARNED,
    *REMEMBERED,
    "asked",
    "in experiments",
    "in segments",
    "customer",
    "named",
    "profile personalisation",
    "profile experiments",
}


async def test_nothing_is_assumed_and_each_purpose_switches_its_own_use(new: Graph) -> None:
    assert await used(new, "ann") == set()
    assert await used(new, "nobody-yet") == set()
    assert await used(new, "card") == BROUGHT
    steps: list[tuple[Purpose, set[str]]] = [
        (Purpose.PERSONALISATION, {"profile personalisation"}),
        (Purpose.TRAINING, LEARNED),
        (Purpose.WAREHOUSE, {"named"}),
        (Purpose.REMEMBERING, {*REMEMBERED, "asked"}),
        (Purpose.EXPERIMENTS, {"profile experiments", "in experiments"}),
        (Purpose.ANALYTICS, {"in segments", "customer"}),
        (Purpose.MARKETING, {"triggered", "profile marketing"}),
    ]
    holds = set[str]()
    for purpose, more in steps:
        await agree(new, "ann", purpose)
        holds |= more
        assert await used(new, "ann") == holds, purpose
    standings = {each.purpose: each for each in (await consents_of(new, "ann")).standings}
    assert {name for name, each in standings.items() if each.holds} == set(ALL) - {Purpose.SAFETY}
    await agree(new, "ann", Purpose.TRAINING, Purpose.EXPERIMENTS, given=False)
    holds -= {*LEARNED, "in experiments", "profile experiments"}
    assert await used(new, "ann") == holds
    await agree(new, "ann", Purpose.TRAINING)
    await agree(new, "ann", Purpose.PERSONALISATION, given=False)
    assert await used(new, "ann") == {*REMEMBERED, "profile marketing"}
    assert await used(new, "card") == BROUGHT
    for purpose in (Purpose.REMEMBERING, Purpose.PERSONALISATION):
        await agree(new, "card", purpose, given=False)
    assert await used(new, "card") == {"profile experiments"}


async def test_health_is_kept_with_consent_alone_and_never_ignored_without(new: Graph) -> None:
    for declaring in (
        declare_allergies(new, "ann", MILK, NOW, None),
        declare_allergies(new, "ann", [], NOW, None),
        declare_avoids(new, "ann", ["gin"], None, None),
        declare_avoids(new, "card", [], 5.0, None),
        declare_diets(new, "ann", ["vegan"]),
    ):
        with pytest.raises(ConsentNeeded, match="nothing was kept"):
            await declaring
    profile = await load_profile(new, "ann")
    assert not profile.declared and profile.limits == ((), (), (), None, None, False)
    await declare_diets(new, "ann", [])  # to take something back needs no consent
    await agree(new, "ann", Purpose.SAFETY)
    await declare_allergies(new, "ann", MILK, NOW, "eu-14")
    await declare_avoids(new, "ann", ["gin"], 5.0, None)
    await declare_diets(new, "ann", ["vegan"])
    version = (await load_profile(new, "ann")).version
    await agree(new, "ann", Purpose.PERSONALISATION, given=False)
    assert (await load_profile(new, "ann")).allergies == tuple(MILK)
    receipt = await agree(new, "ann", Purpose.SAFETY, given=False)
    counted = {effect.what: effect.count for effect in receipt.effects}
    assert counted == {"allergies deleted": 1, "avoids deleted": 1, "diets deleted": None}
    gone = await load_profile(new, "ann")
    assert gone.limits == ((), (), (), None, None, False)
    assert not gone.declared and gone.regulation is None and gone.version > version
    with pytest.raises(ConsentNeeded):
        await declare_allergies(new, "ann", MILK, NOW, None)


async def test_each_act_is_kept_with_the_text_that_was_shown(new: Graph) -> None:
    await agree(new, "ann", Purpose.TRAINING)
    receipt = await agree(new, "ann", Purpose.TRAINING, given=False)
    [training] = [
        each
        for each in (await consents_of(new, "ann")).standings
        if each.purpose is Purpose.TRAINING
    ]
    assert (training.answer, training.holds) == (Answer.REFUSED, False)
    assert {act["given"] for act in training.history} == {True, False}
    [act] = [act for act in training.history if act["receiptId"] == receipt.id]
    text = TEXTS.of(Purpose.TRAINING, "en")
    said = (act["textHash"], act["textVersion"], act["language"], act["surface"], act["by"])
    assert said == (text.hash, text.version, "en", "storefront", "person")
    [shown] = await texts_shown(new)
    assert shown["textHash"] == text.hash and shown["text"].endswith(text.text)
    answers = {each.purpose: each for each in (await consents_of(new, "card")).standings}
    assert answers[Purpose.TRAINING].ground == Ground.CONTRACT
    assert answers[Purpose.SAFETY].answer is Answer.NOT_ASKED


async def test_for_a_child_a_named_guardian_agrees_and_nobody_else(new: Graph) -> None:
    await mark_child(new, "card", ["mother"])
    assert await used(new, "card") == set()
    for act in (SELF, Act(Actor.OPERATOR, "command"), Act(Actor.GUARDIAN, "command", "stranger")):
        with pytest.raises(GuardianNeeded):
            await decide(new, "card", [Decision(Purpose.REMEMBERING, given=True)], act)
    by_mother = Act(Actor.GUARDIAN, "storefront", "mother")
    await decide(new, "card", [Decision(Purpose.REMEMBERING, given=True)], by_mother)
    assert await used(new, "card") == REMEMBERED
    await agree(new, "card", Purpose.REMEMBERING, given=False)
    found = await consents_of(new, "card")
    assert found.child and found.guardians == ("mother",) and await used(new, "card") == set()
    with pytest.raises(GuardianNeeded):
        await decide(new, "ann", [Decision(Purpose.TRAINING, given=True)], by_mother)
    await erase(new, "mother")
    assert "mother" not in await everything(new)
    assert (await consents_of(new, "card")).guardians == ()


async def test_consents_are_handed_out_and_erased_with_the_person(new: Graph) -> None:
    await agree(new, "ann", Purpose.TRAINING, Purpose.REMEMBERING)
    await mark_child(new, "ann", ["mother"])
    record = await personal_record(new, "ann")
    links = {(link.type, link.other_id) for link in record.links}
    assert {("DECIDED", "training"), ("GUARDIAN_OF", "mother")} <= links
    await erase(new, "ann")
    assert "ann" not in json.loads(await everything(new))
    assert "ann-1" not in await everything(new)
    assert [
        each.history for each in (await consents_of(new, "ann")).standings if each.history
    ] == []


async def everything(graph: Graph) -> str:
    nodes = await ask(graph, "MATCH (n) RETURN properties(n) AS said", "read")
    links = await ask(graph, "MATCH ()-[r]->() RETURN properties(r) AS said", "read")
    return json.dumps([value for row in (*nodes, *links) for value in row["said"].values()])


async def test_an_older_graph_goes_on_as_it_was_and_a_new_one_assumes_nothing(graph: Graph) -> None:
    for version, held in ((9, held_before()), (0, {})):
        await ask(graph, "MATCH (rules:ConsentRules) DELETE rules")
        await graph.run(RECORD_SCHEMA_VERSION, version=version)
        await apply_schema(graph, lambda: datetime(2026, 2, 1, tzinfo=UTC))
        assert await consent_rules(graph) == held
        answers = {each.answer for each in (await consents_of(graph, "anybody")).standings}
        assert answers == {Answer.HELD if held else Answer.NOT_ASKED}
    await ask(graph, "MATCH (rules:ConsentRules) DELETE rules")
    assert await consent_rules(graph) == {} and await used(graph, "anybody") == set()


def test_the_page_for_people_has_every_purpose_of_the_table() -> None:
    section = (DOCS / "privacy.md").read_text(encoding="utf-8").split("## Consents", 1)[1]
    assert list(first_cells(section.split("###", 1)[0]))[: len(ALL)] == list(map(str, ALL))
    for purpose, use in USES.items():
        assert Ground.CONSENT not in use.grounds and purpose not in use.needs
