from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.connection import Graph
from service.assembly import run_service
from service.http.service import Service
from service.opening import local_key
from service.settings import Settings, read_settings
from tests.integration.service.http.subscriptions.world import Token, now
from tests.support.alert_world import (
    declare_milk,
    give,
    write_alert_world,
)
from tests.support.sockets import listening


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"TASTEGRAPH_HOME": str(tmp_path)})


@pytest.fixture
def token(settings: Settings) -> Token:
    return local_key(settings.home).issue


@pytest.fixture
async def service(graph: Graph, settings: Settings) -> AsyncIterator[Service]:
    await write_alert_world(graph)
    await declare_milk(graph, "ann", "ben")
    await give(graph, "ann", "chai", "PURCHASED", now())
    await give(graph, "ben", "black", "PURCHASED", now())
    async with run_service(settings, graph, None) as running:
        yield running


@pytest.fixture
async def address_of(service: Service) -> AsyncIterator[str]:
    async with listening(service) as service_address:
        yield service_address
