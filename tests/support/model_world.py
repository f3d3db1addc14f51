"""A small graph that models are trained on, and what it says about them: fixtures to import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from embeddings.registry.store import ModelStore
from graph.connection import Graph
from graph.importing import import_folder
from graph.models import records
from graph.models.records import RegisteredModel
from service.bundled import import_law
from tests.integration.service.worlds import DRINKS, write_world
from tests.support.emptying import ask

FLAVORS = 8
# flavors that every eighth drink has, a style of all, two producers, and a flavor of none
DESCRIBE = """
CREATE (:Flavor {id: 'no-drinks', name: 'Of no drink'})
CREATE (style:Style {id: 'own-style', name: 'Own style'})
WITH style
UNWIND range(0, $flavors - 1) AS n
MERGE (flavor:Flavor {id: 'own-flavor-' + toString(n)}) SET flavor.name = 'Own'
MERGE (producer:Producer {id: 'own-producer-' + toString(n % 2)}) SET producer.name = 'Own'
WITH style, flavor, producer, n
MATCH (drink:Drink) WHERE toInteger(right(drink.id, 2)) % $flavors = n
CREATE (drink)-[:HAS_FLAVOR]->(flavor)
CREATE (drink)-[:OF_STYLE]->(style)
CREATE (drink)-[:MADE_BY]->(producer)
RETURN count(drink) AS drinks
"""
LABELS = ("Drink", "Ingredient", "Flavor", "Style", "Producer")
COUNTS = dict(zip(LABELS, (DRINKS, 2, FLAVORS, 1, 2), strict=True))


class Silent:
    """Shows no progress."""

    def start(self, table: str, rows: int) -> None: ...
    def advance(self, rows: int) -> None: ...
    def done(self) -> None: ...


@pytest.fixture
async def filled(graph: Graph, tmp_path: Path) -> AsyncIterator[Graph]:
    folder = write_world(tmp_path / "world", people=30)
    await import_law(graph, tmp_path / "law.csv", Silent())
    await import_folder(graph, folder, rejects=tmp_path / "rejects.csv", progress=Silent())
    await ask(graph, DESCRIBE, flavors=FLAVORS)
    yield graph


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


async def by_version(graph: Graph) -> dict[str, RegisteredModel]:
    return {model.version: model for model in await records.models(graph)}


async def statuses(graph: Graph) -> dict[str, str]:
    return {version: model.status for version, model in (await by_version(graph)).items()}


async def vectors(graph: Graph, label: str = "Drink") -> dict[str, tuple[str, list[float]]]:
    """Of each node that has a vector: its version and the vector."""
    rows = await ask(
        graph,
        f"MATCH (node:{label}) "
        "WHERE node.embedding IS NOT NULL OR node.embeddingVersion IS NOT NULL "
        "RETURN node.id AS id, node.embeddingVersion AS version, node.embedding AS vector",
    )
    return {row["id"]: (row["version"], row["vector"]) for row in rows}
