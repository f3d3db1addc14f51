"""Every feature by Flink SQL over Kafka, through the death of a task manager: equal to DuckDB's.

One cluster and one pass over the events for all tests here, since starting is what takes time.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gql.request.context import Context
from graph.connection import Graph
from service.assembly import run_service
from service.background.jobs import in_background
from service.background.windows import following
from service.settings import read_settings
from streams.features import NAMES, feature, features
from streams.flink.gateway import FlinkRefused
from streams.flink.jobs import Topics, submit
from streams.published import read_trends, read_windows
from streams.trends import trends_of
from tests.integration.service.commands import in_process
from tests.servers.flink import FlinkCluster
from tests.servers.kafka import KafkaServer
from tests.support.api import Claims, schema
from tests.support.emptying import ask
from tests.support.flink_results import Results, Rows, by_duckdb, by_end, produce
from tests.support.trend_events import HOUR, START, iso, trend_events

EVENTS = "windows.events"
COUNT = 6_000
PATIENCE_SECONDS = 180
LONG_BEFORE = START - 48 * HOUR
REPLACED = ["CANCELED", "CANCELED", "RUNNING", "RUNNING"]
Command = Callable[..., Any]
DRINKS = """
CREATE (milk:Allergen {id: 'milk', name: 'Milk'})
CREATE (tea:Ingredient {id: 'tea', name: 'Tea', reviewed: true, changedAt: 1})
CREATE (cream:Ingredient {id: 'cream', name: 'Cream', reviewed: true, changedAt: 1})
CREATE (cream)-[:HAS_ALLERGEN {source: 'a test', observedAt: '2026-01-01'}]->(milk)
CREATE (:User {id: 'ann', version: 0, allergiesDeclaredAt: '2026-01-01'})
  -[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: false}]->(milk)
