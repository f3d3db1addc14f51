"""Every feature by Flink SQL over Kafka, through the death of a task manager: equal to DuckDB's.

One cluster and one pass over the events for all tests here, since starting is what takes time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from streams.features import NAMES, features
from streams.flink.jobs import Topics, submit
from tests.servers.flink import FlinkCluster
from tests.servers.kafka import KafkaServer
from tests.support.flink_results import Results, Rows, by_duckdb, make_topics, produce
from tests.support.trend_events import HOUR, START, trend_events

EVENTS = "windows.events"
COUNT = 6_000
PATIENCE_SECONDS = 120
LONG_BEFORE = START - 48 * HOUR


@dataclass(frozen=True)
class Computed:
    """The rows of each feature by either engine, and what the cluster says of its jobs."""

    by_duckdb: Mapping[str, Rows]
    by_flink: Mapping[str, Rows]
    restored: Mapping[str, int]


@pytest.fixture(scope="module")
def computed(kafka: KafkaServer, flink: FlinkCluster) -> Iterator[Computed]:
    events = trend_events(COUNT)
    half, most = COUNT // 2, COUNT * 3 // 4
    expected = by_duckdb(events)
    make_topics(kafka, EVENTS, features())
    produce(kafka.bootstrap, EVENTS, events[:half])
    results = Results(kafka.bootstrap, EVENTS, features())
    topics = Topics(kafka.bootstrap, EVENTS, LONG_BEFORE)
    jobs = [job.name for job in submit(flink.gateway, features(), topics)]
    wait_until(lambda: results.read(0.2) > 0)
    wait_until(lambda: all(flink.checkpoints(job).get("completed") for job in jobs))
    produce(kafka.bootstrap, EVENTS, events[half:most])
    wait_until(lambda: results.read(0.05) > 0)
    flink.kill_task_manager()
    produce(kafka.bootstrap, EVENTS, events[most:])
    by_flink = results.wait_for(expected, PATIENCE_SECONDS)
    results.close()
    restored = {job: flink.checkpoints(job).get("restored", 0) for job in jobs}
    yield Computed(expected, by_flink, restored)


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
