from __future__ import annotations

import pytest

from service.looking.drawing import DrawnMap
from service.looking.view import View
from tests.unit.service.looking import worlds


@pytest.fixture(scope="session")
def view() -> View:
    return worlds.view()


@pytest.fixture(scope="session")
def drawn(view: View) -> DrawnMap:
    return DrawnMap.of(view)
