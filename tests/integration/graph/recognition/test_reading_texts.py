"""Texts are read by the API as an import reads them, from the graph as it is now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.connection import Graph
from graph.recognition.known import load_recogniser
from graph.recognition.resolution import Unresolved
from tests.integration.graph.importing.support import Importer, links
from tests.support.api import Api

RESOLVE = """query ($text: String!) { answer: resolve(text: $text) { __typename
  ... on Resolution { resolved problem ingredients { id name reviewed text how dropped }
    suggestions { id score } }
  ... on InvalidInput { argument message advice } } }"""
READ = """query ($text: String!, $language: String) {
  answer: readLabel(text: $text, language: $language) { __typename
  ... on Label { contains mayContain unread unreviewed complete
    ingredients { text resolution { resolved } } }
  ... on InvalidInput { argument message advice } } }"""


@pytest.fixture
def load(graph: Graph, tmp_path: Path) -> Importer:
    return Importer(graph, tmp_path)


@pytest.fixture
async def api(graph: Graph, load: Importer) -> Api:
    await load.knowledge()
    api = Api(graph)
    await api.start()
    return api


def ids(answer: dict[str, Any]) -> list[str]:
    return [ingredient["id"] for ingredient in answer["ingredients"]]


async def test_a_text_is_resolved(api: Api) -> None:
    answer = await api.ask(RESOLVE, None, text="2 oz London gin or heavy cream")
    assert answer["resolved"] and answer["problem"] is None
    assert ids(answer) == ["gin", "cream"]
    first = answer["ingredients"][0]
    assert first["name"] == "Gin" and first["reviewed"] is True
    assert first["how"] == ["SYNONYM", "WITHOUT_MEASURE", "ALTERNATIVES"]
    assert first["dropped"] == ["2", "oz"]


async def test_an_unknown_text_has_suggestions_and_no_ingredient(api: Api) -> None:
    answer = await api.ask(RESOLVE, None, text="lemon juce")
    assert not answer["resolved"] and answer["problem"] == "UNKNOWN" and ids(answer) == []
    assert answer["suggestions"][0]["id"] == "lemon-juice"


async def test_a_text_or_language_that_cannot_be_used_is_named(api: Api) -> None:
    answer = await api.ask(RESOLVE, None, text="x" * 1_001)
    assert answer["__typename"] == "InvalidInput" and answer["argument"] == "text"
    assert "1,001 characters; at most 1,000" in answer["message"]
    answer = await api.ask(READ, None, text="x" * 10_001)
    assert answer["argument"] == "text" and "at most 10,000" in answer["message"]
    answer = await api.ask(READ, None, text="milk", language="xx")
    assert answer["argument"] == "language" and "de, en, es, fr, it" in answer["advice"]


async def test_a_label_is_read_with_the_ingredients_of_the_graph(api: Api) -> None:
    answer = await api.ask(READ, None, text="Gin, lemon juice, may contain nuts")
    assert (answer["contains"], answer["mayContain"]) == ([], ["tree-nuts"])
    assert answer["complete"]
    answer = await api.ask(READ, None, text="Gin, aquavit")
    assert answer["unread"] == ["aquavit"] and not answer["complete"]


async def test_items_of_a_label_bring_their_evidence(api: Api, load: Importer) -> None:
    answer = await api.ask(READ, None, text="gin, Irish cream, orgeat")
    assert {"milk", "almond"} <= {*answer["contains"]} and answer["complete"]
    await load(
        ingredients="id,name,made_of,reviewed\naquavit,Aquavit,,false\nmix,Mix,aquavit|orgeat,true\n"
    )
    answer = await api.ask(READ, None, text="gin, mix")
    assert answer["contains"] == ["almond"] and answer["unread"] == []
    assert answer["unreviewed"] == ["mix"] and not answer["complete"]


async def test_what_is_imported_is_known_in_the_next_request(api: Api, load: Importer) -> None:
    assert ids(await api.ask(RESOLVE, None, text="aquavit")) == []
    await load(ingredients="id,name,reviewed\naquavit,Aquavit,true\n")
    assert ids(await api.ask(RESOLVE, None, text="aquavit")) == ["aquavit"]


async def test_a_choice_in_a_recipe_speaks_against_the_drink(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(
        drinks="id,name,recipe_complete\nmine,Mine,true\nother,Other,true\n",
        recipes="drink_id,ingredient\nmine,gin or heavy cream\nother,gin or nobody knows\n",
    )
    contains = await links(graph, "CONTAINS")
    assert {("mine", "gin"), ("mine", "cream")} <= contains
    assert ("other", "gin-or-nobody-knows") in contains


async def test_a_group_names_no_ingredient(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(
        ingredients="id,name,reviewed,source\nsoda-family,Soda family,true,group: soft drinks\n"
    )
    known = await load_recogniser(graph)
    assert known.resolve("soda family").problem is Unresolved.ONLY_A_GROUP
