"""What was said of a drink does not outlive what it speaks of, whoever changes that, and how."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from graph.catalogue.changes import Signature, change_catalogue
from graph.catalogue.history import safety_history
from graph.connection import Graph
from graph.editing.recalls import Recall, recall
from graph.editing.reviews import Acceptance, accept
from graph.importing.ingredients import LINK_PARTS
from tests.integration.graph.importing.support import OPERATOR, Importer, dump
from tests.support import random_offers
from tests.support.api import Api
from tests.support.emptying import ask

TODAY = random_offers.TODAY.isoformat()

DRINKS = "id,name,recipe_complete\nlatte,House latte,{complete}\n"
RECIPES = "drink_id,ingredient,amount,unit,optional\n"
EVIDENCE = "subject_type,subject,allergen,status,source,observed_at\n"
SAID = "drink,latte,milk,absent,Maker,{day}\n"
LATTE: dict[str, Any] = {
    "drinks": DRINKS.format(complete="false"),
    "recipes": RECIPES + "latte,gin,50,ml,\nlatte,house base,20,ml,\n",
    "allergen_evidence": EVIDENCE + SAID.format(day="2024-01-15"),
}
NEW = RECIPES + "latte,gin,50,ml,\nlatte,frothy new base,20,ml,\n"
SAFETY = """query ($id: ID!) { answer: drink(id: $id) { ... on Drink {
  safety(forAllergens: ["milk"]) { verdicts { verdict evidence {
    kind decides source observedAt voidedAt because } } } } } }"""
WHY_NOT = """query ($drinkId: ID!) { answer: whyNot(drinkId: $drinkId) { ... on WhyNot {
  safety { status } obstacles { kind allergenId source observedAt voidedAt because } } } }"""
UPDATE = """mutation ($drink: DrinkInput!) { answer: updateDrink(drink: $drink) {
  __typename ... on Failure { message } } }"""
RETIRE = "mutation ($id: ID!) { answer: retireDrink(id: $id) { __typename } }"


def noon() -> datetime:
    return datetime.combine(random_offers.TODAY, time(12), UTC)


@pytest.fixture
async def load(graph: Graph, tmp_path: Path) -> Importer:
    """The small world, and a latte that its maker declared free of milk in 2024."""
    importer = Importer(graph, tmp_path, by="anna", clock=noon)
    await importer.knowledge()
    await importer(**{**OPERATOR, "users": "id,allergies\nann,milk:severe\n"})
    await importer(**LATTE)
    return importer


async def statements(graph: Graph, subject: str = "latte") -> set[tuple[str, str, str, str]]:
    rows = await ask(
        graph,
        "MATCH (n {id: $id})-[r:FREE_FROM|WAS_FREE_FROM]->(a:Allergen) RETURN type(r) AS type, "
        "a.id AS allergen, r.observedAt AS day, coalesce(r.because, '') AS because",
        "read",
        id=subject,
    )
    return {(row["type"], row["allergen"], row["day"], row["because"]) for row in rows}


@pytest.fixture
async def api(graph: Graph, load: Importer) -> AsyncIterator[Api]:
    """A service that runs while others write."""
    running = Api(graph)
    await running.start()
    yield running
    await running.settle()


async def verdict(api: Api, drink: str = "latte") -> str:
    """The gate's verdict for ann; masks that say otherwise fail the test."""
    answer = await api.ask(SAFETY, "ann", id=drink)
    offered = await api.ask(
        "query { answer: recommendations(first: 50) { ... on Recommendations "
        "{ items { drink { id } } } } }",
        "ann",
    )
    stated: str = answer["safety"]["verdicts"][0]["verdict"]
    assert api.disagreements == 0
    ids = {item["drink"]["id"] for item in offered["items"]}
    assert (drink in ids) == (stated == "ABSENT"), (ids, stated)
    return stated


VOID = ("WAS_FREE_FROM", "milk", "2024-01-15", "RECIPE_CHANGED")
COUNTS = ("FREE_FROM", "milk", "2024-01-15", "")


async def test_a_declaration_given_with_its_recipe_counts(
    graph: Graph, load: Importer, api: Api
) -> None:
    assert await statements(graph) == {COUNTS}
    assert await verdict(api) == "ABSENT"


OTHERS: dict[str, dict[str, Any]] = {
    "latte-by-part": {"recipes": NEW, "allergen_evidence": LATTE["allergen_evidence"]},
    "latte-by-option": {"recipes": RECIPES + "latte,gin,50,ml,\nlatte,house base,20,ml,true\n"},
    "latte-by-name": {"drinks": "id,name,recipe_complete\nlatte,Milk shake,false\n"},
    "latte-by-producer": {
        "drinks": "id,name,producer,recipe_complete\nlatte,House latte,Another,false\n"
    },
    "latte-by-completeness": {"drinks": DRINKS.format(complete="true")},
    "latte-with-another-day": {
        "recipes": NEW,
        "allergen_evidence": EVIDENCE + SAID.format(day="2025-06-01"),
    },
}


