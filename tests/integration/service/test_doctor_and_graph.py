"""What the doctor finds in a graph, on both engines; and that looking changes nothing."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from embeddings.registry.lifecycle import activate
from embeddings.registry.store import ModelStore
from events.embedded_log import EmbeddedLog
from graph.catalogue.bundled import record_knowledge
from graph.clock import utc_now
from graph.connection import Address, Graph
from graph.engine.embedded import running_address
from service.background.event_stream import open_stream
from service.bundled import knowledge_edition
from service.doctor.finding import Finding, State
from service.doctor.graph_checks import check_graph
from service.metrics import ServiceMetrics
from service.settings import Settings, read_settings
from tests.servers.process import free_port
from tests.support.emptying import ask, empty
from tests.support.everything import picture
from tests.support.models import put_model
from tests.support.shop import random_shop, write_shop
from tests.support.streaming import record, view


@pytest.fixture
def settings(tmp_path: Path, address: Address) -> Settings:
    chosen = read_settings({"TASTEGRAPH_HOME": str(tmp_path / "home")})
    return dataclasses.replace(chosen, neo4j=address)


async def look(settings: Settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in await check_graph(settings)}


async def test_a_whole_installation_is_well_and_its_faults_are_found(
    graph: Graph, settings: Settings
) -> None:
    findings = await look(settings)
    assert [finding.state for finding in findings.values()] == [
        State.OK,
        State.OK,
        State.WARNING,
        State.WARNING,
        State.WARNING,
        State.OK,
    ]
    assert "tastegraph import" in findings["catalogue"].advice
    assert "tastegraph knowledge" in findings["knowledge"].advice
    assert "tastegraph retrain" in findings["model"].advice

    await write_shop(random_shop(5), graph)
    await ask(graph, "MATCH (i:Ingredient) SET i.reviewed = true RETURN count(*) AS n")
    await record_knowledge(graph, knowledge_edition(), "2026-11-21")
    store = ModelStore(settings.models)
    model = await put_model(graph, store, 1)
    await activate(graph, model, "anna", None)
    before = await everything(graph)
    findings = await look(settings)
    assert await everything(graph) == before
    for name in ("engine", "schema", "knowledge", "model"):
        assert findings[name].state is State.OK, findings[name]
    assert "ingredients" in findings["catalogue"].message

    await ask(graph, "MATCH (c:Catalogue) SET c.knowledge = 'older' RETURN 1 AS one")
    await ask(graph, "MATCH (d:Drink) SET d.id = 'new-' + d.id RETURN 1 AS one")
    findings = await look(settings)
    assert findings["knowledge"].state is State.WARNING and "older" in findings["knowledge"].message
    assert findings["model"].state is State.WARNING and "knows 0 of" in findings["model"].message
    (store.path(model.version) / "weights.safetensors").write_bytes(b"broken")
    findings = await look(settings)
    assert (
        findings["model"].state is State.PROBLEM and "models rollback" in findings["model"].advice
    )
    await empty(graph)


async def test_what_expires_soon_is_counted(graph: Graph, settings: Settings) -> None:
    await ask(
        graph,
        "CREATE (d:Drink {id: 'd'}) CREATE (a:Allergen {id: 'a'}) "
        "CREATE (d)-[:FREE_FROM {source: 'Maker', observedAt: '2026-01-31'}]->(a) "
        "CREATE (:Ingredient {id: 'i', reviewed: true, reviewedOn: '2026-03-01'})",
    )
    assert "shelf life" not in await look(settings)
    chosen = dataclasses.replace(settings, shelf_life=100)

    async def told(day: datetime) -> Finding:
        findings = await check_graph(chosen, clock=lambda: day)
        return {finding.check: finding for finding in findings}["shelf life"]

    early = await told(datetime(2026, 4, 11, tzinfo=UTC))  # 70 days after the statement
    assert early.state is State.OK
    later = await told(datetime(2026, 4, 12, tzinfo=UTC))
    assert later.state is State.WARNING
    assert "1 declaration of absence and 0 reviews" in later.message
    assert (
        "1 declaration of absence and 1 review that"
        in (await told(datetime(2026, 12, 1, tzinfo=UTC))).message
    )


async def everything(graph: Graph) -> list[dict[str, Any]]:
    async with graph.looking("picture") as transaction:
        return await picture(transaction)


async def test_a_schema_of_another_tastegraph_is_told(graph: Graph, settings: Settings) -> None:
    [row] = await ask(graph, "MATCH (s:SchemaVersion) RETURN s.version AS version", "read")
    set_version = "MATCH (s:SchemaVersion) SET s.version = $version RETURN 1 AS one"
    try:
        for version, state in ((row["version"] + 1, State.PROBLEM), (1, State.WARNING)):
            await ask(graph, set_version, version=version)
            assert (await look(settings))["schema"].state is state
    finally:
        await ask(graph, set_version, version=row["version"])


async def test_a_graph_that_is_away_is_a_problem_with_advice(settings: Settings) -> None:
    assert settings.neo4j
    away = dataclasses.replace(settings.neo4j, uri=f"bolt://127.0.0.1:{free_port()}")
    chosen = dataclasses.replace(settings, neo4j=away, deadline=1.0)
    [finding] = await check_graph(chosen)
    assert finding.state is State.PROBLEM and finding.advice
    assert away.password not in finding.message + finding.advice


async def test_an_engine_is_not_started_unless_it_is_wanted(tmp_path: Path) -> None:
    chosen = read_settings({"TASTEGRAPH_HOME": str(tmp_path), "TASTEGRAPH_GRAPH_HEAP": "256m"})
    [finding] = await check_graph(chosen)
    assert (finding.state, finding.message) == (State.WARNING, "There is no graph yet.")
    finding = (await check_graph(chosen, start=True))[0]
    assert finding.state is State.OK
    [finding] = await check_graph(chosen)
    assert finding.state is State.WARNING and "--start" in finding.advice
    assert running_address(tmp_path / "graph") is None


async def test_a_log_that_nobody_consumes_is_a_problem_and_one_that_is_damaged(
    graph: Graph, settings: Settings
) -> None:
    await ask(graph, "CREATE (:Drink {id: 'chai'}) RETURN 1 AS one")
    with EmbeddedLog(settings.events, lambda: utc_now() - timedelta(minutes=2)) as log:
        await log.append([record(view("e1"))])
    finding = (await look(settings))["events"]
    assert finding.state is State.PROBLEM and "1 event of the log" in finding.message
    assert "tastegraph stream" in finding.advice
    async with open_stream(settings, graph, ServiceMetrics()) as stream:
        await stream.measure()
        assert b"tastegraph_partitions_stalled 1.0" in stream.metrics.text()
        assert b"tastegraph_events_behind 1.0" in stream.metrics.text()
        while await stream.consumer.round():
            pass
        await stream.measure()
        assert b"tastegraph_partitions_stalled 0.0" in stream.metrics.text()
    assert (await look(settings))["events"].state is State.OK
    log.path.write_bytes(b"broken" * 1000)
    assert (await look(settings))["events"].state is State.PROBLEM
