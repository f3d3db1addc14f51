"""Operators run experiments by the API, by the rules of the command line, and nobody else does."""

from __future__ import annotations

from typing import Any

import pytest

from graph.connection import Graph
from graph.experiments.records import ExperimentState, experiments
from tests.support.api import Api
from tests.support.experiments import expose

DEFINITION = """
id = "diverse-home"
hypothesis = "Lists with more variety are opened more"
[[arms]]
name = "as-is"
[[arms]]
name = "diverse"
diversity = 0.5
"""
DEFINITION = 'metrics = ["click-through"]' + DEFINITION
TELL = "{ __typename ... on Experiment { id state } ... on Failure { message advice } "
TELL += "... on InvalidInput { argument } }"
NEW = f"mutation ($text: String!) {{ answer: newExperiment(definition: $text) {TELL} }}"
START = f'mutation {{ answer: startExperiment(id: "diverse-home", ramp: 0.5) {TELL} }}'
RAMP = f'mutation {{ answer: rampExperiment(id: "diverse-home", to: 1) {TELL} }}'
STOP = f'mutation {{ answer: stopExperiment(id: "diverse-home", note: "enough") {TELL} }}'
DECIDE = """mutation ($arm: String!, $note: String!, $despite: String) {
  answer: decideExperiment(id: "diverse-home", arm: $arm, note: $note, despite: $despite) {
    __typename ... on DecidedExperiment { forgotten experiment { state decision } }
    ... on Failure { message advice } ... on InvalidInput { argument } } }"""
LIST = """{ answer: experiments { __typename
  ... on ExperimentList { items { id state history } } } }"""
SHOW = """{ answer: experiment(id: "diverse-home") { __typename
  ... on ExperimentFindings { verdict people { arm people } }
  ... on InvalidInput { argument } } }"""


@pytest.fixture
async def api(graph: Graph) -> Api:
    started = Api(graph)
    await started.start()
    return started


async def ask(api: Api, query: str, **variables: Any) -> Any:
    return await api.ask(query, "anna", operator=True, **variables)


async def test_an_operator_takes_an_experiment_from_draft_to_decision(
    api: Api, graph: Graph
) -> None:
    for query, state in ((NEW, "DRAFT"), (START, "RUNNING"), (RAMP, "RUNNING"), (STOP, "STOPPED")):
        answer = await ask(api, query, **({"text": DEFINITION} if query == NEW else {}))
        assert answer == {"__typename": "Experiment", "id": "diverse-home", "state": state}
        if state == "RUNNING":
            await expose(graph, "diverse-home", [("ben", "diverse", 1), ("cem", "as-is", 2)])
    shown = await ask(api, SHOW)
    assert shown["verdict"] == "UNDECIDED"
    assert shown["people"] == [{"arm": "as-is", "people": 1}, {"arm": "diverse", "people": 1}]
    refused = await ask(api, DECIDE, arm="diverse", note="we like it")
    assert refused["argument"] == "arm" and "do not say" in refused["message"]
    assert (await ask(api, DECIDE, arm="as-is", note=" "))["argument"] == "note"
    decided = await ask(api, DECIDE, arm="diverse", note="we like it", despite="the contract")
    assert decided["forgotten"] == 2 and decided["experiment"]["state"] == "DECIDED"
    assert decided["experiment"]["decision"]["despite"] == "the contract"
    [listed] = (await ask(api, LIST))["items"]
    assert [line["by"] for line in listed["history"]] == ["anna"] * 5
    assert listed["history"][-2]["note"] == "enough"


async def test_nobody_else_does(api: Api, graph: Graph) -> None:
    assert (await ask(api, NEW, text=DEFINITION))["state"] == "DRAFT"
    for query in (NEW, START, RAMP, STOP, DECIDE, LIST, SHOW):
        variables = {
            NEW: {"text": DEFINITION},
            DECIDE: {"arm": "as-is", "note": "x"},
        }.get(query, {})
        for user, refused in (("ben", "NotAllowed"), (None, "NotSignedIn")):
            answer = await api.ask(query, user, **variables)
            assert answer["__typename"] == refused, query
    [record] = await experiments(graph)
    assert record.state is ExperimentState.DRAFT


@pytest.mark.parametrize(
    ("query", "text", "argument", "said"),
    [
        (NEW, "id = ", "definition", "is not TOML"),
        (NEW, DEFINITION.replace("0.5", "5"), "definition", "arms.1.diversity"),
        (NEW, DEFINITION + " " * 20_000, "definition", "over 20,000 characters"),
        (START, None, "id", "There is no experiment"),
        (STOP.replace('"enough"', '"a\\nb"'), None, "note", "several lines"),
    ],
)
async def test_what_cannot_be_is_refused(
    api: Api, query: str, text: str | None, argument: str, said: str
) -> None:
    answer = await ask(api, query, **({"text": text} if text else {}))
    assert answer["argument"] == argument and said in answer["message"] and answer["advice"]
