from __future__ import annotations

from pathlib import Path

import pytest

from graph.connection import Graph
from tests.integration.graph.importing.support import Importer


@pytest.fixture
def load(graph: Graph, tmp_path: Path) -> Importer:
    """Imports tables, given as CSV texts, into the graph of the test."""
    return Importer(graph, tmp_path)
