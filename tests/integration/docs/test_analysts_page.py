"""The page for analysts says what there is: questions, commands, the example of a file."""

from __future__ import annotations

import re
from pathlib import Path

import networkx as nx
import pytest

from graph.analytics.graph_export import Scope, read_graph
from graph.analytics.questions import parameter_values, question, questions
from graph.analytics.run import ask
from graph.connection import Graph
from service.cli.output.exports import read_tables, write_tables
from tests.support.pages import DOCS, blocks, first_cells
from tests.support.shop import random_shop, write_shop
from tests.unit.docs.test_reference import COMMANDS

TEXT = (DOCS / "analysts.md").read_text(encoding="utf-8")


def only(language: str) -> str:
    [code] = [block.text for block in blocks(TEXT) if block.language == language]
    return code


def test_every_question_has_a_row() -> None:
    part = TEXT.split("## What to ask")[1].split("\n## ")[0]
    assert sorted(first_cells(part)) == [question.name for question in questions()]


def test_questions_named_elsewhere_exist() -> None:
    named = set(re.findall(r"tastegraph query ([a-z_]+)", TEXT))
    assert named and named <= {question.name for question in questions()}


@pytest.mark.parametrize(
    "line",
    [
        line.split("  #")[0].strip()
        for block in blocks(TEXT)
        if block.language == "sh"
        for line in block.text.splitlines()
    ],
)
def test_a_command_of_the_page_exists(line: str) -> None:
    words = line.split()
    command = COMMANDS[f"tastegraph {words[1]}"]
    context = command.make_context("tastegraph", words[2:])
    if words[1] == "query" and context.params["given"]:
        given = dict(pair.split("=") for pair in context.params["given"])
        assert parameter_values(question(context.params["wanted"]), given)
    for axis in ("x", "y"):
        if name := context.params.get(axis):
            assert name in dict(question(context.params["wanted"]).returns)


async def test_the_question_of_ones_own_is_answered(graph: Graph, tmp_path: Path) -> None:
    await write_shop(random_shop(2), graph)
    path = tmp_path / "own.cypher"
    path.write_text(only("cypher"), encoding="utf-8")
    asked = question(str(path))
    answer = await ask(graph, asked, parameter_values(asked, {"minAbv": "5", "minPrice": "3"}))
    assert answer.rows and answer.columns == tuple(name for name, _ in asked.returns)


async def test_the_export_reads_as_the_page_says(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_shop(random_shop(2), graph)
    async with read_graph(graph, Scope()) as reader:
        tables = await read_tables(reader, lambda what, count: None)
    write_tables(tables, "networkx", tmp_path / "graph", {})
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    text = only("python").replace(
        'json.load(open("graph/graph.json", encoding="utf-8"))',
        'json.loads(__import__("pathlib").Path("graph/graph.json").read_text("utf-8"))',
    )
    exec(text, names)
    read = names["graph"]
    assert isinstance(read, nx.MultiDiGraph)
    assert read.nodes["Drink:drink-0"]["entity"] == "Drink"
