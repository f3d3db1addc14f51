"""Fixtures: both engines, each started once, each graph empty before a test."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import settings

from graph.connection import Address, Graph, connect
from graph.engine.embedded import EmbeddedEngine
from graph.schema import apply_schema
from graph.sealing.master_keys import KeysOfFile
from graph.sealing.opening import open_sealing
from graph.sealing.sealing import Sealing
from tests.servers.flink import FlinkCluster, flink_available
from tests.servers.kafka import KafkaServer, kafka_available
from tests.servers.neo4j import Neo4jServer, neo4j_available
from tests.support.emptying import empty

logging.getLogger("neo4j").setLevel(logging.ERROR)
# on a busy machine any example may be slow
settings.register_profile(
    "untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("untimed")


SHARED_SERVERS = {"served", "own"}
_SERVED = "served"


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and those that share a running server too.

    These come first, for they are the longest that cannot be shared out.
    """
    for item in items:
        shared = SHARED_SERVERS & set(getattr(item, "fixturenames", ()))
        item.add_marker(pytest.mark.xdist_group(_SERVED if shared else str(item.path)))
    items.sort(key=_shares_no_server)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run where xdist did not read the groups: servers would be shared by nobody."""
    wanted = getattr(session.config.option, "loadgroup", False)
    if wanted and not all("@" in item.nodeid for item in session.items):
        raise pytest.UsageError("pytest-xdist does not keep tests together with this pytest")


def _shares_no_server(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("xdist_group")
    return marker is None or marker.args[0] != _SERVED


@pytest.fixture(scope="session")
def embedded_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    engine = EmbeddedEngine(tmp_path_factory.mktemp("embedded"), heap="768m")
    yield engine.start()
    engine.stop()


@pytest.fixture(scope="session")
def neo4j_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    _needed("Neo4j", neo4j_available())
    server = Neo4jServer(tmp_path_factory.mktemp("neo4j"))
    server.start()
    yield Address(server.uri, server.user, server.password, server.database)
    server.stop()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """One broker for all tests: each makes topics with names of its own."""
    _needed("Kafka", kafka_available())
    with KafkaServer(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture(scope="session")
def flink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkCluster]:
    """One cluster: its jobs read topics of their own."""
    _needed("Flink", flink_available())
    with FlinkCluster(tmp_path_factory.mktemp("flink")) as cluster:
        yield cluster


def _needed(name: str, missing: str | None) -> None:
    """Skip the test if a server is missing, but never in CI."""
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"CI must run on a real {name}, but: {missing}")
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session", params=["embedded", "neo4j"])
def address(request: pytest.FixtureRequest) -> Address:
    """The address of each engine in turn."""
    address: Address = request.getfixturevalue(f"{request.param}_address")
    return address


@pytest.fixture(scope="session")
def sealing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sealing]:
    """Keys that seal profiles."""
    home = tmp_path_factory.mktemp("keys")
    with open_sealing(home / "people.db", KeysOfFile.kept(home / "master.key")) as sealing:
        yield sealing


@pytest.fixture(scope="session")
def sealed_or_not(request: pytest.FixtureRequest) -> Sealing | None:
    """No keys, unless all tests are to be run with sealed profiles."""
    if os.environ.get("TASTEGRAPH_TEST_SEALED"):
        return cast(Sealing, request.getfixturevalue("sealing"))
    return None


@pytest.fixture
async def graph(address: Address, sealed_or_not: Sealing | None) -> AsyncIterator[Graph]:
    """An empty graph with the schema, on each engine in turn."""
    async with connect(address, deadline=30.0, sealing=sealed_or_not) as connected:
        await apply_schema(connected)
        await empty(connected)
        yield connected


@pytest.fixture
async def embedded_graph(embedded_address: Address) -> AsyncIterator[Graph]:
    """An empty graph on one engine: for what does not depend on it."""
    async with connect(embedded_address, deadline=30.0) as connected:
        await apply_schema(connected)
        await empty(connected)
        yield connected


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the project, for measuring; skips where it is not there."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets are not beside the project (../shared/data)")
    return folder
