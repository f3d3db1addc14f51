from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import neo4j
import pytest
from neo4j import AsyncGraphDatabase, AsyncSession

from graph.connection import Address, connect
from graph.schema import apply_schema
from tests.support.emptying import empty
from tests.support.everything import WRITE_EVERYTHING, picture

Opened = tuple[AsyncSession, list[dict[str, Any]]]


@pytest.fixture(scope="module")
async def opened(address: Address) -> AsyncIterator[Opened]:
    async with connect(address, deadline=30.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        await graph.run(WRITE_EVERYTHING)
        async with (
            AsyncGraphDatabase.driver(
                address.uri,
                auth=(address.user, address.password),
                warn_notification_severity=neo4j.NotificationMinimumSeverity.OFF,
            ) as driver,
            driver.session(database=address.database) as session,
        ):
            yield session, await picture(session)
        await apply_schema(graph)


@pytest.fixture(scope="module")
def session(opened: Opened) -> AsyncSession:
    """A session of the plain driver, which tells all notifications, over a graph that has all."""
    return opened[0]


@pytest.fixture(scope="module")
def original(opened: Opened) -> list[dict[str, Any]]:
    """Everything that was in the graph at first."""
    return opened[1]
