from __future__ import annotations

import pytest

from service.reports.drawn_map import DrawnMap
from service.reports.view import View
from tests.unit.service.reports import worlds


@pytest.fixture(scope="session")
def view() -> View:
    return worlds.view()


@pytest.fixture(scope="session")
def drawn(view: View) -> DrawnMap:
    return DrawnMap.of(view)
