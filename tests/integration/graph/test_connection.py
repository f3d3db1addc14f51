"""The connection: deadlines, retries, and errors that say what to do, on both engines."""

import asyncio
import dataclasses
from pathlib import Path

import pytest
from neo4j import exceptions

from graph.connection import Address, Graph, connect, explain
from graph.errors import (
    GraphContended,
    GraphDeadlineMissed,
    GraphLoginRefused,
    GraphRefused,
    GraphTooOld,
    GraphUnavailable,
)
from tests.servers.neo4j import Neo4jServer
from tests.servers.process import free_port
from tests.support.emptying import ask, inline

# Slow for every deadline here, yet soon over: the embedded engine works on after its deadline.
SLOW = "UNWIND range(1, 5000) AS a UNWIND range(1, 5000) AS b RETURN sum(a * b) AS total"


async def test_the_server_is_new_enough(graph: Graph) -> None:
    assert "/" in await graph.check()


async def test_a_query_ends_at_its_deadline(graph: Graph) -> None:
    with pytest.raises(GraphDeadlineMissed, match=r"'test'.* 0\.5 s"):
        await graph.run(inline(SLOW, "read"), deadline=0.5)
    assert await ask(graph, "RETURN 1 AS one", "read") == [{"one": 1}]


async def test_a_query_that_the_server_refuses_keeps_its_message(graph: Graph) -> None:
    with pytest.raises(GraphRefused, match="test"):
        await ask(graph, "RETURN nosuch.thing AS thing", "read")


async def test_a_query_that_needs_too_much_memory_is_not_called_an_absent_graph(
    embedded_address: Address,
) -> None:
    many = "UNWIND range(1, 4000) AS n WITH n, range(1, 4000) AS kept RETURN n, kept ORDER BY n"
    async with connect(embedded_address, deadline=30.0) as graph:
        with pytest.raises(GraphRefused, match=r"failed at the query .* TASTEGRAPH_GRAPH_HEAP"):
            await ask(graph, many, "read")


async def test_steps_are_written_together_or_not_at_all(graph: Graph) -> None:
    create = inline("CREATE (one:Flavor {id: $id}) RETURN one.id AS id")
    with pytest.raises(GraphRefused):
        await graph.run_together([(create, {"id": "lost"}), (inline("RETURN nosuch AS x"), {})])

    def refuse(rows: object) -> None:
        raise GraphRefused(f"not {rows}")

    with pytest.raises(GraphRefused, match="lost-too"):
        await graph.run_together([(create, {"id": "lost-too"})], accept=refuse)
    assert await ask(graph, "MATCH (one:Flavor) RETURN one.id AS id", "read") == []


async def test_writers_that_collide_are_tried_again_until_all_are_in(graph: Graph) -> None:
    await ask(graph, "CREATE (one:Flavor {id: 'counter', version: 0}) RETURN 1 AS one")
    text = "MATCH (one:Flavor {id: 'counter'}) SET one.version = one.version + 1 RETURN 1 AS one"
    await asyncio.gather(*(ask(graph, text) for _ in range(12)))
    rows = await ask(graph, "MATCH (one:Flavor) RETURN one.version AS version", "read")
    assert rows == [{"version": 12}]


async def test_a_wrong_password_names_the_settings(address: Address) -> None:
    wrong = dataclasses.replace(address, password="wrong-password")
    async with connect(wrong, deadline=10) as graph:
        with pytest.raises(GraphLoginRefused, match="NEO4J_PASSWORD") as refused:
            await graph.check()
    assert "wrong-password" not in str(refused.value)


async def test_a_server_that_is_away_is_named_within_the_deadline(address: Address) -> None:
    away = dataclasses.replace(address, uri=f"bolt://127.0.0.1:{free_port()}")
    async with connect(away, deadline=1.0) as graph:
        with pytest.raises((GraphUnavailable, GraphDeadlineMissed)):
            await ask(graph, "RETURN 1 AS one", "read")


@pytest.mark.parametrize("uri", ["localhost:7687", "http://localhost:7474", "bolt://"])
async def test_what_is_no_address_is_refused_with_an_example(address: Address, uri: str) -> None:
    with pytest.raises(GraphUnavailable, match="NEO4J_URI"):
        async with connect(dataclasses.replace(address, uri=uri), deadline=1.0) as graph:
            await graph.check()


ADDRESS = Address("bolt://graph:7687", "reader", "secret", "drinks")


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        ("Neo.ClientError.Security.AuthenticationRateLimit", GraphLoginRefused, "NEO4J_PASSWORD"),
        ("Neo.ClientError.Security.Forbidden", GraphLoginRefused, "reader"),
        ("Neo.ClientError.Database.DatabaseNotFound", GraphRefused, "NEO4J_DATABASE"),
        ("Neo.ClientError.Statement.SyntaxError", GraphRefused, "said so"),
        ("Neo.ClientError.Transaction.TransactionTimedOut", GraphDeadlineMissed, "deadline"),
        ("Neo.TransientError.Transaction.DeadlockDetected", GraphContended, "ry again"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", GraphRefused, "memory"),
        ("Neo.DatabaseError.General.UnknownError", GraphRefused, "failed"),
    ],
)
def test_each_answer_of_a_server_becomes_an_error_of_ours(
    code: str, expected: type[Exception], words: str
) -> None:
    error = exceptions.Neo4jError._hydrate_neo4j(code=code, message="said so")  # type: ignore[attr-defined]
    explained = explain(error, ADDRESS, "some/query")
    assert type(explained) is expected
    assert words in str(explained) and "secret" not in str(explained)


@pytest.mark.parametrize(
    ("agent", "is_old"),
    [
        ("Neo4j/5.25.1", True),
        ("Neo4j/4.4.40", True),
        ("something", True),
        ("Neo4j/5.26.0", False),
        ("Neo4j/5.27-aura", False),
        ("Neo4j/2026.10.0", False),
    ],
)
async def test_servers_that_are_too_old_are_refused(agent: str, is_old: bool) -> None:
    class Told:
        async def get_server_info(self) -> "Told":
            return self

    told = Told()
    told.agent = agent  # type: ignore[attr-defined]
    graph = Graph(told, ADDRESS, 5.0)  # type: ignore[arg-type]
    if is_old:
        with pytest.raises(GraphTooOld, match=r"5\.26"):
            await graph.check()
    else:
        assert await graph.check() == agent


def test_an_address_never_shows_its_password() -> None:
    assert "secret" not in repr(ADDRESS) + str(ADDRESS)


async def test_the_same_graph_works_again_after_a_crash_of_the_server(
    neo4j_address: Address, tmp_path: Path
) -> None:
    assert neo4j_address
    server = Neo4jServer(tmp_path / "neo4j")
    server.start()
    try:
        where = Address(server.uri, server.user, server.password, server.database)
        async with connect(where, deadline=5) as graph:
            await ask(graph, "CREATE (one:Flavor {id: 'kept'}) RETURN 1 AS one")
            server.kill()
            with pytest.raises((GraphUnavailable, GraphDeadlineMissed)):
                await graph.run(inline("RETURN 1 AS one", "read"), deadline=2)
            server.start()
            rows = await ask(graph, "MATCH (one:Flavor) RETURN one.id AS id", "read")
            assert rows == [{"id": "kept"}]
    finally:
        server.stop()
