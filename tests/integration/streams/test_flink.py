"""Every feature by Flink SQL over Kafka, through the death of a task manager: equal to DuckDB's.

One cluster and one pass over the events for all tests here, since starting is what takes time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from streams.features import NAMES, feature, features
from streams.flink.gateway import FlinkRefused
from streams.flink.jobs import Topics, submit
from tests.integration.service.commands import in_process
from tests.servers.flink import FlinkCluster
from tests.servers.kafka import KafkaServer
from tests.support.flink_results import Results, Rows, by_duckdb, produce
from tests.support.trend_events import HOUR, START, iso, trend_events

EVENTS = "windows.events"
COUNT = 6_000
PATIENCE_SECONDS = 120
LONG_BEFORE = START - 48 * HOUR
Command = Callable[..., Any]


@dataclass(frozen=True)
class Computed:
    """The rows of each feature by either engine, and what the cluster says of its jobs."""

    by_duckdb: Mapping[str, Rows]
    by_flink: Mapping[str, Rows]
    restored: Mapping[str, int]


@pytest.fixture(scope="module")
def command(kafka: KafkaServer, flink: FlinkCluster, tmp_path_factory: Any) -> Command:
    """A command of the windows with --json, on a Kafka that asks who comes."""
    home = tmp_path_factory.mktemp("windows")
    settings = {
        "FLINK_SQL_GATEWAY": flink.gateway,
        "KAFKA_BOOTSTRAP_SERVERS": kafka.secured,
        "KAFKA_TOPIC": EVENTS,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": kafka.user,
        "KAFKA_SASL_PASSWORD": kafka.password,
        "KAFKA_SSL_CA": str(kafka.authority),
    }

    def windows(*arguments: str) -> Any:
        done = in_process(home, "stream", "windows", *arguments, "--json", **settings)
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
