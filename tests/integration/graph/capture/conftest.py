"""A graph that follows a shop's database."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.connection import Graph
from tests.integration.graph.capture.support import (
    ALMOND,
    DRINK,
    END,
    INGREDIENT,
    LINE,
    Shop,
    message,
)
from tests.integration.graph.importing.support import Importer


@pytest.fixture
async def known(graph: Graph, tmp_path: Path) -> Graph:
    """A graph that knows the allergens."""
    await Importer(graph, tmp_path).knowledge()
    return graph


@pytest.fixture
async def shop(known: Graph) -> Shop:
    """A drink with a syrup that contains almond, all of it arrived."""
    following = Shop(known)
    rows = (
        ("ingredients", INGREDIENT),
        ("ingredient_allergens", ALMOND),
        ("drinks", DRINK),
        ("recipe_lines", LINE),
    )
    made = [message(10 + place, "c", table, row) for place, (table, row) in enumerate(rows)]
    await following(*made, END)
    return following
