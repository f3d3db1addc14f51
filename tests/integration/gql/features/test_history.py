"""The history in the API: a page at a time, for anybody, and nothing of people in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.connection import Graph
from graph.editing.recalls import Recall, recall
from tests.integration.graph.importing.support import OPERATOR, Importer
from tests.support.api import Api

ASK = """
query ($drink: ID!, $first: Int!, $after: ID) {
  answer: safetyHistory(drinkId: $drink, first: $first, after: $after) {
    __typename
    ... on SafetyHistory {
      changes { id version at by kind source note subject { type id name } added removed }
      endCursor
    }
    ... on InvalidInput { argument }
    ... on DrinkNotFound { drinkId }
  } }
"""


@pytest.fixture
async def api(graph: Graph, tmp_path: Path) -> Api:
    load = Importer(graph, tmp_path, by="anna")
    await load.knowledge()
    await load(**OPERATOR)
    started = Api(graph)
    await started.start()
    return started


async def ask(api: Api, drink: str = "gimlet", first: int = 20, after: str | None = None) -> Any:
    return await api.ask(ASK, None, drink=drink, first=first, after=after)


async def test_the_newest_change_comes_first_at_once(api: Api, graph: Graph) -> None:
    what = Recall("ingredient", "gin", "almond", "contains", "notice 12", "2026-11-20")
    effect = await recall(graph, what, by="ben", note="two lots", apply=True)
    change, *older = (await ask(api))["changes"]
    assert change.pop("id") and change.pop("at").endswith("Z")
    assert change == {
        "version": effect.version,
        "by": "ben",
        "kind": "RECALL",
        "source": "notice 12",
        "note": "two lots",
        "subject": {"type": "INGREDIENT", "id": "gin", "name": "Gin"},
        "added": ["HAS_ALLERGEN almond | notice 12 | 2026-11-20"],
        "removed": [],
    }
    assert {change["by"] for change in older} == {"anna"}
    await api.settle()


async def test_pages_together_are_the_whole(api: Api) -> None:
    whole = await ask(api)
    assert len(whole["changes"]) == 4 and whole["endCursor"] is None
    paged: list[Any] = []
    after = None
    for _ in range(4):
        page = await ask(api, first=1, after=after)
        paged += page["changes"]
        after = page["endCursor"]
    assert after is None
    assert paged == whole["changes"]


async def test_what_cannot_be_answered_is_said(api: Api) -> None:
    assert await ask(api, "nothing") == {"__typename": "DrinkNotFound", "drinkId": "nothing"}
    wrong = {"__typename": "InvalidInput", "argument": "after"}
    assert await ask(api, after="nothing") == wrong
    assert (await ask(api, first=0))["argument"] == "first"