WITH tea, cream
UNWIND range(0, 39) AS n
CREATE (drink:Drink {id: 'd' + toString(n), name: 'A drink', kind: 'tea'})
SET drink.recipeComplete = true, drink.changedAt = 1
CREATE (drink)-[:CONTAINS]->(tea)
FOREACH (_ IN CASE WHEN n % 3 = 0 THEN [1] ELSE [] END | CREATE (drink)-[:CONTAINS]->(cream))
RETURN count(drink) AS drinks
"""
TRENDING = """{ answer: trendingDrinks(first: 40) {
  ... on Recommendations { items { drink { id } } } } }"""


@dataclass(frozen=True)
class Computed:
    """The rows of each feature by either engine, and what the cluster says of its jobs."""

    by_duckdb: Mapping[str, Rows]
    by_flink: Mapping[str, Rows]
    restored: Mapping[str, int]


@pytest.fixture(scope="module")
def environment(kafka: KafkaServer, flink: FlinkCluster) -> dict[str, str]:
    """Settings of a Kafka that asks who comes."""
    return {
        "FLINK_SQL_GATEWAY": flink.gateway,
        "TASTEGRAPH_WINDOWS": "flink",
        "KAFKA_BOOTSTRAP_SERVERS": kafka.secured,
        "KAFKA_TOPIC": EVENTS,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": kafka.user,
        "KAFKA_SASL_PASSWORD": kafka.password,
        "KAFKA_SSL_CA": str(kafka.authority),
    }


@pytest.fixture(scope="module")
def command(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A command of the windows with --json."""
    home = tmp_path_factory.mktemp("windows")

    def windows(*arguments: str) -> Any:
        done = in_process(home, "stream", "windows", *arguments, "--json", **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return windows


@pytest.fixture(scope="module")
def computed(kafka: KafkaServer, flink: FlinkCluster, command: Command) -> Computed:
    events = trend_events(COUNT)
    half, most = COUNT // 2, COUNT * 3 // 4
    expected = by_duckdb(events)
    kafka.create_topic(EVENTS, partitions=3, retention_ms="-1")
    submitted = command("submit", f"--from={iso(LONG_BEFORE)}")
    jobs = [job["name"] for job in submitted]
    assert [job["started"] for job in submitted] == [True, True]
    results = Results(kafka.bootstrap, EVENTS, features())
    produce(kafka.bootstrap, EVENTS, events[:half])
    wait_until(lambda: results.read(0.2) > 0)
    wait_until(lambda: all(flink.checkpoints(job).get("completed") for job in jobs))
    produce(kafka.bootstrap, EVENTS, events[half:most])
    wait_until(lambda: results.read(0.05) > 0)
    flink.kill_task_manager()
    produce(kafka.bootstrap, EVENTS, events[most:])
    by_flink = results.wait_for(expected, PATIENCE_SECONDS)
    results.close()
    restored = {job: flink.checkpoints(job).get("restored", 0) for job in jobs}
    return Computed(expected, by_flink, restored)


def wait_until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("name", NAMES)
def test_flink_and_duckdb_say_the_same(computed: Computed, name: str) -> None:
    assert len(computed.by_duckdb[name]) > 30
    assert computed.by_flink[name] == computed.by_duckdb[name]


def test_jobs_went_on_from_a_checkpoint_when_their_task_manager_was_killed(
    computed: Computed,
) -> None:
    assert len(computed.restored) == 2
    assert all(times >= 1 for times in computed.restored.values())


def test_what_runs_is_not_started_again(computed: Computed, command: Command) -> None:
    again = command("submit")
    assert [job["started"] for job in again] == [False, False]
    running = {job["name"]: job["state"] for job in command("jobs")}
    assert running == {job["name"]: "RUNNING" for job in again}
    assert len(command("jobs")) == 2


def test_jobs_of_another_version_are_stopped_only_if_that_is_asked_for(
    computed: Computed, flink: FlinkCluster
) -> None:
    another = Topics(EVENTS, LONG_BEFORE, {})
    with pytest.raises(FlinkRefused, match=r"another version .* --replace"):
        submit(flink.gateway, [feature("dayparts")], another)


async def test_a_server_answers_what_is_trending_by_what_flink_says(
    computed: Computed,
    environment: dict[str, str],
    embedded_graph: Graph,
    tmp_path: Path,
) -> None:
    now = trend_events(COUNT)[-1].received
    clock = datetime.fromtimestamp(now / 1000, UTC)
    settings = read_settings({**environment, "TASTEGRAPH_HOME": str(tmp_path)})
    await ask(embedded_graph, DRINKS)
    async with run_service(settings, embedded_graph, None, lambda: clock) as service:
        trends = service.dependencies.trends
        for _ in range(PATIENCE_SECONDS * 10):
            if trends.current.by_place and (settings.features / "dayparts.json").exists():
                break
            await asyncio.sleep(0.1)
        context = Context(service.dependencies, Claims("ann"))
        answer = await schema().execute(TRENDING, context_value=context)
    trending = feature("trending")
    rising = trends_of(
        by_end(trending, computed.by_duckdb), trending.current_end(now), trending.span, 5
    )
    everywhere = [trend.drink_id for trend in rising["everywhere"]]
    assert answer.data, answer.errors
    told = [item["drink"]["id"] for item in answer.data["answer"]["items"]]
    assert told == [drink for drink in everywhere if int(drink[1:]) % 3] != everywhere
    assert trends.current.as_of == now
    assert trends.current.by_place.keys() == rising.keys()
    for other in map(feature, ("co_purchases", "conversion", "dayparts")):
        assert read_windows(settings.features, other) == by_end(other, computed.by_duckdb)
    assert not (settings.features / "sessions.json").exists()


async def test_a_process_that_only_consumes_publishes_them_too(
    computed: Computed, environment: dict[str, str], tmp_path: Path
) -> None:
    clock = datetime.fromtimestamp(trend_events(COUNT)[-1].received / 1000, UTC)
    settings = read_settings({**environment, "TASTEGRAPH_HOME": str(tmp_path)})
    async with following(settings, lambda: clock) as work, in_background(work):
        for _ in range(PATIENCE_SECONDS * 10):
            if published := read_trends(settings.features):
                break
            await asyncio.sleep(0.1)
    assert published and published.places


def test_what_runs_is_replaced_if_that_is_asked_for(computed: Computed, command: Command) -> None:
    replaced = command("submit", "--replace", f"--from={iso(LONG_BEFORE)}")
    assert [job["started"] for job in replaced] == [True, True]
    wait_until(lambda: sorted(job["state"] for job in command("jobs")) == REPLACED)
