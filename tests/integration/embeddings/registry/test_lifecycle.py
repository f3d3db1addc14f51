"""The life of models in the graph, on both engines: one is active, and nodes have its vectors."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.data.dataset import FloatArray
from embeddings.registry import lifecycle
from embeddings.registry.node_embeddings import write_embeddings
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import Encoder
from graph.connection import Address, Graph, connect
from graph.importing import import_folder
from graph.models import records, shadows
from graph.models.active import active_version
from graph.models.records import ModelRefused, RegisteredModel
from graph.models.shadows import InUse, Totals
from graph.schema import statements
from service.bundled import import_law
from service.training.retrain import prune
from service.training.safe_drinks import safe_drinks
from tests.integration.service.worlds import DRINKS, drink_id, write_world
from tests.support.emptying import ask
from tests.support.models import REFUSED, put_model
from tests.support.pages import DOCS, blocks

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
    return {one.version: one for one in await records.models(graph)}


async def statuses(graph: Graph) -> dict[str, str]:
    return {version: one.status for version, one in (await by_version(graph)).items()}


async def vectors(graph: Graph, label: str = "Drink") -> dict[str, tuple[str, list[float]]]:
    """Of each node that has a vector: its version and the vector."""
    rows = await ask(
        graph,
        f"MATCH (node:{label}) "
        "WHERE node.embedding IS NOT NULL OR node.embeddingVersion IS NOT NULL "
        "RETURN node.id AS id, node.embeddingVersion AS version, node.embedding AS vector",
    )
    return {row["id"]: (row["version"], row["vector"]) for row in rows}


async def test_a_model_is_registered_with_its_origin_and_checks(
    filled: Graph, store: ModelStore
) -> None:
    first = await put_model(filled, store, 1)
    await lifecycle.activate(filled, first, "anna")
    second = await put_model(filled, store, 2, REFUSED)
    found = (await by_version(filled))[second.version]
    assert found.status == "candidate" and not found.accepted
    assert found.checks == REFUSED.plain() and found.note == REFUSED.reason
    assert found.lineage["parent"] == first.version
    assert found.lineage["trained_by"] == "anna" and found.lineage["seed"] == 2
    counts = [found.lineage[name] for name in ("drinks", "people", "events")]
    assert counts == [DRINKS, 30, 240]
    assert found.lineage["training"]["hidden"] == 10 and "+" in found.lineage["code"]
    active = await lifecycle.active_model(filled)
    assert active and active.version == first.version and active.promoted_by == "anna"
    assert lifecycle.as_active(active).counts and "parent" not in active.lineage


async def test_promoted_despite_the_gate_keeps_the_reason_and_rollback_goes_back(
    filled: Graph, store: ModelStore
) -> None:
    first, second = await put_model(filled, store, 1), await put_model(filled, store, 2, REFUSED)
    await lifecycle.activate(filled, first, "anna")
    with pytest.raises(ModelRefused, match="does not beat popularity"):
        lifecycle.check_promotion((await by_version(filled))[second.version], None)
    await lifecycle.activate(filled, second, "ben", "a holiday")
    found = await by_version(filled)
    assert found[second.version].despite == "a holiday"
    assert found[second.version].promoted_by == "ben"
    assert await statuses(filled) == {first.version: "retired", second.version: "active"}
    assert await lifecycle.previous_version(filled) == first.version
    await lifecycle.activate(filled, first)
    assert await lifecycle.previous_version(filled) == second.version


async def test_promoting_what_the_graph_does_not_know_changes_nothing(
    filled: Graph, store: ModelStore
) -> None:
    first = await put_model(filled, store, 1)
    await lifecycle.activate(filled, first)
    before = await vectors(filled)
    stranger = dataclasses.replace(first, version="20261130T080000Z-ffffffff")
    with pytest.raises(ModelRefused, match="knows no model"):
        await lifecycle.activate(filled, stranger)
    assert await statuses(filled) == {first.version: "active"}
    assert await vectors(filled) == before and len(before) == DRINKS


async def test_drinks_have_vectors_of_the_active_model_only(
    filled: Graph, store: ModelStore
) -> None:
    first, second = await put_model(filled, store, 1), await put_model(filled, store, 2)
    await lifecycle.activate(filled, first)
    fewer = _without(second, 10)  # ten drinks came after its training
    await lifecycle.activate(filled, fewer)
    found = await vectors(filled)
    assert set(found) == {drink_id(number) for number in range(DRINKS - 10)}
    assert {(version, len(one)) for version, one in found.values()} == {
        (second.version, second.dim)
    }
    # a slower promotion, or one that is taken up again, never writes over a later one
    await write_embeddings(filled, first)
    assert await vectors(filled) == found


@pytest.mark.parametrize("label", LABELS)
async def test_nodes_have_their_directions_if_the_model_knows_them(
    filled: Graph, store: ModelStore, label: str
) -> None:
    artefact = await put_model(filled, store, 1)
    expected = directions(artefact, label)
    await lifecycle.activate(filled, artefact)
    found = await vectors(filled, label)
    assert set(found) == set(expected) and len(expected) == COUNTS[label]
    for id_, (version, vector) in found.items():
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
    for one in LABELS:
        found = {version for version, _ in (await vectors(filled, one)).values()}
        assert found == (set[str]() if one == label else {second.version}), one


async def test_promotions_at_once_leave_one_active_model(
    filled: Graph, store: ModelStore, address: Address
) -> None:
    artefacts = [await put_model(filled, store, seed) for seed in (1, 2, 3)]
    await lifecycle.activate(filled, artefacts[0])
    async with connect(address, deadline=30.0) as other:
        for _ in range(5):
            await asyncio.gather(
                lifecycle.activate(filled, artefacts[1]), lifecycle.activate(other, artefacts[2])
            )
            found = sorted((await statuses(filled)).values())
            assert found == ["active", "retired", "retired"]
    active = await active_version(filled)
    assert {version for version, _ in (await vectors(filled)).values()} == {active}


async def test_a_shadow_is_followed_counted_by_all_and_ends_with_a_promotion(
    filled: Graph, store: ModelStore, address: Address
) -> None:
    artefacts = [await put_model(filled, store, seed) for seed in (1, 2, 3)]
    first, second, third = (one.version for one in artefacts)
    await lifecycle.activate(filled, artefacts[0])
    assert await shadows.models_in_use(filled) == InUse(first, None, 0.0)
    assert not await shadows.start_shadow(filled, first, 0.5)
    assert await shadows.start_shadow(filled, second, 0.5)
    assert await shadows.start_shadow(filled, third, 0.25)
    assert await shadows.models_in_use(filled) == InUse(first, third, 0.25)
    async with connect(address, deadline=30.0) as other:
        await asyncio.gather(
            *(
                shadows.count_shadow(server, third, Totals(2, 1, 1.5, 1.0, 0.01))
                for server in (filled, other) * 10
            )
        )
    found = (await by_version(filled))[third].shadow
    assert (found["compared"], found["skipped"]) == (40, 20)
    assert shadows.means(found) == pytest.approx(
        {"overlap": 0.75, "correlation": 0.5, "seconds": 0.005}
    )
    await lifecycle.activate(filled, artefacts[1])
    assert await shadows.models_in_use(filled) == InUse(second, None, 0.0)
    assert (await by_version(filled))[third].shadow["compared"] == 40
    await shadows.start_shadow(filled, third, 1.0)
    assert (await by_version(filled))[third].shadow["compared"] == 0
    assert await shadows.stop_shadow(filled) == [third]


async def test_pruning_removes_old_files_and_keeps_what_is_in_use(
    filled: Graph, store: ModelStore
) -> None:
    artefacts = [await put_model(filled, store, seed) for seed in range(1, 7)]
    versions = [one.version for one in artefacts]
    await lifecycle.activate(filled, artefacts[0])
    await lifecycle.activate(filled, artefacts[1])
    await shadows.start_shadow(filled, versions[2], 0.1)
    assert list(await prune(filled, store, 1)) == versions[3:5]
    assert store.versions() == [*versions[:3], versions[5]]
    found = await statuses(filled)
    assert [found[one] for one in versions] == [
        *("retired", "active", "candidate", "pruned", "pruned", "candidate")
    ]
    assert await prune(filled, store, 1) == []


async def test_safe_drinks_are_those_of_the_masks_for_people_with_several_allergies(
    filled: Graph,
) -> None:
    await ask(
        filled,
        "UNWIND ['milk', 'fish'] AS id MATCH (user:User {id: 'person-1'}) "
        "MATCH (one:Allergen {id: id}) CREATE (user)-[:ALLERGIC_TO {severity: 'MILD'}]->(one) "
        "RETURN count(one) AS n",
    )
    drinks = ["gone", *(drink_id(number) for number in range(DRINKS))]
    found = await safe_drinks(filled, drinks, 2)
    assert list(found) == ["person-1"]
    odd = {drink_id(number) for number in range(1, DRINKS, 2)}
    assert {one for one, safe in zip(drinks, found["person-1"], strict=True) if safe} == odd
    assert await safe_drinks(filled, drinks, 3) == {}


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
    return [one.text for one in page if one.language == "cypher"]


@asynccontextmanager
async def vector_indexes(graph: Graph) -> AsyncIterator[None]:
    """Have the indexes of the page for a while."""
    created = statements(examples()[0])
    for one in created:
        await ask(graph, one)
    try:
        yield
    finally:
        for one in created:
            await ask(graph, f"DROP INDEX {one.split()[3]}")


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
