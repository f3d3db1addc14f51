"""Nodes have the directions of the active model, and of no other."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from embeddings.data.dataset import FloatArray
from embeddings.registry import lifecycle
from embeddings.registry.node_embeddings import write_embeddings
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Encoder
from graph.connection import Graph
from graph.schema import statements
from tests.integration.service.worlds import DRINKS, drink_id
from tests.support.emptying import ask
from tests.support.model_world import COUNTS, LABELS, vectors
from tests.support.models import put_model
from tests.support.pages import DOCS, blocks


async def test_drinks_have_vectors_of_the_active_model_only(
    filled: Graph, store: ModelStore
) -> None:
    first, second = await put_model(filled, store, 1), await put_model(filled, store, 2)
    await lifecycle.activate(filled, first)
    fewer = _without(second, 10)  # ten drinks came after its training
    await lifecycle.activate(filled, fewer)
    by_drink = await vectors(filled)
    assert set(by_drink) == {drink_id(number) for number in range(DRINKS - 10)}
    assert {(version, len(vector)) for version, vector in by_drink.values()} == {
        (second.version, second.dim)
    }
    # a slower promotion, or one that is taken up again, never writes over a later one
    await write_embeddings(filled, first)
    assert await vectors(filled) == by_drink


@pytest.mark.parametrize("label", LABELS)
async def test_nodes_have_their_directions_if_the_model_knows_them(
    filled: Graph, store: ModelStore, label: str
) -> None:
    artefact = await put_model(filled, store, 1)
    expected = directions(artefact, label)
    await lifecycle.activate(filled, artefact)
    by_node = await vectors(filled, label)
    assert set(by_node) == set(expected) and len(expected) == COUNTS[label]
    for id_, (version, vector) in by_node.items():
        assert version == artefact.version
        assert vector == pytest.approx(expected[id_].tolist(), abs=1e-6)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("label", LABELS)
async def test_nodes_keep_no_directions_of_another_model(
    filled: Graph, store: ModelStore, label: str
) -> None:
    first, second = await put_model(filled, store, 1), await put_model(filled, store, 2)
    await lifecycle.activate(filled, first)
    await lifecycle.activate(filled, _knowing_nothing(second, label.lower()))
    for indexed in LABELS:
        versions = {version for version, _ in (await vectors(filled, indexed)).values()}
        assert versions == (set[str]() if indexed == label else {second.version}), indexed


@pytest.mark.parametrize("label", ["Drink", "Flavor"])
async def test_an_index_of_vectors_on_neo4j_shows_one_model(
    filled: Graph, store: ModelStore, request: pytest.FixtureRequest, label: str
) -> None:
    if "embedded" in request.node.name:
        pytest.skip("the embedded engine has no index of vectors")
    _, nearest, _ = examples()
    first, second = await put_model(filled, store, 1), await put_model(filled, store, 2)
    async with vector_indexes(filled):
        for artefact in (first, second, first):
            await lifecycle.activate(filled, artefact)
            await ask(filled, "CALL db.awaitIndexes(60)")
            known = directions(artefact, label)
            wanted = min(known)
            query = nearest.replace("Drink", label).replace("drink_", f"{label.lower()}_")
            rows = await ask(filled, query, drinkId=wanted, rows=5)
            assert len(rows) == 5 and {row["model"] for row in rows} == {artefact.version}
            assert {row["drink"] for row in rows} == set(nearest_to(known, known[wanted])[1:6])


async def test_drinks_near_a_flavor_are_found_by_an_index_on_neo4j(
    filled: Graph, store: ModelStore, request: pytest.FixtureRequest
) -> None:
    if "embedded" in request.node.name:
        pytest.skip("the embedded engine has no index of vectors")
    *_, near_flavor = examples()
    artefact = await put_model(filled, store, 1)
    async with vector_indexes(filled):
        await lifecycle.activate(filled, artefact)
        await ask(filled, "CALL db.awaitIndexes(60)")
        rows = await ask(filled, near_flavor, flavorId="own-flavor-3", rows=5)
        flavor = directions(artefact, "Flavor")["own-flavor-3"]
        nearest = nearest_to(directions(artefact, "Drink"), flavor)
        assert {row["drink"] for row in rows} == set(nearest[:5])


def examples() -> list[str]:
    """The queries of the page: the indexes, drinks near a drink, drinks near a flavor."""
    page = blocks((DOCS / "models.md").read_text())
    return [block.text for block in page if block.language == "cypher"]


@asynccontextmanager
async def vector_indexes(graph: Graph) -> AsyncIterator[None]:
    """Have the indexes of the page for a while."""
    created = statements(examples()[0])
    for statement in created:
        await ask(graph, statement)
    try:
        yield
    finally:
        for statement in created:
            await ask(graph, f"DROP INDEX {statement.split()[3]}")


def directions(artefact: ModelArtefact, label: str) -> dict[str, FloatArray]:
    """The direction of each node that a model knows anything of."""
    encoder, kind = Encoder(artefact), label.lower()
    rows = encoder.directions if kind == "drink" else encoder.attribute_directions(kind)
    return {id_: row for id_, row in zip(artefact.ids[kind], rows, strict=True) if row.any()}


def nearest_to(known: dict[str, FloatArray], wanted: FloatArray) -> list[str]:
    return sorted(known, key=lambda id_: -float(known[id_] @ wanted))


def _knowing_nothing(artefact: ModelArtefact, kind: str) -> ModelArtefact:
    """A model that has the ids of one type of nodes and knows nothing of them."""
    names = {"drink": "drink_directions"}
    name = names.get(kind, f"state.{kind}")
    arrays = {**artefact.arrays, name: np.zeros_like(artefact.arrays[name])}
    return dataclasses.replace(artefact, arrays=arrays)


def _without(artefact: ModelArtefact, drinks: int) -> ModelArtefact:
    names: dict[str, Any] = {**artefact.ids, "drink": artefact.drinks[:-drinks]}
    arrays = {
        name: array[:-drinks] if name.startswith("drink_") else array
        for name, array in artefact.arrays.items()
    }
    return dataclasses.replace(artefact, ids=names, arrays=arrays)
