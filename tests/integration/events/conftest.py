"""Where the log of a test is: in a home on both engines, or on Kafka."""

from __future__ import annotations

import pytest

from tests.servers.kafka import KafkaServer

# Kafka beside one engine only: what an engine does differently shows with the log of a home.
_PLACES = (("embedded", "home"), ("neo4j", "home"), ("embedded", "kafka"))


@pytest.hookimpl(tryfirst=True)  # pytest reads the marker in the same hook
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses a `source` with each engine and log of these."""
    if "source" in metafunc.fixturenames:
        places = pytest.mark.parametrize(
            ("address", "source"), _PLACES, indirect=True, scope="session"
        )
        metafunc.definition.add_marker(places)


@pytest.fixture(scope="session")
def source(request: pytest.FixtureRequest) -> KafkaServer | None:
    """The broker that has the log, or None for the log of a home."""
    if request.param == "home":
        return None
    server: KafkaServer = request.getfixturevalue("kafka")
    return server