def about(drink: str, tables: dict[str, Any]) -> dict[str, Any]:
    """Tables about the latte, told of another drink."""
    return {name: re.sub(r"\blatte,", f"{drink},", text) for name, text in tables.items()}


async def test_an_import_of_another_drink_voids_what_was_said(
    graph: Graph, load: Importer, api: Api
) -> None:
    for drink in OTHERS:
        await load(**about(drink, LATTE))
        assert await statements(graph, drink) == {COUNTS}
    for drink, changed in OTHERS.items():
        await load(**about(drink, changed))
    for drink in OTHERS:
        [(type_, allergen, _, because)] = await statements(graph, drink)
        assert (type_, allergen, because) == ("WAS_FREE_FROM", "milk", "RECIPE_CHANGED"), drink
        assert await verdict(api, drink) == "UNKNOWN"
    assert await statements(graph) == {COUNTS}


async def test_it_stays_void_until_it_is_said_again(graph: Graph, load: Importer, api: Api) -> None:
    await load(recipes=NEW)
    before = await dump(graph)
    await load(**LATTE | {"recipes": NEW})  # as every night
    assert await dump(graph) == before
    await load(allergen_evidence=EVIDENCE + "drink,latte,milk,absent,Laboratory,2025-01-01\n")
    assert {statement[0] for statement in await statements(graph)} == {"WAS_FREE_FROM"}
    assert await verdict(api) == "UNKNOWN"
    await load(allergen_evidence=EVIDENCE + SAID.format(day=TODAY))
    assert ("FREE_FROM", "milk", TODAY, "") in await statements(graph)
    assert VOID not in await statements(graph)  # the source's own is replaced
    assert await verdict(api) == "ABSENT"


async def test_amounts_and_the_same_file_void_nothing(graph: Graph, load: Importer) -> None:
    await load(**LATTE)
    await load(recipes=RECIPES + "latte,house base,90,ml,\nlatte,gin,10,ml,\n")
    assert await statements(graph) == {COUNTS}


async def test_presence_is_never_void(graph: Graph, load: Importer) -> None:
    said = "drink,latte,egg,may_contain,Maker,2020-01-01\ndrink,latte,almond,contains,Maker,\n"
    await load(allergen_evidence=EVIDENCE + said)
    await load(recipes=NEW)
    rows = await ask(
        graph,
        "MATCH (:Drink {id: 'latte'})-[r:HAS_ALLERGEN|MAY_CONTAIN]->(a) RETURN a.id AS id",
        "read",
    )
    assert {row["id"] for row in rows} == {"egg", "almond"}


async def test_what_was_said_before_the_first_recipe_is_void(
    graph: Graph, load: Importer, api: Api
) -> None:
    bare: dict[str, Any] = {"drinks": "id,name\ncola,Cola\n", "allergen_evidence": EVIDENCE}
    bare["allergen_evidence"] += "drink,cola,milk,absent,Maker,2024-01-15\n"
    await load(**bare)
    assert await verdict(api, "cola") == "ABSENT"
    again = "drink,cola,milk,absent,Maker,2024-01-15\ndrink,cola,egg,absent,Maker,2024-02-02\n"
    await load(recipes=RECIPES + "cola,frothy new base,1,ml,\n", allergen_evidence=EVIDENCE + again)
    assert await statements(graph, "cola") == {
        VOID,
        ("FREE_FROM", "egg", "2024-02-02", ""),  # given with the first recipe
    }


async def test_the_menu_voids_and_says_so(graph: Graph, api: Api) -> None:
    recipe = [{"ingredient": "gin"}, {"ingredient": "frothy new base"}]
    drink: dict[str, Any] = {"id": "latte", "name": "House latte", "recipe": recipe}
    answer = await api.ask(UPDATE, "anna", operator=True, drink=drink)
    assert answer["__typename"] == "SavedDrink", answer
    explained = await api.ask(SAFETY, "ann", id="latte")
    [said] = [
        statement
        for statement in explained["safety"]["verdicts"][0]["evidence"]
        if statement["kind"] == "WAS_FREE_FROM"
    ]
    assert said == {
        "kind": "WAS_FREE_FROM",
        "decides": False,
        "source": "Maker",
        "observedAt": "2024-01-15",
        "voidedAt": TODAY,
        "because": "RECIPE_CHANGED",
    }
    why = await api.ask(WHY_NOT, "ann", drinkId="latte")
    assert {
        "kind": "DECLARATION_VOID",
        "allergenId": "milk",
        "source": "Maker",
        "observedAt": "2024-01-15",
        "voidedAt": TODAY,
        "because": "RECIPE_CHANGED",
    } in why["obstacles"]
    newest = (await safety_history(graph, "latte"))[0]
    assert f"WAS_FREE_FROM milk | Maker | 2024-01-15 | void since {TODAY}" in newest.added
    evidence = [
        {"allergen": "milk", "status": "ABSENT", "source": "Maker", "observedAt": "2024-01-15"}
    ]
    await api.ask(UPDATE, "anna", operator=True, drink=drink | {"evidence": evidence})
    assert await verdict(api) == "UNKNOWN"
    evidence[0]["observedAt"] = TODAY
    await api.ask(UPDATE, "anna", operator=True, drink=drink | {"evidence": evidence})
    assert await verdict(api) == "ABSENT"


