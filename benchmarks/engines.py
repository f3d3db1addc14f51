"""Both engines, each for the length of one benchmark."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from graph.connection import Address
from graph.engine.embedded import EmbeddedEngine
from tests.servers.neo4j import Neo4jServer


@contextmanager
def embedded(folder: Path) -> Generator[Address]:
    """Yield the address of an embedded engine."""
    engine = EmbeddedEngine(folder, heap="768m")
    yield engine.start()
    engine.stop()


@contextmanager
def neo4j(folder: Path) -> Generator[Address]:
    """Yield the address of a real Neo4j."""
    server = Neo4jServer(folder)
    server.start()
    yield Address(server.uri, server.user, server.password, server.database)
    server.stop()
