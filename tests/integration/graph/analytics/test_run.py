"""Questions on both engines: rows, limits, how they were found, and that nothing is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import ClientError

from graph.analytics.questions import parameter_values, question, questions
from graph.analytics.run import ask, profile
from graph.connection import Address, Graph
from graph.errors import GraphError, GraphRefused
from graph.query import Query
from tests.support.emptying import ask as told
from tests.support.pages import ROOT
from tests.support.shop import random_shop, write_shop


async def count(graph: Graph) -> int:
    return int((await told(graph, "MATCH (n) RETURN count(n) AS n", "read"))[0]["n"])


async def test_an_answer_has_columns_rows_and_says_if_there_are_more(graph: Graph) -> None:
    await write_shop(random_shop(3), graph)
    asked = question("price_bands")
    values = parameter_values(asked, {"width": "1"})
    whole = await ask(graph, asked, values)
    assert whole.columns == ("fromPrice", "toPrice", "drinks", "purchases", "revenue")
    assert [row["fromPrice"] for row in whole.rows] == [3.0, 7.0] and not whole.more
    part = await ask(graph, asked, values, most=1)
    assert part.rows == whole.rows[:1] and part.more
    assert not (await ask(graph, asked, values, most=2)).more
    assert await graph.run(asked, **values) == whole.rows


async def test_what_gets_past_the_words_is_never_written(graph: Graph, address: Address) -> None:
    """The word list is only the first lock: without it, nothing is written either."""
    before = await count(graph)
    writing = Query("evil", "Evil", "", "read", (), {}, "CREATE (n:Drink {id: 'evil'}) RETURN n.id")
    if address.user == "neo4j":
        with pytest.raises(GraphRefused, match=r"[Ww]rit"):
            await ask(graph, writing, {})
    else:
        await ask(graph, writing, {})
    assert await count(graph) == before


async def test_a_broken_question_is_a_clear_error(graph: Graph) -> None:
    broken = Query("broken", "Broken", "", "read", (), {}, "MATCH (n:Drink RETURN n.id AS id")
    with pytest.raises(GraphError):
        await ask(graph, broken, {})


async def test_a_question_that_takes_too_long_ends_and_the_next_is_answered(graph: Graph) -> None:
    await write_shop(random_shop(3), graph)
    slow = Query(
        "slow",
        "Slow",
        "",
        "read",
        (),
        {},
        "UNWIND range(1, 6000) AS a UNWIND range(1, 6000) AS b "
        "WITH a, b WHERE a + b = -1 RETURN count(*) AS n",
    )
    with pytest.raises(GraphError):
        await ask(graph, slow, {}, deadline=0.5)
    assert (await ask(graph, question("price_bands"), {"width": 2.0})).rows


async def test_every_question_can_be_profiled(graph: Graph, address: Address) -> None:
    await write_shop(random_shop(3), graph)
    for asked in questions()[::6]:
        plan = await profile(graph, asked, parameter_values(asked, {}))
        assert plan.advice
        if address.user == "neo4j":
            assert plan.steps[0].operator == "ProduceResults" and not plan.engine_text
            assert sum(step.hits or 0 for step in plan.steps) > 0
            assert re.search(r"store reads? in total", plan.advice[0])
        else:
            assert "Execution Plan" in plan.engine_text and not plan.steps


async def test_a_product_of_everything_is_named(graph: Graph, address: Address) -> None:
    await write_shop(random_shop(3), graph)
    text = "MATCH (a:Drink) MATCH (b:Ingredient) RETURN a.id AS a, b.id AS b"
    plan = await profile(graph, Query("product", "P", "", "read", (), {}, text), {})
    if address.user == "neo4j":
        assert any("connect the two patterns" in sentence for sentence in plan.advice)
    else:
        assert any("every node of a label" in sentence for sentence in plan.advice)


def test_the_statements_for_roles_are_understood(neo4j_address: Address) -> None:
    """Community has no roles: it refuses a statement that it understands in words of its own."""
    text = Path(ROOT / "deploy" / "analyst-role.cypher").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("//")]
    statements = [
        statement.strip() for statement in "\n".join(lines).split(";") if statement.strip()
    ]
    assert len(statements) == 8
    driver = GraphDatabase.driver(
        neo4j_address.uri, auth=(neo4j_address.user, neo4j_address.password)
    )
    with driver, driver.session(database="system") as session:
        for statement in statements:
            if "USER" in statement:  # that one Community has, and would do
                session.run(f"EXPLAIN {statement}").consume()  # type: ignore[arg-type]
                continue
            with pytest.raises(ClientError) as refused:
                session.run(statement).consume()  # type: ignore[arg-type]
            assert "Unsupported" in str(refused.value.code), (statement, refused.value)