async def test_the_id_of_a_retired_drink_inherits_nothing(
    graph: Graph, load: Importer, api: Api
) -> None:
    await api.ask(RETIRE, "anna", operator=True, id="latte")
    assert await statements(graph) == {("WAS_FREE_FROM", "milk", "2024-01-15", "RETIRED")}
    recipe = [{"ingredient": "gin"}, {"ingredient": "house base"}]
    again = {"id": "latte", "name": "House latte", "recipe": recipe}
    await api.ask(UPDATE, "anna", operator=True, drink=again)
    await load(allergen_evidence=LATTE["allergen_evidence"])
    assert await verdict(api) == "UNKNOWN"


async def test_a_part_that_changes_voids_what_is_said_of_it_and_of_the_drinks(
    graph: Graph, load: Importer, api: Api
) -> None:
    first = "id,name,is_a,made_of,reviewed,diets_reviewed\nhouse-base,House base,{},true,true\n"
    said = "ingredient,house-base,milk,absent,Maker,2024-01-15\n"
    await load(ingredients=first.format("syrup,"), allergen_evidence=EVIDENCE + said)
    assert await statements(graph) == {COUNTS}  # to learn what it is changes nothing
    await load(ingredients=first.format("syrup,frothy stuff"))
    part = ("WAS_FREE_FROM", "milk", "2024-01-15", "PARTS_CHANGED")
    assert await statements(graph, "house-base") == {part}
    assert await statements(graph) == {part}
    newest = (await safety_history(graph, "latte"))[0].version
    changed = [
        change for change in await safety_history(graph, "latte") if change.version == newest
    ]
    assert "latte" in {change.subject_id for change in changed}
    await load(allergen_evidence=EVIDENCE + "drink,latte,milk,absent,Laboratory,2025-05-05\n")
    assert {statement[0] for statement in await statements(graph)} == {"WAS_FREE_FROM"}
    assert await verdict(api) == "UNKNOWN"


async def test_a_review_of_other_parts_is_void(graph: Graph, load: Importer) -> None:
    await change_catalogue(
        graph,
        [(LINK_PARTS, {"rows": [{"id": "gin", "parentId": "syrup"}], "source": "a feed"})],
        Signature("a feed", "IMPORT", "a feed", clock=noon),
        ingredients=["gin"],
    )
    rows = await ask(graph, "MATCH (n:Ingredient {id: 'gin'}) RETURN n.reviewed AS is", "read")
    assert rows == [{"is": False}]
    assert {statement[0] for statement in await statements(graph)} == {"WAS_FREE_FROM"}
    await load.knowledge()  # an unchanged file says nothing anew
    rows = await ask(graph, "MATCH (n:Ingredient {id: 'gin'}) RETURN n.reviewed AS is", "read")
    assert rows == [{"is": False}]
    await accept(graph, Acceptance("gin", "label", TODAY), by="anna")
    rows = await ask(graph, "MATCH (n:Ingredient {id: 'gin'}) RETURN n.reviewed AS is", "read")
    assert rows == [{"is": True}]


async def test_a_review_of_a_text_and_a_recall_void_nothing(graph: Graph, load: Importer) -> None:
    await accept(graph, Acceptance("house-base", "label", TODAY, known="syrup"), by="anna")
    notice = Recall("drink", "latte", "egg", "may_contain", "notice 12", TODAY)
    await recall(graph, notice, by="anna", apply=True)
    assert await statements(graph) == {COUNTS}


async def test_what_is_written_by_hand_is_noticed_with_the_next_change(
    graph: Graph, load: Importer
) -> None:
    await ask(
        graph,
        "MATCH (d:Drink {id: 'latte'}) MATCH (i:Ingredient {id: 'syrup'}) "
        "CREATE (d)-[:CONTAINS]->(i)",
    )
    await load(allergen_evidence=EVIDENCE + "drink,latte,egg,contains,Maker,2026-01-01\n")
    assert await statements(graph) == {VOID}


async def test_a_graph_of_an_older_tastegraph_is_compared_too(graph: Graph, load: Importer) -> None:
    await ask(graph, "MATCH (n) WHERE n:Drink OR n:Ingredient REMOVE n.composition")
    await ask(graph, "MATCH ()-[r:FREE_FROM]->() REMOVE r.writtenIn")
    await load(**LATTE)
    assert await statements(graph) == {COUNTS}
    await load(recipes=NEW)
    assert await statements(graph) == {VOID}
