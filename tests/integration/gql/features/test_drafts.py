"""What a draft promises is what the gate says once it is saved, on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.connection import Graph
from tests.integration.graph.importing.support import OPERATOR, Importer
from tests.support.api import Api
from tests.support.emptying import ask as asked_directly

RECIPES = (
    ["gin", "lime juice"],
    ["gin", "whole milk"],
    ["orgeat", "egg white"],
    ["gin", "dragon dust"],
    ["irish cream", "gin"],
)
DRAFT = """query ($drink: DrinkInput!) { answer: draftVerdicts(drink: $drink) { __typename
  ... on DraftVerdicts { known unrecognised verdicts { allergenId verdict } }
  ... on InvalidInput { argument } } }"""
SAVE = """mutation ($drink: DrinkInput!) { answer: updateDrink(drink: $drink) { __typename
  ... on SavedDrink { known unrecognised } ... on Failure { message } } }"""
VERDICTS = """query ($id: ID!, $allergens: [ID!]!) { answer: drink(id: $id) { __typename
  ... on Drink { safety(forAllergens: $allergens) { verdicts { allergenId verdict } } } } }"""


@pytest.fixture
async def api(graph: Graph, tmp_path: Path) -> Api:
    load = Importer(graph, tmp_path, by="anna")
    await load.knowledge()
    await load(**OPERATOR)
    started = Api(graph)
    await started.start()
    return started


def drink(recipe: list[str], *, complete: bool) -> dict[str, Any]:
    lines = [{"ingredient": name} for name in recipe]
    return {"id": "gimlet", "name": "Gimlet", "recipe": lines, "recipeComplete": complete}


def by_allergen(verdicts: list[dict[str, str]]) -> dict[str, str]:
    return {said["allergenId"]: said["verdict"] for said in verdicts}


async def test_a_draft_is_judged_as_the_gate_judges_it_once_it_is_saved(api: Api) -> None:
    for recipe in RECIPES:
        for complete in (True, False):
            wanted = drink(recipe, complete=complete)
            draft = await api.ask(DRAFT, "anna", operator=True, drink=wanted)
            saved = await api.ask(SAVE, "anna", operator=True, drink=wanted)
            assert draft["known"] == saved["known"]
            promised = by_allergen(draft["verdicts"])
            found: dict[str, str] = {}
            for at in range(0, len(promised), 20):
                some = sorted(promised)[at : at + 20]
                said = await api.ask(VERDICTS, "anna", id="gimlet", allergens=some)
                found |= by_allergen(said["safety"]["verdicts"])
            assert found == promised, (recipe, complete)


async def test_a_draft_writes_nothing_and_names_what_is_wrong(api: Api, graph: Graph) -> None:
    count = "MATCH (n) RETURN count(n) AS nodes"
    before = await asked_directly(graph, count, "read")
    draft = await api.ask(DRAFT, "anna", operator=True, drink=drink(["moon dust"], complete=True))
    assert draft["unrecognised"] == ["moon dust"] and not draft["known"]
    wrong = {**drink(["gin"], complete=True), "flavors": ["no flavor"]}
    refused = await api.ask(DRAFT, "anna", operator=True, drink=wrong)
    assert refused == {"__typename": "InvalidInput", "argument": "drink.flavors"}
    assert await asked_directly(graph, count, "read") == before
