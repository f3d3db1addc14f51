"""Operators let a model rank and go back by the API, by the rules of the command line."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from embeddings.registry import lifecycle
from embeddings.registry.store import ModelStore
from events.audit.entry import Action
from events.audit.reading import newest
from graph.connection import Graph
from tests.support.api import Api
from tests.support.model_world import filled, statuses, store
from tests.support.models import REFUSED, put_model

__all__ = ["filled", "store"]

TELL = """{ __typename ... on Model { version status despite }
  ... on Failure { message advice } ... on InvalidInput { argument } }"""
PROMOTE = f"""mutation ($version: String!, $despite: String) {{
  answer: promoteModel(version: $version, despite: $despite) {TELL} }}"""
BACK = f"mutation {{ answer: rollBackModel {TELL} }}"
LIST = """{ answer: models { __typename ... on Models { items {
  version status accepted note checks { name passed sentence } } } } }"""


async def test_models_are_promoted_despite_the_gate_for_a_reason_and_rolled_back(
    filled: Graph, store: ModelStore
) -> None:
    api = Api(filled)
    api.dependencies = replace(api.dependencies, models=store)
    await api.start()

    async def ask(query: str, **variables: Any) -> Any:
        return await api.ask(query, "olga", operator=True, **variables)

    refused = await ask(BACK)
    assert refused["argument"] == "version" and "no model to roll back to" in refused["message"]
    first, second = await put_model(filled, store, 1), await put_model(filled, store, 2, REFUSED)
    await lifecycle.activate(filled, first, "anna")

    newest_, oldest = (await ask(LIST))["items"]
    assert [newest_["status"], oldest["status"]] == ["candidate", "active"]
    assert newest_["checks"] == [
        {"name": "popularity", "passed": False, "sentence": REFUSED.reason}
    ]
    refused = await ask(PROMOTE, version=second.version)
    assert refused["__typename"] == "InvalidInput" and "The gate refused" in refused["message"]
    unknown = await ask(PROMOTE, version="20261130T080000Z-ffffffff")
    assert unknown["argument"] == "version" and "no model" in unknown["message"]
    assert await statuses(filled) == {first.version: "active", second.version: "candidate"}

    said = await ask(PROMOTE, version=second.version, despite="a holiday")
    assert said == {
        "__typename": "Model",
        "version": second.version,
        "status": "active",
        "despite": "a holiday",
    }
    assert (await ask(BACK))["version"] == first.version
    assert await statuses(filled) == {first.version: "active", second.version: "retired"}
    acts = await asyncio.to_thread(newest, api.dependencies.audit, 10, None)
    assert [(act.action, act.what, act.why) for _, act in acts] == [
        (Action.PROMOTE, ["model", first.version], ""),
        (Action.PROMOTE, ["model", second.version], "a holiday"),
    ]


async def test_a_model_whose_files_are_gone_does_not_rank(filled: Graph, store: ModelStore) -> None:
    api = Api(filled)
    await api.start()
    made = await put_model(filled, store, 1)
    refused = await api.ask(PROMOTE, "olga", operator=True, version=made.version)
    assert refused["argument"] == "version" and refused["advice"] == "Nothing was changed."
    assert await statuses(filled) == {made.version: "candidate"}
